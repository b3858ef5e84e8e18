/** The install as a user means it: from answers to a proven PostHog, or to a clear reason why not. */
import { exitCodes, UserError } from '../errors.ts';
import type { Say } from '../messages/index.ts';
import { findInstances } from '../observe/instances.ts';
import { type AnswerSource, type Answers, defaultAnswers, resolveAnswers } from '../stack/answers.ts';
import { instanceApiVersion } from '../stack/conventions.ts';
import { publicUrl, type RenderInput, workspaceOf } from '../stack/model.ts';
import { render } from '../stack/render.ts';
import type { ComponentId, RenderedObject } from '../stack/types.ts';
import { ensureAdmin } from './admin.ts';
import { Channel } from './channel.ts';
import type { InstallRequest, Outside } from './contract.ts';
import type { InstallEvent, PlanEvent } from './events.ts';
import { acquireLock } from './lease.ts';
import { type Ledger, readLedger, writeLedger } from './ledger.ts';
import { ensureSecrets, urlsInUse } from './own-secrets.ts';
import { planOf, withoutField } from './plan.ts';
import { completeHost, findPlatform } from './platform.ts';
import { preflight } from './preflight.ts';
import { proofEvents } from './prove-again.ts';
import { remains } from './remains.ts';
import { asUserError, runPhases } from './run.ts';
import { refuseUnchangeable } from './unchangeable.ts';

/**
 * Tells what happens until `done`. Throws a UserError for every way it can end otherwise; nothing is changed before
 * the plan has been told and agreed to.
 */
export async function* install(
  request: InstallRequest,
  outside: Outside,
  signal: AbortSignal,
): AsyncGenerator<InstallEvent> {
  // Mistakes in the answers are told before the cluster is asked anything.
  resolveAnswers(request.sources);
  const startedAt = outside.context.clock.monotonic();
  const deadline = deadlineOf(request, outside);
  try {
    yield* installBefore(AbortSignal.any([signal, deadline.signal]), request, outside, startedAt);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw asUserError(deadline.signal.aborted ? deadline.signal.reason : error, outside);
  } finally {
    deadline.cancel();
  }
}

function deadlineOf(
  { timeoutMs }: InstallRequest,
  { context }: Outside,
): { readonly signal: AbortSignal; cancel(): void } {
  const passed = new AbortController();
  const cancelled = new AbortController();
  context.clock.sleep(timeoutMs, cancelled.signal).then(
    () =>
      passed.abort(
        new UserError({
          code: 'timeout',
          exit: exitCodes.timedOut,
          say: (t) => t.install.timeout(timeoutMs),
          hint: (t) => t.install.timeoutHint,
        }),
      ),
    () => {},
  );
  return { signal: passed.signal, cancel: () => cancelled.abort() };
}

async function* installBefore(
  signal: AbortSignal,
  request: InstallRequest,
  outside: Outside,
  startedAt: number,
): AsyncGenerator<InstallEvent> {
  const { cluster } = outside;
  const ledger = await readLedger(cluster, await chooseName(request, outside, signal), signal);
  const answers = resolveAnswers([...request.sources, ...(ledger ? [ledgerSource(ledger)] : [])]);
  const platform = await findPlatform(outside, signal);
  const hostGiven = answers.host !== undefined;
  const host =
    ledger && !hostGiven
      ? ledger.host
      : completeHost(answers.host ?? `${answers.name}-${workspaceOf(cluster.namespace)}`, platform.domain);
  // Without it, a dry run would read as if the owner should be taken away.
  const root =
    ledger && (await cluster.get({ apiVersion: instanceApiVersion, kind: 'Instance', name: answers.name }, { signal }));
  const instanceUid = root?.metadata.uid;
  const input: RenderInput = {
    answers,
    namespace: cluster.namespace,
    host,
    platform,
    migrate: ledger?.finished ? 'upgrade' : 'install',
    // What a first install learns on its way, a later one finds.
    urls: ledger ? await urlsInUse(cluster, answers.name, signal) : 'composed',
    ...(instanceUid === undefined ? {} : { instanceUid }),
  };
  refuseUnchangeable(ledger, input);
  const rendered = render(input);

  yield* checked(
    preflight(
      outside,
      { answers, host, hostGiven, platform, objects: rendered, ledger, dryRun: request.dryRun },
      signal,
    ),
  );

  const plan = await planOf(cluster, rendered, ledger, signal);
  yield plan;
  const nothingToDo =
    ledger?.finished === true && request.fixes.length === 0 && plan.objects.every(({ action }) => action === 'same');
  refuseConflicts(plan, request);
  if (request.dryRun) return;

  const url = publicUrl(host, platform);
  if (!nothingToDo) {
    await agree(plan, request);
    yield* installNow(signal, request, outside, { answers, input, plan, ledger, url });
  }
  const proven = yield* proofEvents(
    outside,
    { app: answers.name, namespace: cluster.namespace, host, url, platform, admin: answers.admin !== undefined },
    signal,
  );
  const owner: Say | undefined = answers.admin ? undefined : (t) => t.install.done.noAdmin(url);
  yield {
    type: 'done',
    url,
    name: answers.name,
    elapsedMs: outside.context.clock.monotonic() - startedAt,
    proven,
    ...(proven || !owner ? {} : { message: owner }),
  };
}

/** The name given; else the one instance that is here; else the default. */
async function chooseName({ sources }: InstallRequest, { cluster }: Outside, signal: AbortSignal): Promise<string> {
  const given = sources
    .map(({ values }) => values as { name?: unknown; app_name?: unknown } | null)
    .map((values) => values?.name ?? values?.app_name);
  const named = given.find((name) => typeof name === 'string');
  if (typeof named === 'string') return named;
  const ours = (await findInstances(cluster, signal)).filter(({ kind }) => kind === 'ours').map(({ name }) => name);
  if (ours.length > 1) throw severalInstances(ours);
  return ours[0] ?? defaultAnswers.name;
}

/** Several instances and none named: it would be a guess. */
export function severalInstances(names: readonly string[]): UserError {
  return new UserError({
    code: 'several-instances',
    exit: exitCodes.usage,
    say: (t) => t.install.several(names.join(', ')),
    hint: (t) => t.install.severalHint(names[0] ?? ''),
  });
}

function ledgerSource({ answers }: Ledger): AnswerSource {
  const { release: _, ...values } = answers;
  return { values, place: () => (t) => t.answers.places.ledger };
}

async function* checked(events: AsyncGenerator<InstallEvent>): AsyncGenerator<InstallEvent> {
  const failed: string[] = [];
  for await (const event of events) {
    yield event;
    if (event.type === 'preflight' && event.verdict === 'fail') failed.push(event.check);
  }
  if (failed.length > 0) {
    throw new UserError({
      code: 'preflight',
      exit: exitCodes.refused,
      say: (t) => t.install.preflightFailed(failed.join(', ')),
      hint: (t) => t.install.preflightFailedHint,
    });
  }
}

function refuseConflicts({ objects }: PlanEvent, { conflicts }: InstallRequest): void {
  const found = objects.flatMap(({ kind, name, conflicts: fields = [] }) =>
    fields.map((field) => ({ object: `${kind}/${name}`, ...field })),
  );
  const [first] = found;
  if (!first || conflicts !== undefined) return;
  throw new UserError({
    code: 'conflict',
    exit: exitCodes.refused,
    say: (t) => found.map(({ object, manager, field }) => t.install.conflict(object, field, manager)).join('\n'),
    hint: (t) => t.install.conflictHint,
    object: first.object,
  });
}

async function agree(plan: PlanEvent, { consent, readOnly }: InstallRequest): Promise<void> {
  if (readOnly)
    throw new UserError({
      code: 'read-only',
      exit: exitCodes.refused,
      say: (t) => t.install.readOnly,
      hint: (t) => t.install.readOnlyHint,
    });
  if (consent === 'given') return;
  if (consent === 'missing' || !(await consent(plan))) {
    throw new UserError({
      code: 'needs-confirmation',
      exit: exitCodes.needsConfirmation,
      say: (t) => t.install.needsConsent,
      hint: (t) => t.install.needsConsentHint,
    });
  }
}

interface Decided {
  readonly answers: Answers;
  readonly input: RenderInput;
  readonly plan: PlanEvent;
  readonly ledger: Ledger | undefined;
  readonly url: string;
}

/** From here on the cluster is changed; whatever ends it tells what remains. */
async function* installNow(
  signal: AbortSignal,
  request: InstallRequest,
  outside: Outside,
  decided: Decided,
): AsyncGenerator<InstallEvent> {
  const { cluster, context } = outside;
  const { answers } = decided;
  const channel = new Channel<InstallEvent>();
  const tell = (event: InstallEvent) => channel.push(event);
  const lock = await acquireLock(cluster, context, answers.name, signal, (holder) =>
    tell({ type: 'note', message: (t) => t.install.lock.waiting(holder) }),
  );
  const working = AbortSignal.any([signal, lock.lost]);
  changeCluster(request, outside, decided, tell, working)
    .catch(async (error: unknown) => {
      if (signal.aborted) throw signal.reason;
      throw await withRemains(lock.lost.aborted ? lock.lost.reason : error, outside, answers.name);
    })
    .then(
      () => channel.close(),
      (error: unknown) => channel.close({ error }),
    );
  try {
    yield* channel;
  } finally {
    await lock.release();
  }
}

async function changeCluster(
  request: InstallRequest,
  outside: Outside,
  decided: Decided,
  tell: (event: InstallEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const { cluster, context } = outside;
  const { answers, input, plan, url } = decided;
  await ensureSecrets(cluster, answers, context.randomBytes, signal);
  // What another program did between our look and our lock counts: read again.
  const found = await readLedger(cluster, answers.name, signal);
  const entry = {
    at: new Date(context.clock.now()).toISOString(),
    by: context.holder.host,
    action: found?.finished ? 'change' : 'install',
  };
  const ledger: Ledger = {
    app: answers.name,
    answers,
    host: input.host,
    url,
    jobs: found?.jobs ?? {},
    finished: found?.finished ?? false,
    journal: [...(found?.journal ?? []), entry],
  };
  await writeLedger(cluster, ledger, signal);

  const kept = keepTheirs(plan, request);
  const take = request.conflicts === 'take';
  const root = kept(render(input)).filter(({ step }) => step === 'instance');
  const [instance] = await Promise.all(root.map(({ object }) => cluster.apply(object, { force: take, signal })));
  const instanceUid = instance?.metadata.uid;
  const objects = (urls: RenderInput['urls']) =>
    kept(render({ ...input, urls, ...(instanceUid === undefined ? {} : { instanceUid }) }));

  const done = await runPhases(
    outside,
    ledger,
    {
      objects,
      url,
      fixes: request.fixes,
      take,
      changed: ledger.finished ? changedComponents(plan, objects('composed')) : undefined,
      beforeIngress: async () => {
        if (answers.admin)
          await ensureAdmin(
            outside,
            {
              app: answers.name,
              host: input.host,
              url,
              email: answers.admin.email,
              ...(request.adminPassword === undefined ? {} : { password: request.adminPassword }),
            },
            signal,
          );
      },
    },
    tell,
    signal,
  );
  await writeLedger(cluster, { ...done, finished: true }, signal);
}

/** With `--conflicts keep`: the objects without the fields that others hold. */
function keepTheirs(
  plan: PlanEvent,
  { conflicts }: InstallRequest,
): (objects: readonly RenderedObject[]) => readonly RenderedObject[] {
  if (conflicts !== 'keep') return (objects) => objects;
  const fields = new Map(
    plan.objects.map(({ kind, name, conflicts: held = [] }) => [`${kind}/${name}`, held.map(({ field }) => field)]),
  );
  return (objects) =>
    objects.map((each) => ({
      ...each,
      object: (fields.get(`${each.object.kind}/${each.object.metadata.name}`) ?? []).reduce(withoutField, each.object),
    }));
}

function changedComponents(plan: PlanEvent, objects: readonly RenderedObject[]): ReadonlySet<ComponentId> {
  const changed = new Set(
    plan.objects.filter(({ action }) => action !== 'same').map(({ kind, name }) => `${kind}/${name}`),
  );
  return new Set(
    objects.flatMap(({ component, object }) =>
      component !== 'instance' && changed.has(`${object.kind}/${object.metadata.name}`) ? [component] : [],
    ),
  );
}

async function withRemains(error: unknown, outside: Outside, app: string): Promise<unknown> {
  const known = asUserError(error, outside);
  if (!(known instanceof UserError)) return known;
  const left = await remains(outside.cluster, app, AbortSignal.timeout(10_000)).catch(() => undefined);
  // Nothing was refused any more once something was changed: it failed.
  const exit = known.exit === exitCodes.refused && known.code !== 'locked' ? exitCodes.failed : known.exit;
  const hint: Say = (t) => [known.hint?.(t), left?.(t)].filter(Boolean).join('\n');
  return new UserError({
    code: known.code,
    exit,
    say: known.say,
    hint,
    ...(known.object ? { object: known.object } : {}),
    cause: error,
  });
}

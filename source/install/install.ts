/** The install as a user means it: from answers to a proven PostHog, or to a clear reason why not. */
import { isDeepStrictEqual } from 'node:util';
import { exitCodes, UserError } from '../errors.ts';
import type { Say } from '../messages/index.ts';
import { findInstances } from '../observe/instances.ts';
import { readSecret } from '../observe/sources/secret.ts';
import { type Answers, defaultAnswers, resolveAnswers } from '../stack/answers.ts';
import { publicUrl, type RenderInput } from '../stack/model.ts';
import { ownSecrets, render } from '../stack/render.ts';
import { type ComponentId, componentIds } from '../stack/types.ts';
import { formatDuration } from '../text/duration.ts';
import { installNow } from './change.ts';
import type { ConflictChoices, InstallRequest, Outside } from './contract.ts';
import type { DoneEvent, InstallEvent, PlanEvent } from './events.ts';
import { asUserError } from './explain.ts';
import { ledgerSource, renderInput } from './input.ts';
import { type Ledger, readLedger } from './ledger.ts';
import { planOf } from './plan.ts';
import { preflight } from './preflight.ts';
import { proofEvents } from './prove-again.ts';
import { readOnlyError } from './read-only.ts';
import { severalInstances } from './several-instances.ts';
import { isAllReady } from './status.ts';
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
  let last: Awaited;
  try {
    for await (const event of installBefore(AbortSignal.any([signal, deadline.signal]), request, outside, startedAt)) {
      last = awaited(event, last);
      yield event;
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const late = deadline.signal.aborted && !(error instanceof UserError);
    throw withAwaited(asUserError(late ? deadline.signal.reason : error, outside), last?.say);
  } finally {
    deadline.cancel();
  }
}

/** What an install waits for, as it was told last. */
type Awaited = { readonly say: Say; readonly component?: ComponentId } | undefined;

function awaited(event: InstallEvent, last: Awaited): Awaited {
  if (event.type === 'note') return { say: event.message };
  if (event.type === 'cause' && event.cause) return { say: event.cause.message, component: event.component };
  // It was about that component, which is over.
  const isOver = (event.type === 'cause' || event.type === 'component') && event.component === last?.component;
  return isOver ? undefined : last;
}

/** Who gave up for lack of time wants to know what took it. */
function withAwaited(error: unknown, last: Say | undefined): unknown {
  if (!(error instanceof UserError) || error.exit !== exitCodes.timedOut || !last) return error;
  const { code, exit, say, hint, object, cause } = error;
  return new UserError({
    code,
    exit,
    say: (t) => `${say(t)} ${t.install.timeoutLast(last(t))}`,
    ...(hint ? { hint } : {}),
    ...(object ? { object } : {}),
    cause,
  });
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
          say: (t) => t.install.timeout(formatDuration(timeoutMs, t.units)),
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
  const weaker = [ledger && ledgerSource(ledger), request.defaults].filter((source) => source !== undefined);
  const answers = resolveAnswers([...request.sources, ...weaker]);
  const hostGiven = answers.host !== undefined;
  const input = await renderInput(outside, answers, ledger, signal);
  const { platform, host } = input;
  refuseUnchangeable(ledger, input);
  const rendered = render(input);

  let asked: Promise<PlanEvent> | undefined;
  const url = publicUrl(host, platform);
  const isResumed = ledger?.finished === false && isSaid({ ...answers, host }, ledger);
  const about = { name: answers.name, size: answers.size, url, owner: answers.admin?.email, isResumed };
  const planned = () => (asked ??= planOf(cluster, about, rendered, ledger, signal));
  const changes = async () =>
    (await planned()).objects.some(({ action }) => action !== 'same') ||
    request.fixes.length > 0 ||
    (await lacksAdmin(request, outside, answers, signal));
  const { dryRun } = request;
  yield* checked(
    preflight(outside, { answers, host, hostGiven, platform, objects: rendered, ledger, dryRun, changes }, signal),
  );

  const plan = await planned();
  yield plan;
  const isChange = ledger?.finished !== true || (await changes());
  refuseConflicts(plan, request);
  if (dryRun) return;
  if (request.readOnly) throw readOnlyError((t) => t.install.readOnlyHint);

  const choose = isChange ? await agree(plan, request) : undefined;
  // What is broken is waited for, so that it is told why; a proof alone would only not come to its end.
  if (isChange || !(await isAllReady(outside, answers.name, signal)))
    yield* installNow(signal, request, outside, { answers, input, plan, ledger, url, ...(choose ? { choose } : {}) });
  const stopped = componentIds.filter((id) => answers.components[id]?.replicas === 0);
  if (stopped.length > 0) yield { type: 'note', message: (t) => t.install.unprovable(stopped.join(', ')) };
  const target = { app: answers.name, namespace: cluster.namespace, host, url, platform };
  const proof =
    stopped.length > 0
      ? { proven: false }
      : yield* proofEvents(outside, { ...target, admin: answers.admin !== undefined }, signal);
  const end = await afterwards(outside, input, url, signal);
  yield {
    type: 'done',
    url,
    name: answers.name,
    elapsedMs: outside.context.clock.monotonic() - startedAt,
    ...proof,
    ...end,
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

/** Whether these are the answers of the ledger. */
const isSaid = (answers: Answers, ledger: Ledger): boolean =>
  isDeepStrictEqual(answers, { ...resolveAnswers([ledgerSource(ledger)]), host: ledger.host });

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

/** @returns what is done with fields that others hold, where somebody decided it now. */
async function agree(plan: PlanEvent, { consent }: InstallRequest): Promise<ConflictChoices | undefined> {
  const [code, exit] = ['needs-confirmation', exitCodes.needsConfirmation] as const;
  if (consent === 'missing')
    throw new UserError({
      code,
      exit,
      say: (t) => t.install.needsConsent,
      hint: (t) => t.install.needsConsentHint,
    });
  const agreed = await consent(plan);
  if (agreed === false) throw new UserError({ code, exit, say: (t) => t.install.declined });
  return agreed === true ? undefined : agreed;
}

/** Whether the first user, or the key that later proofs need, is still to be made. */
async function lacksAdmin(
  { adminPassword }: InstallRequest,
  { cluster }: Outside,
  { admin, name }: Answers,
  signal: AbortSignal,
): Promise<boolean> {
  if (!admin) return false;
  return (
    adminPassword !== undefined ||
    (await readSecret(cluster, ownSecrets(name).admin, signal))?.['api-key'] === undefined
  );
}

/** How to get in: with the admin's kept password, or first, before somebody else does. */
async function afterwards(
  { cluster }: Outside,
  { answers }: RenderInput,
  url: string,
  signal: AbortSignal,
): Promise<Pick<DoneEvent, 'message' | 'isPasswordKept'>> {
  const { admin } = answers;
  if (!admin) return { message: (t) => t.install.done.noAdmin(url) };
  const secret = ownSecrets(answers.name).admin;
  const kept = await readSecret(cluster, secret, signal);
  if (kept?.['password'] === undefined) return { message: (t) => t.install.done.signIn(admin.email) };
  const message: Say = (t) => t.install.done.signInKept(admin.email, secret, cluster.namespace);
  return { message, isPasswordKept: true };
}

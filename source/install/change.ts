/** The part of an install that changes the cluster, under the lock; whatever ends it tells what remains. */
import { exitCodes, UserError } from '../errors.ts';
import type { Say } from '../messages/index.ts';
import type { Answers } from '../stack/answers.ts';
import type { RenderInput } from '../stack/model.ts';
import { render } from '../stack/render.ts';
import type { ComponentId, KubeObject, RenderedObject } from '../stack/types.ts';
import { ensureAdmin } from './admin.ts';
import { Channel } from './channel.ts';
import type { ConflictChoices, InstallRequest, Outside } from './contract.ts';
import type { InstallEvent, PlanEvent } from './events.ts';
import { asUserError } from './explain.ts';
import { acquireLock } from './lease.ts';
import { type Ledger, readLedger, writeLedger } from './ledger.ts';
import { ensureSecrets } from './own-secrets.ts';
import { withoutField } from './plan.ts';
import { remains } from './remains.ts';
import { runPhases } from './run.ts';

export interface Decided {
  readonly answers: Answers;
  readonly input: RenderInput;
  readonly plan: PlanEvent;
  readonly ledger: Ledger | undefined;
  readonly url: string;
  /** Default: as the request says for all. */
  readonly choose?: ConflictChoices;
}

/** From here on the cluster is changed; whatever ends it tells what remains. */
export async function* installNow(
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
  const left = new AbortController();
  const working = AbortSignal.any([signal, lock.lost, left.signal]);
  changeCluster(request, outside, decided, tell, working)
    .catch(async (error: unknown) => {
      // An interruption is told by whoever interrupted; running out of time leaves as much behind as any failure.
      if (signal.aborted && !(signal.reason instanceof UserError)) throw signal.reason;
      const reason = working.aborted ? working.reason : error;
      throw await withRemains(reason, outside, answers.name);
    })
    .then(
      () => channel.close(),
      (error: unknown) => channel.close({ error }),
    );
  try {
    yield* channel;
  } finally {
    // Whoever stops listening stops the work, too.
    left.abort(new Error('nobody listens any more'));
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
  const choose = decided.choose ?? sameForAll(request);
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

  const kept = keepTheirs(plan, choose);
  const take = conflictsIn(plan).some(({ object, field }) => choose?.(object, field) === 'take');
  const root = kept(render(input)).filter(({ step }) => step === 'instance');
  const [instance] = await Promise.all(root.map(({ object }) => cluster.apply(object, { force: take, signal })));
  const instanceUid = instance?.metadata.uid;
  const objects = (urls: RenderInput['urls']) =>
    kept(render({ ...input, urls, ...(instanceUid === undefined ? {} : { instanceUid }) }));

  // While nothing of web is wanted, nobody answers at the address, nor makes the first user.
  const isAnswered = answers.components.web?.replicas !== 0;
  const done = await runPhases(
    outside,
    ledger,
    {
      objects,
      urls: input.urls,
      url: isAnswered ? url : undefined,
      fixes: request.fixes,
      onSnapshot: request.onSnapshot,
      take,
      changed: ledger.finished ? changedComponents(plan) : undefined,
      beforeIngress: async () => {
        if (answers.admin && isAnswered)
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
  choose: ConflictChoices | undefined,
): (objects: readonly RenderedObject[]) => readonly RenderedObject[] {
  const keeps = conflictsIn(plan).filter(({ object, field }) => choose?.(object, field) === 'keep');
  const fieldsOf = ({ kind, metadata }: KubeObject) =>
    keeps.filter(({ object }) => object === `${kind}/${metadata.name}`).map(({ field }) => field);
  return (objects) =>
    objects.map((each) => ({ ...each, object: fieldsOf(each.object).reduce(withoutField, each.object) }));
}

const sameForAll = ({ conflicts }: InstallRequest): ConflictChoices | undefined =>
  conflicts === 'keep' || conflicts === 'take' ? () => conflicts : undefined;

const conflictsIn = ({ objects }: PlanEvent) =>
  objects.flatMap(({ kind, name, conflicts = [] }) =>
    conflicts.map(({ field }) => ({ object: `${kind}/${name}`, field })),
  );

const changedComponents = ({ objects }: PlanEvent): ReadonlySet<ComponentId> =>
  new Set(
    objects.flatMap(({ action, component }) => (action === 'same' || component === 'instance' ? [] : [component])),
  );

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
    ...(known.hint || left ? { hint } : {}),
    ...(known.object ? { object: known.object } : {}),
    cause: error,
  });
}

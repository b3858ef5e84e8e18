/** Changes how many of a component there are and what each may take: judged first, then applied one after the other. */
import { exitCodes, UserError } from '../../errors.ts';
import type { ConflictChoice, Outside } from '../../install/contract.ts';
import { deletedError, isDeleted } from '../../install/deleted.ts';
import type { InstallEvent } from '../../install/events.ts';
import { asUserError } from '../../install/explain.ts';
import { acquireLock } from '../../install/lease.ts';
import { soundLedgerIn } from '../../install/ledger.ts';
import { Telling } from '../../install/progress.ts';
import { readOnlyError } from '../../install/read-only.ts';
import { observed, theInstance } from '../../install/status.ts';
import type { Messages, Say } from '../../messages/index.ts';
import type { Observer } from '../../observe/observer.ts';
import { roomOf } from '../../observe/room.ts';
import type { Written } from '../../observe/written.ts';
import type { ComponentId } from '../../stack/types.ts';
import { deadlineAfter, settled } from '../settle.ts';
import { type Applier, applierOf, patcherOf } from './apply.ts';
import { type Currents, changesOf, inOrder, undone, wantedWords, wordsOf } from './change.ts';
import { costOf } from './cost.ts';
import { currentsOf } from './current.ts';
import type { ReviewEvent } from './events.ts';
import { findingsOf, isRefused } from './guards.ts';
import { Helping } from './helping.ts';
import { kubectlOf } from './kubectl.ts';
import { surroundingsOf } from './look.ts';
import type { Change, Finding, Wants } from './types.ts';

export interface ScaleRequest {
  readonly name?: string;
  readonly wants: (currents: Currents) => Wants;
  /** Whether to go on; or show the review and end with exit code 4. */
  readonly consent: 'missing' | ((review: ReviewEvent) => Promise<boolean>);
  readonly dryRun: boolean;
  /** What to do with fields that another manager holds; undefined refuses. */
  readonly conflicts: ConflictChoice | undefined;
  /** Whether each component is waited for until it is ready. */
  readonly wait: boolean;
  /** Ends the waiting, with its reason: what is not applied by then will not be, and nothing is left half-written. */
  readonly enough?: AbortSignal;
  readonly timeoutMs: number;
  readonly readOnly: boolean;
}

/**
 * Tells the review, and then what happens.
 * @throws UserError `guard` (exit 3), `needs-confirmation` (exit 4), `timeout` (exit 5); what has been applied by then stays, and
 * is said.
 */
export async function* scale(
  request: ScaleRequest,
  outside: Outside,
  signal: AbortSignal,
): AsyncGenerator<InstallEvent> {
  const observing = observed(outside, signal);
  try {
    const { observer } = observing;
    await observer.ready;
    const reviewed = await reviewedBy(request, outside, observer, signal);
    const { review, applier } = reviewed;
    yield review;
    refuse(review.findings);
    if (request.dryRun || (!applier && review.already.length === 0)) return;
    if (applier) {
      if (request.readOnly) throw readOnlyError((t) => t.scale.readOnlyHint);
      await agree(review, request);
    }
    yield* applied({ request, outside, observer, ...reviewed }, signal);
  } catch (error) {
    if (signal.aborted) throw isInterrupted(error) ? error : signal.reason;
    throw asUserError(error, outside);
  } finally {
    observing.stop();
  }
}

interface Reviewed {
  readonly wants: Wants;
  readonly review: ReviewEvent;
  /** Undefined where nothing changes, or it is refused. */
  readonly applier: Applier | undefined;
}

/** What is asked of the instance as it is now, judged. */
async function reviewedBy(
  request: ScaleRequest,
  outside: Outside,
  observer: Observer,
  signal: AbortSignal,
): Promise<Reviewed> {
  const { cluster } = outside;
  const instance = theInstance(observer.instances(), request.name, cluster.namespace);
  observer.choose(instance.name);
  const snapshot = observer.snapshot();
  const ledger = soundLedgerIn(snapshot);
  if (isDeleted(snapshot)) throw deletedError(snapshot);
  const currents = currentsOf(instance.components, snapshot);
  const wants = request.wants(currents);
  const changes = changesOf(wants, currents);
  const around = await surroundingsOf(cluster, snapshot, outside.context.clock, signal);
  const judged = findingsOf(wants, currents, around);
  const applier =
    isRefused(judged) || changes.length === 0
      ? undefined
      : ledger
        ? await applierOf(outside, { ledger, wants: among(wants, changes), conflicts: request.conflicts }, signal)
        : patcherOf(cluster, snapshot, changes);
  const { after, peak } = costOf(wants, currents);
  const review: ReviewEvent = {
    type: 'review',
    app: instance.name,
    namespace: cluster.namespace,
    changes,
    already: onTheirWay(wants, changes, currents),
    findings: [...judged, ...(applier?.findings ?? [])],
    after,
    peak,
    room: roomOf(around.quotas),
    kubectl: kubectlOf(changes, snapshot),
    isRecorded: ledger !== undefined,
  };
  return { wants, review, applier };
}

/** Those of which something changes. */
const among = (wants: Wants, changes: readonly Change[]): Wants =>
  new Map([...wants].filter(([id]) => changes.some(({ component }) => component === id)));

/** Those that are as they shall be, and have not come to it yet: whoever asks again wants to know how it ends. */
const onTheirWay = (wants: Wants, changes: readonly Change[], currents: Currents): readonly ComponentId[] =>
  inOrder([...wants.keys()]).filter(
    (id) => currents.get(id)?.rollout !== undefined && changes.every(({ component }) => component !== id),
  );

function refuse(findings: readonly Finding[]): void {
  const refusals = findings.filter(({ verdict }) => verdict === 'refuse');
  if (refusals.length === 0) return;
  throw new UserError({
    code: 'guard',
    exit: exitCodes.refused,
    say: (t) => t.scale.refused(refusals.length),
    hint: (t) => t.scale.refusedHint,
  });
}

async function agree(review: ReviewEvent, { consent }: ScaleRequest): Promise<void> {
  const isAgreed = consent === 'missing' ? undefined : await consent(review);
  if (isAgreed) return;
  throw new UserError({
    code: 'needs-confirmation',
    exit: exitCodes.needsConfirmation,
    say: (t) => (isAgreed === undefined ? t.scale.needsConsent : t.scale.declined),
    ...(isAgreed === undefined ? { hint: (t) => t.scale.needsConsentHint } : {}),
  });
}

interface Applying extends Reviewed {
  readonly request: ScaleRequest;
  readonly outside: Outside;
  readonly observer: Observer;
}

async function* applied(
  { request, outside, observer, wants, review, applier }: Applying,
  signal: AbortSignal,
): AsyncGenerator<InstallEvent> {
  const { cluster, context } = outside;
  const { app, changes, already } = review;
  const changed = inOrder(changes.map(({ component }) => component));
  // One rolls at a time: what is on its way comes to its end first.
  const order = [...already, ...changed];
  const done: ComponentId[] = [];
  const lock = applier && (await acquireLock(cluster, context, app, signal, () => {}));
  const deadline = deadlineAfter(request.timeoutMs, context.clock);
  const over = new AbortController();
  const until = AbortSignal.any([signal, deadline.signal, over.signal, ...(lock ? [lock.lost] : [])]);
  const { enough } = request;
  const waiting = enough ? AbortSignal.any([until, enough]) : until;
  const telling = new Telling();
  const helping = new Helping({ outside, observer, app, components: order });
  if (request.wait) helping.begin(until);
  try {
    for (const id of order) {
      enough?.throwIfAborted();
      const own = changes.filter(({ component }) => component === id);
      let written: readonly Written[] = [];
      if (applier && own.length > 0) {
        yield { type: 'note', message: (t) => t.scale.applying(wordsOf(own).join(' ')) };
        written = await applier.apply(id, until);
        done.push(id);
        helping.applied(id);
      }
      if (request.wait) yield* settled(id, written, { observer, telling, clock: context.clock }, waiting);
    }
    deadline.cancel();
    // What waits is told, not waited for: all is applied and ready, whatever becomes of the time or the lock meanwhile.
    if (request.wait) yield* helping.told(enough ? AbortSignal.any([signal, enough]) : signal);
    yield { type: 'scaled', app, changes, already, isSettled: request.wait };
  } catch (error) {
    if (signal.reason instanceof UserError) throw signal.reason;
    if (enough?.aborted) throw enough.reason;
    const left = changed.filter((id) => !done.includes(id));
    const reason = signal.aborted ? interrupted(signal) : deadline.signal.aborted ? deadline.signal.reason : error;
    throw stopped(asUserError(reason, outside), {
      wants,
      changes,
      done,
      left: left.filter((id) => !applier?.begun.has(id)),
      partly: left.filter((id) => applier?.begun.has(id)),
    });
  } finally {
    over.abort();
    deadline.cancel();
    await lock?.release();
  }
}

/** Whoever ends it wants to know how far it came. */
const interrupted = ({ reason }: AbortSignal): UserError =>
  new UserError({
    code: 'interrupted',
    exit: exitCodes.interrupted,
    say: (t) => t.cli.interrupted,
    cause: reason,
  });
const isInterrupted = (error: unknown): boolean => error instanceof UserError && error.exit === exitCodes.interrupted;

interface Stopped {
  readonly wants: Wants;
  readonly changes: readonly Change[];
  readonly done: readonly ComponentId[];
  /** Of which only some objects are written. */
  readonly partly: readonly ComponentId[];
  readonly left: readonly ComponentId[];
}

/** What ended it, with how to wait on, what is applied by now and what is not. */
function stopped(error: unknown, { wants, changes, done, partly, left }: Stopped): unknown {
  if (!(error instanceof UserError)) return error;
  const { code, exit, say, hint, object, cause } = error;
  const again = wantedWords(wants).join(' ');
  const of = (ids: readonly ComponentId[]) => changes.filter(({ component }) => ids.includes(component));
  const back = wordsOf(undone(of(done))).join(' ');
  const more: readonly Say[] = [
    ...(exit === exitCodes.timedOut || (exit === exitCodes.interrupted && done.length > 0)
      ? [(t: Messages) => t.scale.waitOn(again)]
      : []),
    ...(partly.length > 0
      ? [(t: Messages) => t.scale.partlyDone(partly.join(', '), wordsOf(of(partly)).join(' '))]
      : []),
    ...(done.length > 0 ? [(t: Messages) => t.scale.halfDone(done.join(', '), left.join(', '), back)] : []),
  ];
  if (more.length === 0) return error;
  return new UserError({
    code,
    // Nothing was refused any more once something was changed: it failed.
    exit: exit === exitCodes.refused && done.length + partly.length > 0 ? exitCodes.failed : exit,
    say,
    hint: (t) => [hint?.(t), ...more.map((each) => each(t))].filter(Boolean).join('\n'),
    ...(object ? { object } : {}),
    cause,
  });
}

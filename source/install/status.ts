/** One picture of an instance, or a moving one. Works on instances of the one-click template too. */
import { exitCodes, UserError } from '../errors.ts';
import type { Say } from '../messages/index.ts';
import { rootCause } from '../observe/cause.ts';
import { crashLines } from '../observe/crash-lines.ts';
import { componentHealth } from '../observe/health.ts';
import { type FoundInstance, findInstances } from '../observe/instances.ts';
import { type ObserveOptions, type Observer, observe } from '../observe/observer.ts';
import type { Cause, Snapshot, State } from '../observe/types.ts';
import { componentOf, objectName } from '../stack/components.ts';
import type { ComponentId } from '../stack/types.ts';
import { addressIn } from './address.ts';
import { ConcernsTelling } from './concerns.ts';
import type { Outside } from './contract.ts';
import type { InstallEvent } from './events.ts';
import { FiguresTelling } from './figures-telling.ts';
import { type Ledger, ledgerIn } from './ledger.ts';
import { asWanted, type Healths, Telling } from './progress.ts';
import { severalInstances } from './several-instances.ts';

export interface StatusRequest {
  readonly name?: string;
  readonly watch: boolean;
  /** Whether also the numbers are told: what waits, what is used. */
  readonly withFigures?: boolean;
  /** Told every picture that is looked at, for whoever shows more of it than its components. */
  readonly onSnapshot?: (snapshot: Snapshot) => void;
}

/**
 * Tells every component and the cause of whatever is not ready; with `watch`, what changes from then on.
 * Returns whether all is well.
 * @throws UserError `several-instances` (exit 2), `no-instance` (exit 3).
 */
export async function* status(
  outside: Outside,
  { name, ...request }: StatusRequest,
  signal: AbortSignal,
): AsyncGenerator<InstallEvent, boolean> {
  const observing = observed(outside, signal);
  const { observer, stop } = observing;
  try {
    await observer.ready;
    const instance = theInstance(observer.instances(), name, outside.cluster.namespace);
    observer.choose(instance.name);
    return yield* lookAt(outside, { ...request, observing, instance }, signal);
  } finally {
    stop();
  }
}

/**
 * Everything in the namespace, watched until `stop` is called: watches would go on and keep the program alive.
 * @param first as the observer takes it, for whoever shows what comes later, too
 */
export function observed(
  { cluster, context }: Outside,
  signal: AbortSignal,
  first: Pick<ObserveOptions, 'othersAfter' | 'eventsLater'> = {},
): Observing {
  const looking = new AbortController();
  const until = AbortSignal.any([signal, looking.signal]);
  return {
    observer: observe(cluster, {
      clock: context.clock,
      signal: until,
      givesUp: true,
      ...first,
    }),
    until,
    stop: () => looking.abort(),
  };
}

export interface Observing {
  readonly observer: Observer;
  readonly until: AbortSignal;
  stop(): void;
}

interface Look extends Omit<StatusRequest, 'name'> {
  /** It has listed everything once, and the instance is chosen. */
  readonly observing: Observing;
  readonly instance: FoundInstance;
  /** The last words of what has crashed, which tell why, are fetched when this is settled. Undefined: the first picture waits for them. */
  readonly wordsAfter?: Promise<unknown>;
}

/** So long, in milliseconds: the node that has them may not answer. */
const patienceMs = 3_000;

/** As `status`, of an instance that was chosen among those that are observed. */
export async function* lookAt(
  outside: Outside,
  { observing: { observer, until }, instance, watch, withFigures = false, wordsAfter, onSnapshot }: Look,
  signal: AbortSignal,
): AsyncGenerator<InstallEvent, boolean> {
  const { cluster, context } = outside;
  const lines = crashLines(cluster, until, wordsAfter);
  lines.addTo(observer.snapshot());
  if (!wordsAfter) await Promise.race([lines.asked(), context.clock.sleep(patienceMs, until)]);
  const telling = new Telling();
  const figures = withFigures ? new FiguresTelling(cluster, context, instance, until) : undefined;
  const ledger = ledgerIn(observer.snapshot());
  const address = addressIn(observer.snapshot());
  const concerns = withFigures ? new ConcernsTelling(outside, address, until) : undefined;
  yield { type: 'note', message: headline(instance, ledger, cluster.namespace, address?.url) };
  if (ledger?.finished === false) yield { type: 'note', message: (t) => t.install.unfinished(instance.name) };
  for (;;) {
    const snapshot = lines.addTo(observer.snapshot());
    onSnapshot?.(snapshot);
    const healths = healthsOf(instance, snapshot, ledgerIn(snapshot));
    yield* telling.connection(snapshot);
    yield* telling.deletion(snapshot);
    yield* telling.changes(healths, context.clock.monotonic());
    const causes = causesOf(healths, snapshot);
    for (const [component, cause] of causes) yield* telling.cause(component, cause);
    if (figures) yield* await figures.changes(snapshot);
    if (figures && concerns) {
      const told = await concerns.changes(snapshot, seenOf(healths, causes), figures.last);
      if (told) yield told;
    }
    if (!watch) {
      const count = (wanted: State) => [...healths.values()].filter(({ state }) => state === wanted).length;
      const [ready, stopped] = [count('ready'), count('stopped')];
      const isTold = [...causes.values()].some((cause) => cause !== undefined);
      yield { type: 'note', message: (t) => t.install.status.ready(ready, stopped, healths.size, isTold) };
      return ready + stopped === healths.size;
    }
    // Nothing that never ends may be waited for again and again: it would keep each of the waits (reactions of a promise).
    const news = [observer.next(signal), lines.next(), figures?.next(), concerns?.next()];
    await Promise.race(news.filter((each) => each !== undefined));
  }
}

/** Whether nothing of an instance has to be waited for, as it is at this moment. */
export async function isAllReady(outside: Outside, name: string, signal: AbortSignal): Promise<boolean> {
  const looking = status(outside, { name, watch: false }, signal);
  for (;;) {
    const { done, value } = await looking.next();
    if (done) return value;
  }
}

const headline =
  ({ name, kind }: FoundInstance, ledger: Ledger | undefined, namespace: string, url: string | undefined): Say =>
  (t) =>
    ledger
      ? t.install.status.ours({
          name,
          namespace,
          url: ledger.url,
          size: ledger.answers.size,
          release: ledger.answers.release,
        })
      : t.install.status.other(name, namespace, url, kind === 'template');

function healthsOf({ components, name }: FoundInstance, snapshot: Snapshot, ledger: Ledger | undefined): Healths {
  const healths = components
    .map((id) => componentHealth(id, snapshot))
    .map((health) => (ledger ? asWanted(health, ledger.answers) : health));
  // Jobs expire after a day. The ledger remembers that they are done; instances without one were made long ago.
  const isDone = (id: ComponentId) =>
    !ledger || ledger.finished || Object.keys(ledger.jobs).some((job) => job.startsWith(`${objectName(id, name)}-`));
  return new Map(
    healths.map((health) => [
      health.component,
      componentOf(health.component).kind === 'Job' && health.state === 'waiting' && isDone(health.component)
        ? { ...health, state: 'ready', ready: 1 }
        : health,
    ]),
  );
}

function causesOf(healths: Healths, snapshot: Snapshot): ReadonlyMap<ComponentId, Cause | undefined> {
  let debt: Cause | undefined;
  return new Map(
    [...healths.values()].map(({ component, state }) => {
      const cause = state === 'ready' ? undefined : rootCause(component, snapshot, { phaseStartedAt: 0 });
      if (cause?.id === 'debt') {
        // It stops everything: said once.
        const isFirst = debt === undefined;
        debt = cause;
        return [component, isFirst ? cause : undefined];
      }
      // What was never made does not start by itself.
      return [component, state === 'waiting' || state === 'stopped' ? undefined : cause];
    }),
  );
}

const seenOf = (healths: Healths, causes: ReadonlyMap<ComponentId, Cause | undefined>) =>
  Object.fromEntries([...healths].map(([id, { state }]) => [id, { state, cause: causes.get(id) }]));

/** The instance named, or the only one. */
export async function chooseInstance(
  { cluster }: Outside,
  name: string | undefined,
  signal: AbortSignal,
): Promise<FoundInstance> {
  return theInstance(await findInstances(cluster, signal), name, cluster.namespace);
}

/** @throws UserError `several-instances` (exit 2), `no-instance` (exit 3). */
export function theInstance(
  found: readonly FoundInstance[],
  name: string | undefined,
  namespace: string,
): FoundInstance {
  const chosen = name === undefined ? found : found.filter((each) => each.name === name);
  if (chosen.length > 1) throw severalInstances(chosen.map((each) => each.name));
  const [only] = chosen;
  if (only) return only;
  throw new UserError({
    code: 'no-instance',
    exit: exitCodes.refused,
    say: (t) => (name === undefined ? t.install.noInstance(namespace) : t.install.noInstanceNamed(name, namespace)),
    hint: (t) => t.install.noInstanceHint,
  });
}

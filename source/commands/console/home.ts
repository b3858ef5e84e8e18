/** Keeps home up to date: which instances there are, and how the parts of one are. */
import { emptyHome, type Gone, type HomeState } from '../../console/screens/home/state.ts';
import { follow } from '../../console/screens/install/run.ts';
import { addressAsked, addressIn } from '../../install/address.ts';
import { driftIn } from '../../install/concerns.ts';
import { isDeleted } from '../../install/deleted.ts';
import { asUserError, explained } from '../../install/explain.ts';
import { ledgerIn } from '../../install/ledger.ts';
import { lookAt, type Observing, observed, theInstance } from '../../install/status.ts';
import { keptOf } from '../../install/topics.ts';
import type { PublicAddress } from '../../observe/concerns.ts';
import { figuresOf } from '../../observe/figures.ts';
import { type FoundInstance, isGone } from '../../observe/instances.ts';
import { type Measurements, measure } from '../../observe/measure.ts';
import { drawingMs } from '../../observe/observer.ts';
import type { Snapshot } from '../../observe/types.ts';
import type { OpenOutside } from '../session.ts';
import { saidOf, shownError } from './errors.ts';
import { paced } from './paced.ts';

/** So long the first picture may take, with all that comes to it at once, in milliseconds. */
const firstPictureMs = 300;

export interface Home {
  open(): Promise<OpenOutside>;
  /** What is shown before how the parts are; undefined where that comes first. */
  readonly before: Promise<unknown> | undefined;
  change(update: (home: HomeState) => HomeState): void;
  /** Told every picture of the instance. */
  readonly onSnapshot: (snapshot: Snapshot) => void;
  /** There is no instance. */
  readonly onNone: () => void;
  /** There are several, and one has to be chosen. */
  readonly onSeveral: () => void;
}

/** Shows that instance, the only one there is, or which there are to choose from; until the signal aborts. */
export async function watchHome(home: Home, name: string | undefined, signal: AbortSignal): Promise<void> {
  let outside: OpenOutside | undefined;
  let observing: Observing | undefined;
  try {
    outside = await home.open();
    observing = observed(outside, signal, { othersAfter: home.before, eventsLater: true });
    const chosen = await chosenAmong(home, name, outside, observing);
    if (chosen) await show(home, { outside, observing, ...chosen }, signal);
  } catch (error) {
    if (signal.aborted) return;
    const known = shownError(outside ? asUserError(error, outside) : error);
    // Where the cluster is, is asked there.
    if (known.code === 'no-kubeconfig') home.onNone();
    else home.change((now) => ({ ...now, trouble: saidOf(known) }));
  } finally {
    observing?.stop();
  }
}

interface Chosen {
  readonly instance: FoundInstance;
  /** Where it is reached; undefined where nothing tells it. */
  readonly reached: PublicAddress | undefined;
}

/** Undefined where there is none, or several and none was named: that is told. */
async function chosenAmong(
  home: Home,
  name: string | undefined,
  { cluster }: OpenOutside,
  { observer }: Observing,
): Promise<Chosen | undefined> {
  await observer.known;
  const choices = observer.instances();
  if (name === undefined && choices.length !== 1) {
    if (choices.length === 0) home.onNone();
    else {
      home.change((now) => ({
        ...now,
        name: undefined,
        choices,
        chosen: undefined,
        gone: undefined,
        trouble: undefined,
      }));
      home.onSeveral();
    }
    return undefined;
  }
  const instance = theInstance(choices, name, cluster.namespace);
  observer.choose(instance.name);
  if (home.before) home.change((now) => ({ ...now, choices, name: instance.name, trouble: undefined }));
  await observer.ready;
  const first = observer.snapshot();
  const [kept, reached] = [keptOf(ledgerIn(first)), addressIn(first)];
  const { run, figures, drift, address, chosen, gone, trouble } = emptyHome;
  const fresh = { run, figures, drift, address, chosen, gone, trouble, kept, url: reached?.url };
  home.change((now) => ({ ...now, ...fresh, choices, name: instance.name }));
  return { instance, reached };
}

/** As it was seen first. @param last the picture before; undefined for the first one */
function goneIn(snapshot: Snapshot, before: Gone | undefined, last: Snapshot | undefined): Gone | undefined {
  const wasThere = before !== undefined || (last !== undefined && !isGone(last));
  if (!isDeleted(snapshot, wasThere)) return undefined;
  const at = before ? before.at : last && snapshot.at;
  const isRecorded = ledgerIn(snapshot) !== undefined;
  return before?.isRecorded === isRecorded ? before : { at, isRecorded };
}

interface Shown extends Chosen {
  readonly outside: OpenOutside;
  readonly observing: Observing;
}

/** How the parts are, and what is not in the first picture: numbers, what others have changed, whether the address answers. */
async function show(home: Home, shown: Shown, signal: AbortSignal): Promise<void> {
  const { outside, observing, instance, reached } = shown;
  const { cluster, context } = outside;
  const { until } = observing;
  let seen: Snapshot | undefined;
  let measured: Measurements | undefined;
  let isDrawn = false;
  const showFigures = paced(
    () => {
      if (!seen) return;
      const figures = figuresOf(instance.components, seen, measured);
      const troubles = measured?.troubles ?? new Map();
      // What is planned has to be rendered for it: that is for after the first picture.
      const drift = isDrawn ? driftIn(seen) : [];
      home.change((now) => ({ ...now, figures, troubles, drift }));
    },
    context.clock,
    until,
  );
  const onSnapshot = (snapshot: Snapshot) => {
    const last = seen;
    seen = snapshot;
    home.onSnapshot(snapshot);
    home.change((now) => {
      const gone = goneIn(snapshot, now.gone, last);
      return gone === now.gone ? now : { ...now, gone };
    });
    showFigures();
  };
  const afterFirst = async () => {
    // The first picture waits for none of it.
    await context.clock.sleep(firstPictureMs, until);
    isDrawn = true;
    await Promise.all([measureOn(), askOn()]);
  };
  const measureOn = async () => {
    for await (measured of measure(cluster, context, instance.name, until)) showFigures();
  };
  const askOn = async () => {
    if (!reached) return;
    for await (const address of addressAsked(outside, reached, until)) home.change((now) => ({ ...now, address }));
  };
  void afterFirst().catch(() => {});
  // Why something crashes is not known before its last words are: these come as soon as it is drawn.
  const wordsAfter = context.clock.sleep(drawingMs, until).catch(() => {});
  const look = { observing, instance, watch: true, wordsAfter, onSnapshot };
  for await (const event of explained(lookAt(outside, look, signal), outside, signal)) {
    const at = context.clock.monotonic();
    home.change((now) => ({ ...now, run: follow(now.run, event, at) }));
  }
}

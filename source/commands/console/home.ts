/** Keeps home up to date: which instances there are, and how the parts of one are. */
import type { HomeState } from '../../console/screens/home/state.ts';
import { emptyRun, follow } from '../../console/screens/install/run.ts';
import { asUserError, explained } from '../../install/explain.ts';
import { ledgerIn, lookAt, type Observing, observed, theInstance } from '../../install/status.ts';
import type { Snapshot } from '../../observe/types.ts';
import type { OpenOutside } from '../session.ts';
import { saidOf, shownError } from './errors.ts';

export interface Home {
  open(): Promise<OpenOutside>;
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
    observing = observed(outside, signal);
    const { observer } = observing;
    await observer.ready;
    const choices = observer.instances();
    if (name === undefined && choices.length !== 1) {
      if (choices.length === 0) home.onNone();
      else {
        home.change((now) => ({ ...now, name: undefined, choices, chosen: undefined, trouble: undefined }));
        home.onSeveral();
      }
      return;
    }
    const instance = theInstance(choices, name, outside.cluster.namespace);
    observer.choose(instance.name);
    const url = ledgerIn(observer.snapshot())?.url;
    const fresh = { run: emptyRun, chosen: undefined, trouble: undefined };
    home.change((now) => ({ ...now, ...fresh, choices, name: instance.name, url }));
    const { clock } = outside.context;
    const look = { observing, instance, watch: true, onSnapshot: home.onSnapshot };
    for await (const event of explained(lookAt(outside, look, signal), outside, signal)) {
      const at = clock.monotonic();
      home.change((now) => ({ ...now, run: follow(now.run, event, at) }));
    }
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

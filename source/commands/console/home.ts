/** Keeps home up to date: which instances there are, and how the parts of one are. */
import type { HomeState } from '../../console/screens/home/state.ts';
import { emptyRun, follow } from '../../console/screens/install/run.ts';
import { asUserError, explained } from '../../install/explain.ts';
import { readLedger } from '../../install/ledger.ts';
import { status } from '../../install/status.ts';
import { findInstances } from '../../observe/instances.ts';
import type { Snapshot } from '../../observe/types.ts';
import type { OpenOutside } from '../session.ts';
import { saidOf, shownError } from './errors.ts';

export interface Home {
  open(): Promise<OpenOutside>;
  change(update: (home: HomeState) => HomeState): void;
  /** Told every picture of the instance. */
  readonly onSnapshot: (snapshot: Snapshot) => void;
  /** Undefined where there is no instance. */
  readonly onNone: () => void;
}

/** Shows that instance, the only one there is, or which there are to choose from; until the signal aborts. */
export async function watchHome(home: Home, name: string | undefined, signal: AbortSignal): Promise<void> {
  let outside: OpenOutside | undefined;
  try {
    outside = await home.open();
    const instances = await findInstances(outside.cluster, signal);
    const chosen = name ?? (instances.length === 1 ? instances[0]?.name : undefined);
    if (chosen === undefined) {
      if (instances.length === 0) home.onNone();
      else
        home.change((now) => ({ ...now, name: undefined, choices: instances, chosen: undefined, trouble: undefined }));
      return;
    }
    const fresh = { run: emptyRun, chosen: undefined, trouble: undefined, choices: instances };
    home.change((now) => ({ ...now, ...fresh, name: chosen }));
    const ledger = await readLedger(outside.cluster, chosen, signal).catch(() => undefined);
    home.change((now) => ({ ...now, url: ledger?.url }));
    const { clock } = outside.context;
    const request = { name: chosen, watch: true, onSnapshot: home.onSnapshot };
    for await (const event of explained(status(outside, request, signal), outside, signal)) {
      const at = clock.monotonic();
      home.change((now) => ({ ...now, run: follow(now.run, event, at) }));
    }
  } catch (error) {
    if (signal.aborted) return;
    const known = shownError(outside ? asUserError(error, outside) : error);
    // Where the cluster is, is asked there.
    if (known.code === 'no-kubeconfig') home.onNone();
    else home.change((now) => ({ ...now, trouble: saidOf(known) }));
  }
}

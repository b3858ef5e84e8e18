/** What follows from every change, where changes come by the hundred: at once, and then as often as somebody can see it. */
import type { Clock } from '../../context.ts';

const everyMs = 250;

/** @returns what is called at each change; `run` sees the last one in any case, until the signal aborts */
export function paced(run: () => void, clock: Clock, signal: AbortSignal): () => void {
  let isResting = false;
  let isMissed = false;
  return function changed() {
    if (isResting) {
      isMissed = true;
      return;
    }
    [isResting, isMissed] = [true, false];
    run();
    clock.sleep(everyMs, signal).then(
      () => {
        isResting = false;
        if (isMissed) changed();
      },
      () => {},
    );
  };
}

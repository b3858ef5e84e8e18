/** One that figures come from: asked when it is due, never twice at the same time, less often while it fails. */
import { ConnectionError, within } from '../../cluster/index.ts';
import type { Clock } from '../../context.ts';

/** How often there is a round. */
export const roundMs = 5_000;
const longestMs = 60_000;
const patienceMs = 10_000;
const patience = {
  ms: patienceMs,
  tooLate: () => new ConnectionError('timeout', `no answer within ${patienceMs / 1000} s`),
};

export interface Source {
  /** Why it tells nothing now. */
  readonly trouble: Error | undefined;
  /** How long it took to answer last, in milliseconds. */
  readonly tookMs: number | undefined;
  /** Does nothing while it is not due yet, or still being asked. */
  ask(clock: Clock, signal: AbortSignal): Promise<void>;
}

/**
 * @param work rejects when the source has nothing to say, or has not said it in time; it resolves with how many milliseconds
 * it is well to leave it alone, where that is more than a round: some answers cost more than others, or change less
 */
export function source(work: (signal: AbortSignal) => Promise<number | undefined>): Source {
  let trouble: Error | undefined;
  let tookMs: number | undefined;
  let [failures, dueAt, isAsked] = [0, Number.NEGATIVE_INFINITY, false];
  return {
    get trouble() {
      return trouble;
    },
    get tookMs() {
      return tookMs;
    },
    async ask(clock, signal) {
      const began = clock.monotonic();
      if (isAsked || began < dueAt) return;
      isAsked = true;
      try {
        const restMs = (await within(patience, clock, signal, work)) ?? roundMs;
        // Rounds are never quite on time.
        [trouble, failures, dueAt] = [undefined, 0, began + restMs - roundMs / 2];
      } catch (error) {
        trouble = error instanceof Error ? error : new Error(String(error));
        failures += 1;
        dueAt = clock.monotonic() + Math.min(longestMs, roundMs * 2 ** failures);
      } finally {
        isAsked = false;
        tookMs = clock.monotonic() - began;
      }
    },
  };
}

/** One that figures come from: asked when it is due, never twice at the same time, less often while it fails. */
import { ConnectionError, within } from '../../cluster/index.ts';
import type { Clock } from '../../context.ts';
import { type Trouble, troubleOf } from './trouble.ts';

/** How often there is a round. */
export const roundMs = 5_000;
const longestMs = 60_000;
const patienceMs = 10_000;
const patience = {
  ms: patienceMs,
  tooLate: () => new ConnectionError('timeout', `no answer within ${patienceMs / 1000} s`),
};

export interface Source {
  /**
   * Why it tells nothing now; one that has told something may fail for a moment before that is news.
   * @param now monotonic milliseconds
   */
  trouble(now: number): Trouble | undefined;
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
  let error: Error | undefined;
  let answeredAt: number | undefined;
  let tookMs: number | undefined;
  let [failures, failingSince, dueAt, isAsked] = [0, 0, Number.NEGATIVE_INFINITY, false];
  return {
    trouble(now) {
      if (!error) return undefined;
      if (answeredAt === undefined) return troubleOf(error, undefined);
      return now - failingSince < patienceMs ? undefined : troubleOf(error, now - answeredAt);
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
        [error, failures, dueAt, answeredAt] = [undefined, 0, began + restMs - roundMs / 2, clock.monotonic()];
      } catch (thrown) {
        error = thrown instanceof Error ? thrown : new Error(String(thrown));
        if (failures === 0) failingSince = began;
        failures += 1;
        dueAt = clock.monotonic() + Math.min(longestMs, roundMs * 2 ** failures);
      } finally {
        isAsked = false;
        tookMs = clock.monotonic() - began;
      }
    },
  };
}

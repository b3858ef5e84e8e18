/**
 * Whether a run is over and the next one has begun. Its node knows that first: while it does not reach the API server the
 * pod there stays as it was, and the log that is to be had is the next run's already. What the node then gives as the log
 * of the run before is this one's, and no earlier one's: it goes on after this one began.
 */
import { ConnectionError, within } from '../../cluster/index.ts';
import type { Cluster } from '../../cluster/types.ts';
import type { Clock } from '../../context.ts';
import { timeAt } from '../stamp.ts';
import { isNothing } from './answers.ts';
import type { LiveRun } from './run.ts';
import { lastOf } from './silence.ts';

/** What is told in whole seconds may be so much later. */
const wholeMs = 1_000;
/** A node that has begun to answer may say nothing more. */
const patience = {
  ms: 10_000,
  tooLate: () => new ConnectionError('timeout', 'the node does not tell whether the next run has begun'),
};

/**
 * @param lastTime milliseconds since 1970 of the last line that is known of the run; NaN where none is
 * @throws ApiError, ConnectionError where the node does not answer, or not to the end within 10 s
 */
export async function isFollowed(
  { cluster, clock }: { readonly cluster: Pick<Cluster, 'logBytes'>; readonly clock: Clock },
  { run, startedAt }: Pick<LiveRun, 'run' | 'startedAt'>,
  lastTime: number,
  signal: AbortSignal,
): Promise<boolean> {
  const options = { container: run.container, previous: true, timestamps: true, tailLines: 1 };
  try {
    const last = await within(patience, clock, signal, (until) =>
      lastOf(cluster.logBytes(run.pod, { ...options, signal: until })),
    );
    // The first one has none before it, not even one that wrote nothing.
    if (run.restart === 0) return true;
    const since = Number.isNaN(lastTime) ? startedAt + wholeMs : lastTime;
    return last !== undefined && timeAt(last, 0) >= since;
  } catch (error) {
    if (isNothing(error)) return false;
    throw error;
  }
}

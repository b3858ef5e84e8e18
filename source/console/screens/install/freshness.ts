/** How fresh what is shown is: live, or nothing was heard for so long. */
import type { Messages } from '../../../messages/index.ts';
import { formatDuration } from '../../../text/duration.ts';
import type { RunView } from './run.ts';

/** Younger than this is as good as live, in milliseconds. */
const staleMs = 5_000;

/** @param now monotonic milliseconds */
export function freshness({ cutOffSince }: RunView, now: number, t: Messages): string {
  const age = cutOffSince === undefined ? 0 : now - cutOffSince;
  return age < staleMs ? t.console.live : t.console.stale(formatDuration(age, t.units));
}

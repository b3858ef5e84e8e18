/** How a backlog would go with other replicas: each takes as much as now, and no more of them work than there are partitions. Pure. */
import type { Backlog, EmptyIn } from '../../observe/backlog/backlog.ts';

/** @param partitions of the topic that is read; undefined: not known */
export function emptyAfter(
  { waiting, inPerS, outPerS, emptyInS }: Backlog,
  {
    from,
    to,
    partitions = Number.POSITIVE_INFINITY,
  }: { readonly from: number; readonly to: number; readonly partitions?: number | undefined },
): EmptyIn {
  if (from === to || emptyInS === 0) return emptyInS;
  if (to === 0) return waiting > 0 ? 'never' : 0;
  // What stands still says nothing about how fast it could be.
  if (inPerS === undefined || outPerS === undefined || from === 0 || outPerS === 0) return undefined;
  const out = (outPerS / Math.min(from, partitions)) * Math.min(to, partitions);
  return out > inPerS ? waiting / (out - inPerS) : 'never';
}

/** The fewest replicas that empty it within so many seconds, or as many as work at once. */
export function draining(backlog: Backlog, from: number, most: number, withinS: number): number {
  for (let to = from; to < most; to += 1) {
    const empty = emptyAfter(backlog, { from, to, partitions: most });
    if (typeof empty === 'number' && empty <= withinS) return to;
  }
  return Math.max(from, most);
}

/** Figures as people read them, on screens and in lines. Pure. */
import type { Messages } from '../messages/index.ts';
import { formatBytes } from '../stack/quantity.ts';
import { formatCount } from '../text/count.ts';
import { formatDuration } from '../text/duration.ts';
import type { Backlog } from './backlog/backlog.ts';
import { isBehind, type Share } from './figures.ts';

/** `99%`, or `250m` where nothing limits it. */
export const shareOf = ({ used, limit }: Share): string =>
  limit ? `${Math.round((100 * used) / limit)}%` : `${Math.round(used * 1000)}m`;

/** `2.1Gi/4Gi` */
export const memoryOf = ({ used, limit }: Share): string =>
  limit === undefined ? short(used) : `${short(used)}/${short(limit)}`;

/** `312Mi`, `1.2Gi`. */
function short(bytes: number): string {
  const gibibytes = bytes / 2 ** 30;
  if (gibibytes < 1) return formatBytes(bytes);
  return `${gibibytes >= 9.95 ? Math.round(gibibytes) : Number(gibibytes.toFixed(1))}Gi`;
}

/** What waits, whether it gets less, and when none will be left. */
export function backlogText(backlog: Backlog, t: Messages): string {
  const { waiting, emptyInS, oldestS } = backlog;
  const time = (seconds: number) => formatDuration(seconds * 1000, t.units);
  const said = t.console.home.waits(formatCount(waiting));
  const late = isBehind(backlog) && emptyInS === 'never' ? [t.console.home.fallsBehind] : [];
  const done = typeof emptyInS === 'number' && emptyInS > 0 ? [t.console.home.catchesUp(time(emptyInS))] : [];
  const old = oldestS !== undefined && oldestS > 0 && isBehind(backlog) ? [t.console.home.oldest(time(oldestS))] : [];
  return [said, ...late, ...done, ...old].join(', ');
}

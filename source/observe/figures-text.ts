/** Figures as people read them, on screens and in lines. Pure. */
import type { Messages } from '../messages/index.ts';
import { formatBytes } from '../stack/quantity.ts';
import type { ComponentId } from '../stack/types.ts';
import { formatCount } from '../text/count.ts';
import { formatAge, formatDuration } from '../text/duration.ts';
import type { Backlog } from './backlog/backlog.ts';
import { isBehind, type Share } from './figures.ts';
import type { Fill } from './fill.ts';
import type { SourceId } from './measure.ts';
import type { Trouble } from './sources/trouble.ts';

/** `99%`, or `250m` where nothing limits it. */
export const shareOf = ({ used, limit }: Share): string =>
  limit ? `${Math.round((100 * used) / limit)}%` : `${Math.round(used * 1000)}m`;

/** `-/2`: what may be used, where nobody tells what is. */
export const cpuBound = (limit: number | undefined): string =>
  limit === undefined ? '' : `-/${Number(limit.toFixed(1))}`;
export const memoryBound = (limit: number | undefined): string => (limit === undefined ? '' : `-/${short(limit)}`);

/** `2.1Gi/4Gi` */
export const memoryOf = ({ used, limit }: Share): string =>
  limit === undefined ? short(used) : `${short(used)}/${short(limit)}`;

/** `312Mi`, `1.2Gi`; `0` for nothing. */
export function short(bytes: number): string {
  if (bytes === 0) return '0';
  const gibibytes = bytes / 2 ** 30;
  if (gibibytes < 1) return formatBytes(bytes);
  return `${gibibytes >= 9.95 ? Math.round(gibibytes) : Number(gibibytes.toFixed(1))}Gi`;
}

/** How many events or tasks wait. */
export const waitingText = ({ waiting, tasks }: Backlog, t: Messages): string =>
  tasks ? t.figures.tasksWait(formatCount(waiting)) : t.figures.waits(formatCount(waiting));

/** `64%`; never all of it before it is, nor nothing of what is there. */
export const fullness = ({ used, size }: Fill): string =>
  used > 0 && used < size / 100 ? '<1%' : `${Math.floor((100 * used) / size)}%`;

const dayS = 86_400;

/** When it will be full: `5h20m`, `41 days` or `41d`; undefined where it does not clearly fill, or is full. */
export function runway({ fullInS }: Fill, t: Messages, isShort = false): string | undefined {
  if (!fullInS) return undefined;
  if (fullInS < 2 * dayS) return formatDuration(fullInS * 1000, t.units);
  return t.figures[isShort ? 'daysShort' : 'days'](Math.floor(fullInS / dayS));
}

/** How full the volume of a part is, and when it will be full. */
export function volumeText(id: ComponentId, fill: Fill, t: Messages): string {
  if (id === 'bucket') return t.figures.quota(fullness(fill), short(fill.size));
  const time = runway(fill, t, true);
  return [t.figures.disk(fullness(fill)), ...(time === undefined ? [] : [t.figures.fullIn(time)])].join(' · ');
}

/** What waits, whether it gets less, and when none will be left. */
export function backlogText(backlog: Backlog, t: Messages): string {
  const { emptyInS, oldestS } = backlog;
  const time = (seconds: number) => formatDuration(seconds * 1000, t.units);
  const said = waitingText(backlog, t);
  const late = isBehind(backlog) && emptyInS === 'never' ? [t.figures.fallsBehind] : [];
  const done = typeof emptyInS === 'number' && emptyInS > 0 ? [t.figures.catchesUp(time(emptyInS))] : [];
  const old = oldestS !== undefined && oldestS > 0 && isBehind(backlog) ? [t.figures.oldest(time(oldestS))] : [];
  return [said, ...late, ...done, ...old].join(t.concern.and);
}

/** Which source tells nothing, since when, and why; untrusted. */
export const unanswered = (source: SourceId, { why, silentMs, isAnswer }: Trouble, t: Messages): string =>
  t.figures[isAnswer ? 'untold' : 'unanswered'](
    source,
    silentMs === undefined ? undefined : formatAge(silentMs),
    why(t),
  );

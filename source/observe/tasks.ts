/** Background tasks that wait for the worker, and whether it lives, by looks at its queues. Pure. */
import type { Backlog, EmptyIn } from './backlog/backlog.ts';
import { type Timed, trendOf } from './ring.ts';

/** What Redis said at a moment. */
export interface TaskLook extends Timed {
  /** Tasks that wait, by queue; what a worker has already taken is not among them. */
  readonly queues: ReadonlyMap<string, number>;
  /** Seconds since the worker's last sign of life, by Redis' own clock; undefined when there never was one. */
  readonly silentS: number | undefined;
}

/** Only the net change of a queue is known: seen over a minute, bursts even out. */
const changeMs = 60_000;
const leastMs = 4_000;

/** None without a look. */
export function taskBacklog(looks: readonly TaskLook[]): Backlog | undefined {
  const now = looks.at(-1);
  if (!now) return undefined;
  const waiting = totalOf(now);
  const recent = looks.filter(({ at }) => now.at - at <= changeMs);
  const from = recent[0] as TaskLook;
  const seconds = (now.at - from.at) / 1000;
  const growPerS = seconds * 1000 >= leastMs ? (waiting - totalOf(from)) / seconds : undefined;
  const fewest = Math.min(...recent.map(totalOf));
  return {
    component: 'worker',
    waiting,
    inPerS: undefined,
    outPerS: undefined,
    emptyInS: emptyIn(waiting, growPerS, fewest, seconds * 1000 >= changeMs - leastMs),
    oldestS: waiting === 0 ? 0 : undefined,
    topics: [],
    trend: trendOf(looks, totalOf),
    tasks: {
      growPerS,
      queues: [...now.queues].filter(([, count]) => count > 0).sort(([, one], [, other]) => other - one),
    },
  };
}

const totalOf = ({ queues }: TaskLook): number => [...queues.values()].reduce((sum, each) => sum + each, 0);

/** Who has had nothing left within the last minute keeps up, whatever waits at this moment. */
function emptyIn(waiting: number, growPerS: number | undefined, fewest: number, isSeenLong: boolean): EmptyIn {
  if (waiting === 0 || fewest === 0) return 0;
  if (growPerS === undefined) return undefined;
  if (growPerS < 0) return waiting / -growPerS;
  return isSeenLong ? 'never' : undefined;
}

/**
 * Seconds since the worker's last sign of life. Where there never was one, so long as that has been watched: it may only
 * just have started.
 */
export function silenceOf(looks: readonly TaskLook[]): number | undefined {
  const now = looks.at(-1);
  if (!now) return undefined;
  if (now.silentS !== undefined) return Math.max(0, now.silentS);
  const since = looks.findLast(({ silentS }) => silentS !== undefined) ?? (looks[0] as TaskLook);
  return (now.at - since.at) / 1000;
}

/** PostHog itself calls a worker offline from then on, in seconds (posthog-stack 5.6). */
const offlineS = 300;

/** Whether the worker, or its scheduler, has stopped. */
export const isSilent = (silentS: number | undefined): silentS is number =>
  silentS !== undefined && silentS >= offlineS;

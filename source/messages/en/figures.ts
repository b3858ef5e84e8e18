/** Numbers beside a part, and what they say about it. */
import type { ComponentId } from '../../stack/types.ts';

/** What can be done before it is full, and what it does then. */
const full: Partial<Record<ComponentId, string>> = {
  clickhouse:
    'Enlarge its volume in the Sealos desktop, or drop old data: full, it takes no new rows, and events wait in the queue until they are dropped.',
  kafka:
    'Enlarge its volume in the Sealos desktop, or keep events in the queue for less time: full, it refuses new events.',
  postgres: 'Enlarge its volume in the Sealos desktop: full, it writes nothing more, and PostHog stands still.',
  bucket: 'Delete old recordings, or ask for a larger quota: full, it takes no more recordings and exports.',
};

export const figures = {
  waits: (count: string) => `${count} wait`,
  fallsBehind: 'falls behind',
  catchesUp: (time: string) => `catches up, done in about ${time}`,
  oldest: (age: string) => `the oldest for ${age}`,
  tasksWait: (count: string) => `${count} tasks wait`,
  disk: (share: string) => `disk ${share}`,
  quota: (share: string, size: string) => `${share} of ${size}`,
  fullIn: (time: string) => `full in ${time}`,
  days: (count: number) => `${count} days`,
  daysShort: (count: number) => `${count}d`,
  silent: (age: string) => `silent for ${age}`,
  readsNothing: (table: string) => `${table} reads nothing`,
  inTrouble: (tables: number) => (tables === 1 ? '1 table in trouble' : `${tables} tables in trouble`),
  /** A figure as it was when somebody told it last. */
  ago: (age: string) => `${age} ago`,
  unanswered: (source: string, since: string | undefined, why: string) =>
    `${source}: no answer${since === undefined ? '' : ` for ${since}`} (${why})`,
  /** It did answer, but not with numbers. */
  untold: (source: string, since: string | undefined, why: string) =>
    `${source}: ${since === undefined ? 'tells nothing' : `told nothing for ${since}`} (${why})`,
  mayNotAsk: 'your token may not ask',
  error: (code: number) => `error ${code}`,
  faults: {
    dns: 'its name is not found',
    refused: 'refused',
    timeout: 'too slow',
    tls: 'certificate not trusted',
    reset: 'cut off',
    proxy: 'stopped by a proxy',
  },
  missing: (sources: string) => `Numbers are missing: ${sources}; -v says more.`,
  asked: (sources: string) => `Numbers asked of ${sources}.`,
  forbidden: (sources: string) => `Your token may not ask ${sources}: what they would tell is missing (-v says more).`,
  concerns: {
    disk: (part: string, share: string, left: string, size: string, time: string | undefined) =>
      `${part}: the disk is ${share} full, ${left} of ${size} left${time === undefined ? '' : `: full in ${time}`}.`,
    bucket: (part: string, share: string, left: string, size: string) =>
      `${part}: ${share} of the quota is used, ${left} of ${size} left.`,
    diskHint: (part: ComponentId) => full[part] ?? 'Enlarge its volume in the Sealos desktop.',
    consumers: (table: string, others: number, isReading: boolean, exception: string) =>
      `clickhouse: ${table}${others === 0 ? '' : ` and ${others} more`} ${isReading ? 'had an error' : others === 0 ? 'reads nothing' : 'read nothing'}${exception === '' ? '.' : `: ${exception}`}`,
    consumersHint: 'Its log tells more: posthog-sealos logs clickhouse. Events wait in the queue meanwhile.',
    silent: (age: string) => `worker: no sign of life for ${age}; background tasks stand still.`,
    silentHint: 'Restart it: posthog-sealos restart worker',
    tasks: (count: string) => `worker: ${count} tasks wait, and do not get fewer.`,
    tasksHint: 'One more worker: posthog-sealos scale worker=+1',
  },
};

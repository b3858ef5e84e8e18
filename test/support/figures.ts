/** Numbers beside the parts of an instance, as the screens are given them. */
import type { Backlog } from '../../source/observe/backlog/backlog.ts';
import type { Figures } from '../../source/observe/figures.ts';
import { components } from '../../source/stack/components.ts';
import type { ComponentId } from '../../source/stack/types.ts';

const gib = 2 ** 30;

export const backlogOf = (component: ComponentId, more: Partial<Backlog> = {}): Backlog => ({
  component,
  waiting: 0,
  inPerS: 212,
  outPerS: 212,
  emptyInS: 0,
  oldestS: 0,
  topics: [],
  trend: [0, 0, 0],
  ...more,
});

const usual: Figures = {
  restarts: 0,
  restartedAt: undefined,
  cpu: { used: 0.06, limit: 1 },
  memory: { used: 0.8 * gib, limit: 2 * gib },
  backlog: undefined,
};

/** All is well, and ingestion keeps up. */
export const calm: ReadonlyMap<ComponentId, Figures> = new Map(
  components
    .filter(({ kind }) => !['Job', 'Ingress', 'App', 'ObjectStorageBucket'].includes(kind))
    .map(({ id }) => [id, id === 'ingestion' ? { ...usual, backlog: backlogOf(id) } : usual]),
);

/** All is well, and the stores and the worker tell how they are, too. */
export const told: ReadonlyMap<ComponentId, Figures> = new Map([
  ...calm,
  ['clickhouse', { ...usual, volume: { used: Math.round(25.6 * gib), size: 40 * gib, fullInS: 41.5 * 86_400 } }],
  ['kafka', { ...usual, volume: { used: Math.round(2 * gib), size: 24 * gib, fullInS: undefined } }],
  [
    'bucket',
    {
      ...usual,
      cpu: undefined,
      memory: undefined,
      volume: { used: Math.round(0.7 * gib), size: 20 * gib, fullInS: undefined },
    },
  ],
  ['worker', { ...usual, silentS: 4, backlog: tasksOf(12, 0) }],
]);

/** The disk of ClickHouse is full, its consumers therefore stand still, and the worker has stopped. */
export const filling: ReadonlyMap<ComponentId, Figures> = new Map([
  ...told,
  ['clickhouse', { ...usual, volume: { used: Math.round(39.8 * gib), size: 40 * gib, fullInS: undefined } }],
  ['kafka', { ...usual, volume: { used: Math.round(14 * gib), size: 24 * gib, fullInS: 20_000 } }],
  ['worker', { ...usual, silentS: 372, backlog: tasksOf(2_400, 'never') }],
]);

/** ClickHouse reads nothing, and tasks pile up. */
export const stuck: ReadonlyMap<ComponentId, Figures> = new Map([
  ...told,
  [
    'clickhouse',
    {
      ...usual,
      consumers: [
        {
          table: 'kafka_events_json',
          isAssigned: false,
          exception: "Can't get assignment: Local: Broker transport failure",
        },
        { table: 'kafka_person', isAssigned: false, exception: '' },
      ],
    },
  ],
  ['worker', { ...usual, silentS: 4, backlog: tasksOf(2_400, 'never') }],
]);

function tasksOf(waiting: number, emptyInS: Backlog['emptyInS']): Backlog {
  const tasks = { growPerS: waiting / 600, queues: [['celery', waiting]] } as const;
  const trend = [0.4, 0.6, 0.7, 1].map((share) => share * waiting);
  return backlogOf('worker', {
    waiting,
    inPerS: undefined,
    outPerS: undefined,
    emptyInS,
    oldestS: undefined,
    trend,
    tasks,
  });
}

/** Ingestion falls behind, clickhouse has been restarted, web is nearly full. */
export const busy: ReadonlyMap<ComponentId, Figures> = new Map([
  ...calm,
  ['clickhouse', { ...usual, restarts: 3, memory: { used: 3.9 * gib, limit: 8 * gib } }],
  ['web', { ...usual, memory: { used: 3.9 * gib, limit: 4 * gib } }],
  [
    'ingestion',
    {
      ...usual,
      cpu: { used: 0.99, limit: 1 },
      backlog: backlogOf('ingestion', {
        waiting: 48_213,
        inPerS: 1010,
        outPerS: 700,
        emptyInS: 'never',
        oldestS: 244,
        trend: [10_000, 18_000, 25_000, 33_000, 41_000, 48_213],
      }),
    },
  ],
  [
    'plugins',
    {
      ...usual,
      backlog: backlogOf('plugins', { waiting: 1_200, inPerS: 20, outPerS: 60, emptyInS: 30, trend: [3000, 1200] }),
    },
  ],
]);

/** What numbers say that somebody has to look after. */
import { expect, test } from 'vitest';
import { en } from '../../source/messages/en/index.ts';
import { zh } from '../../source/messages/zh/index.ts';
import { figureConcernsOf } from '../../source/observe/figure-concerns.ts';
import type { Figures } from '../../source/observe/figures.ts';
import { backlogOf } from '../support/figures.ts';

const gib = 2 ** 30;
const none: Figures = {
  restarts: 0,
  restartedAt: undefined,
  cpu: undefined,
  memory: undefined,
  backlog: undefined,
};
const disk = (share: number, fullInS?: number) => ({ used: share * 40 * gib, size: 40 * gib, fullInS });
const fault = { table: 'kafka_events_json', isAssigned: true, exception: 'Code: 243' };
const tasks = (waiting: number, emptyInS: 'never' | number) =>
  backlogOf('worker', { waiting, emptyInS, oldestS: undefined, tasks: { growPerS: 1, queues: [] } });

test('what is well is no concern', () => {
  const figures = { ...none, volume: disk(0.5, 41 * 86_400), silentS: 3, consumers: [], backlog: tasks(900, 'never') };
  expect(figureConcernsOf('worker', figures)).toEqual([]);
});

test('tasks that wait for a worker that stands still are no concern of their own', () => {
  const ids = (silentS: number) =>
    figureConcernsOf('worker', { ...none, silentS, backlog: tasks(1_000, 'never') }).map(({ id }) => id);
  expect([ids(300), ids(3)]).toEqual([['worker-silent'], ['tasks-waiting']]);
});

test('into a full disk nothing can be read: that is said once', () => {
  expect(
    figureConcernsOf('clickhouse', { ...none, volume: disk(0.99), consumers: [fault] }).map(({ id }) => id),
  ).toEqual(['disk-full']);
});

test.each([
  ['clickhouse', disk(0.991), 'clickhouse: the disk is 99% full, 369Mi of 40Gi left.'],
  ['kafka', disk(0.6, 20_000), 'kafka: the disk is 60% full, 16Gi of 40Gi left: full in 5h33m.'],
  ['kafka', disk(0.9, 3.5 * 86_400), 'kafka: the disk is 90% full, 4Gi of 40Gi left: full in 3 days.'],
  ['bucket', disk(1.1), 'bucket: 110% of the quota is used, 0 of 40Gi left.'],
] as const)('%s is told in a sentence', (component, volume, said) => {
  expect(figureConcernsOf(component, { ...none, volume })[0]?.message(en)).toBe(said);
});

test.each([
  [{ consumers: [fault] }, 'clickhouse: kafka_events_json had an error: Code: 243'],
  [
    { consumers: [{ ...fault, isAssigned: false, exception: '' }, fault] },
    'clickhouse: kafka_events_json and 1 more read nothing.',
  ],
  [{ silentS: 372 }, 'worker: no sign of life for 6m12s; background tasks stand still.'],
  [{ backlog: tasks(2_400, 'never') }, 'worker: 2.4k tasks wait, and do not get fewer.'],
])('%j is told in a sentence', (more, said) => {
  expect(figureConcernsOf('worker', { ...none, ...more })[0]?.message(en)).toBe(said);
});

test('each has something to do, in both languages', () => {
  for (const [id, more] of [
    ['clickhouse', { volume: disk(0.9), consumers: [fault] }],
    ['zookeeper', { volume: disk(0.9) }],
    ['worker', { silentS: 300, backlog: tasks(1_000, 'never') }],
  ] as const)
    for (const { message, hint } of figureConcernsOf(id, { ...none, ...more }))
      for (const say of [message, hint]) expect([say(en), say(zh)]).not.toContain('');
});

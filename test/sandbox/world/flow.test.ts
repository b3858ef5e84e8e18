/** Events in bulk: nothing is lost, nothing is read twice, and what waits follows from what reads. */
import { describe, expect, test } from 'vitest';
import {
  type Around,
  type Counters,
  eventTopic,
  hashed,
  lagOf,
  noCounters,
  type Role,
  readers,
  readKey,
  step,
} from '../../../source/sandbox/world/flow.ts';
import { shareAt } from '../../../source/sandbox/world/traffic.ts';

const everybody: Readonly<Partial<Record<Role, readonly number[]>>> = {
  kafka: [1],
  capture: [0.5],
  'replay-capture': [0.2],
  ingestion: [1],
  'replay-ingestion': [0.5],
  plugins: [0.5],
  'property-defs': [0.2],
  clickhouse: [2],
  worker: [1],
  web: [2],
};

const around = (events: number, change: Partial<Record<Role, readonly number[]>> = {}): Around => ({
  partitions: (topic) => (topic === 'clickhouse_person' ? 1 : 4),
  replicas: (role) => ({ ...everybody, ...change })[role] ?? [],
  events,
  snapshots: events * 0.08,
  isStoring: true,
});

function flowed(seconds: number, now: Around, from: Counters = noCounters): Counters {
  let counters = from;
  for (let second = 0; second < seconds; second++) counters = step(counters, now, 1).counters;
  return counters;
}

const sum = (all: readonly number[] = []) => all.reduce((total, each) => total + each, 0);
const waiting = (counters: Counters, group = 'clickhouse-ingestion', topic: string = eventTopic) =>
  sum(lagOf(counters, group, topic));

test('what is read was written, in every partition and at any time', () => {
  let counters = noCounters;
  for (let second = 0; second < 300; second++) {
    const replicas = Array.from({ length: Math.floor(4 * hashed(`replicas ${second}`)) }, () => 1);
    const before = counters;
    counters = step(counters, around(1_500 * hashed(`events ${second}`), { ingestion: replicas }), 1).counters;
    for (const { group, topic } of readers) {
      for (const lag of lagOf(counters, group, topic)) expect(lag).toBeGreaterThan(-1e-6);
      const [was, is] = [before.read[readKey(group, topic)] ?? [], counters.read[readKey(group, topic)] ?? []];
      for (const [partition, count] of was.entries()) expect(is[partition]).toBeGreaterThanOrEqual(count);
    }
  }
});

test('while everybody keeps up, every event ends in ClickHouse', () => {
  const counters = flowed(5, around(0), flowed(60, around(300)));
  for (const { group, topic } of readers) expect(waiting(counters, group, topic)).toBeCloseTo(0, 6);
  expect(sum(counters.read[readKey('group1', 'clickhouse_events_json')])).toBeCloseTo(60 * 300, 3);
});

describe('backlog', () => {
  const overrun = flowed(60, around(1_200));

  test('grows while there are too few readers', () => {
    // One processor reads 700 a second.
    expect(waiting(overrun)).toBeCloseTo(60 * 500, -2);
    expect(Math.min(...lagOf(overrun, 'clickhouse-ingestion', eventTopic))).toBeGreaterThan(0);
  });

  test('drains when there are more, no faster than partitions can be read', () => {
    const scaled = (replicas: number) =>
      waiting(flowed(10, around(0, { ingestion: Array(replicas).fill(1) }), overrun));
    expect(scaled(2)).toBeCloseTo(60 * 500 - 10 * 1_400, -2);
    // Four partitions at 600 a second: the fifth member has nothing to read.
    expect(scaled(5)).toBe(scaled(4));
    expect(flowed(120, around(0, { ingestion: [1, 1] }), overrun).read).not.toEqual(overrun.read);
    expect(waiting(flowed(120, around(0, { ingestion: [1, 1] }), overrun))).toBeCloseTo(0, 6);
  });

  test('stays where nobody reads', () => {
    expect(waiting(flowed(60, around(100, { ingestion: [] })))).toBeCloseTo(6_000, 6);
  });

  test('of ClickHouse grows while it cannot write', () => {
    const stuck = flowed(60, { ...around(100), isStoring: false });
    expect(waiting(stuck, 'group1', 'clickhouse_events_json')).toBeCloseTo(6_000, 6);
    expect(waiting(stuck)).toBeCloseTo(0, 6);
  });
});

test.each<[Role]>([['kafka'], ['capture']])('nothing is written without %s', (role) => {
  expect(flowed(10, around(100, { [role]: [] })).written[eventTopic]).toBeUndefined();
});

test('tasks wait while no worker runs, and are done when one does', () => {
  const idle = flowed(60, around(500, { worker: [] }));
  expect(sum(Object.values(idle.waiting))).toBeCloseTo(60 * (10 + 1.5), 6);
  expect(sum(Object.values(flowed(60, around(500), idle).waiting))).toBe(0);
});

test('load is what is done of what could be done', () => {
  const { load } = step(noCounters, around(350), 1);
  expect(load.ingestion).toBeCloseTo(0.5, 6);
  expect(step(noCounters, around(5_000), 1).load.ingestion).toBe(1);
});

test('a day has a quiet night, a busy afternoon, and the mean that was asked for', () => {
  const day = Array.from({ length: 24 * 12 }, (_, index) => shareAt(index * 300_000 + 1));
  expect(sum(day) / day.length).toBeGreaterThan(0.9);
  expect(sum(day) / day.length).toBeLessThan(1.15);
  expect(shareAt(3 * 3_600_000)).toBeLessThan(0.9);
  expect(Math.max(...day)).toBeGreaterThan(1.5);
  expect(shareAt(1e12)).toBe(shareAt(1e12));
});

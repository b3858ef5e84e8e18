/** The numbers beside components. */
import { describe, expect, test } from 'vitest';
import { figuresOf, isBehind, isDropping } from '../../source/observe/figures.ts';
import type { Measurements } from '../../source/observe/measure.ts';
import { objectName } from '../../source/stack/components.ts';
import type { KubeObject } from '../../source/stack/types.ts';
import { backlogOf } from '../support/figures.ts';
import { crashed, pod, snapshotOf } from './objects.ts';

const limited = (object: KubeObject, ...limits: readonly (object | undefined)[]): KubeObject => ({
  ...object,
  spec: { containers: limits.map((each, index) => ({ name: `c${index}`, resources: each && { limits: each } })) },
});
const measured: Measurements = {
  backlog: new Map([['ingestion', backlogOf('ingestion', { waiting: 7 })]]),
  use: new Map([['web', { cpu: 1.5, memory: 3 * 2 ** 30 }]]),
  volumes: new Map([['kafka', { used: 3, size: 12, fullInS: undefined }]]),
  silentS: 7,
  consumers: [],
  troubles: new Map(),
  tookMs: new Map(),
};
const webWith = (...pods: readonly KubeObject[]) =>
  figuresOf(['web', 'ingestion'], snapshotOf({ Pod: pods }), measured).get('web');

test('limits of all pods and containers together', () => {
  const two = [
    { cpu: '1', memory: '1Gi' },
    { cpu: '500m', memory: '512Mi' },
  ] as const;
  const found = webWith(limited(pod('web', 'a', []), ...two), limited(pod('web', 'b', []), ...two));
  expect(found?.cpu).toEqual({ used: 1.5, limit: 3 });
  expect(found?.memory).toEqual({ used: 3 * 2 ** 30, limit: 3 * 2 ** 30 });
});

test('pods that have ended for good take nothing any more', () => {
  const evicted = pod('web', 'b', [], { status: { phase: 'Failed', reason: 'Evicted' } });
  const limits = { cpu: '2', memory: '4Gi' };
  expect(webWith(limited(pod('web', 'a', []), limits), limited(evicted, limits))?.cpu).toEqual({ used: 1.5, limit: 2 });
  const unused = figuresOf(['web'], snapshotOf({ Pod: [limited(evicted, limits)] }), { ...measured, use: undefined });
  expect(unused.get('web')?.bounds).toBeUndefined();
});

test('one container without a limit has all of it without', () => {
  const found = webWith(limited(pod('web', 'a', []), { cpu: '1', memory: '1Gi' }, undefined));
  expect([found?.cpu?.limit, found?.memory?.limit]).toEqual([undefined, undefined]);
});

test('restarts are summed, and the last of them has a time', () => {
  const earlier = pod('web', 'a', [crashed(2, { finishedAt: '2026-01-01T11:00:00Z' })]);
  const later = pod('web', 'b', [crashed(3, { finishedAt: '2026-01-01T11:30:00Z' }), { restartCount: 0 }]);
  expect(webWith(later, earlier)).toMatchObject({ restarts: 5, restartedAt: Date.UTC(2026, 0, 1, 11, 30) });
  expect(webWith(pod('web', 'a', [{}]))).toMatchObject({ restarts: 0, restartedAt: undefined });
});

describe('how full the bucket is', () => {
  const quota = (size: string | undefined): KubeObject => ({
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: `quota-${size}` },
    ...(size === undefined ? {} : { status: { hard: { 'objectstorage/size': size } } }),
  });
  test.each<[name: string, size: number | undefined, quotas: readonly KubeObject[], expected: object | undefined]>([
    ['of what the quota allows', 3, [quota('20Gi')], { used: 3, size: 20 * 2 ** 30 }],
    ['of the tightest of several', 3, [quota('20Gi'), quota('10Gi')], { used: 3, size: 10 * 2 ** 30 }],
    ['is nothing of much', 0, [quota('20Gi')], { used: 0, size: 20 * 2 ** 30 }],
    ['is not told where nothing limits it', 3, [quota(undefined)], undefined],
    ['is not told of a quota of nothing', 3, [quota('0')], undefined],
    ['is not told before it has been counted', undefined, [quota('20Gi')], undefined],
  ])('%s', (_, size, quotas, expected) => {
    const bucket = {
      apiVersion: 'objectstorage.sealos.io/v1',
      kind: 'ObjectStorageBucket',
      metadata: { name: objectName('bucket', 'posthog') },
      status: { size },
    };
    const figures = figuresOf(['bucket'], snapshotOf({ Bucket: [bucket], ResourceQuota: quotas }), undefined);
    expect(figures.get('bucket')?.volume).toEqual(expected && { ...expected, fullInS: undefined });
  });
});

test('what is told of a store or of the worker stands beside that, and nowhere else', () => {
  const figures = figuresOf(['worker', 'clickhouse', 'kafka'], snapshotOf({}), measured);
  const told = [...figures].map(([id, { volume, silentS, consumers }]) => [id, volume?.used, silentS, consumers]);
  expect(told).toEqual([
    ['worker', undefined, 7, undefined],
    ['clickhouse', undefined, undefined, []],
    ['kafka', 3, undefined, undefined],
  ]);
});

test('what is not measured is not said', () => {
  const figures = figuresOf(['redis', 'ingestion'], snapshotOf({}), measured);
  expect(figures.get('redis')).toMatchObject({ cpu: undefined, memory: undefined, backlog: undefined });
  expect(figures.get('ingestion')?.backlog?.waiting).toBe(7);
  expect(figuresOf(['web'], snapshotOf({}), undefined).get('web')).toMatchObject({
    cpu: undefined,
    backlog: undefined,
  });
});

test('where what is used is not told, what may be used is, once it has been asked', () => {
  const limits = { cpu: '1500m', memory: '2Gi' };
  const snapshot = snapshotOf({ Pod: [limited(pod('web', 'a', []), limits), limited(pod('web', 'b', []), limits)] });
  const bounds = (by: Measurements | undefined) => figuresOf(['web', 'bucket'], snapshot, by);
  expect(bounds({ ...measured, use: undefined }).get('web')?.bounds).toEqual({ cpu: 3, memory: 4 * 2 ** 30 });
  expect(bounds({ ...measured, use: undefined }).get('bucket')?.bounds).toBeUndefined();
  expect([bounds(measured), bounds(undefined)].map((each) => each.get('web')?.bounds)).toEqual([undefined, undefined]);
});

test.each([
  ['half of the time has passed', 43_200, 10, false],
  ['most of it has', 75_000, 10, true],
  ['nothing waits any more', 75_000, 0, false],
])('are events about to be dropped: %s', (_, oldestS, waiting, expected) => {
  const topic = { ...backlogOf('ingestion', { waiting, oldestS }), group: 'g', topic: 'events', partitions: [] };
  const backlog = backlogOf('ingestion', { waiting, topics: [topic] });
  expect(isDropping(backlog, new Map([['events', 86_400]]))).toBe(expected);
  expect(isDropping(backlog, new Map())).toBe(false);
});

test.each([
  ['nothing waits', { waiting: 0, emptyInS: 0 as const }, false],
  ['what waits is on its way', { waiting: 900, emptyInS: 0 as const, oldestS: 400 }, false],
  ['it never gets less', { waiting: 10, emptyInS: 'never' as const }, true],
  ['it gets less, and has not waited long', { waiting: 10_000, emptyInS: 200, oldestS: 200 }, false],
  ['it gets less, but has waited long', { waiting: 10_000, emptyInS: 200, oldestS: 301 }, true],
  ['it is not known yet', { waiting: 10_000, emptyInS: undefined, oldestS: undefined }, false],
])('does it keep up: %s', (_, more, behind) => {
  expect(isBehind(backlogOf('ingestion', more))).toBe(behind);
});

import { describe, expect, test } from 'vitest';
import { inDebt, limitRangeProblems, shortagesOf } from '../../source/install/quota.ts';
import { enlarges } from '../../source/observe/enlargement.ts';
import { roomOf } from '../../source/observe/room.ts';
import { noDemand } from '../../source/stack/demand.ts';
import type { KubeObject } from '../../source/stack/types.ts';

const quota = (hard: Record<string, string>, used: Record<string, string> = {}, name = 'quota-ns-a'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name },
  status: { hard, used },
});
const namespace = (annotations: Record<string, string>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'ns-a', annotations },
});
const GiB = 2 ** 30;
const peak = { pods: 19, cpu: 15.5, memory: 39 * GiB, ephemeral: 20 * GiB, storage: 81 * GiB };
const sealos = {
  'limits.cpu': '16',
  'limits.memory': '64Gi',
  'requests.storage': '100Gi',
  pods: '20',
  'limits.ephemeral-storage': '100Gi',
  'objectstorage/bucket': '5',
};

describe('what is free', () => {
  test('is the quota less what others use', () => {
    const room = roomOf([quota(sealos, { 'limits.cpu': '1500m', pods: '3' })]);
    expect(room.free).toMatchObject({ cpu: 14.5, pods: 17, storage: 100 * GiB });
  });

  test('counts what the instance itself uses as free', () => {
    const own = { pods: 3, cpu: 1.5, memory: 0, ephemeral: 0, storage: 0 };
    expect(roomOf([quota(sealos, { 'limits.cpu': '1500m', pods: '3' })], own).free).toMatchObject({
      cpu: 16,
      pods: 20,
    });
  });

  test('is the tightest of several quotas', () => {
    expect(roomOf([quota(sealos), quota({ pods: '5' }, {}, 'mine')])).toMatchObject({
      free: { pods: 5 },
      hard: { pods: 5 },
    });
  });

  test('is unknown where no quota speaks', () => {
    expect(shortagesOf(roomOf([]), peak, 1, true)).toEqual([]);
  });
});

describe('shortages', () => {
  test('small fits what Sealos gives', () => {
    expect(shortagesOf(roomOf([quota(sealos)]), peak, 1, true)).toEqual([]);
  });

  test.each([
    ['cpu', { 'limits.cpu': '8' }, 1],
    ['cpu', { 'limits.cpu': '2' }, 3],
    ['cpu', { 'limits.cpu': '0' }, undefined],
    ['memory', { 'limits.memory': '32Gi' }, 1],
    ['storage', { 'requests.storage': '50Gi' }, 1],
    ['pods', { pods: '10' }, undefined],
    ['ephemeral', { 'limits.ephemeral-storage': '10Gi' }, undefined],
    ['buckets', { 'objectstorage/bucket': '0' }, undefined],
  ])('%s too small by %j: enlarged in %s days', (dimension, hard, days) => {
    const found = shortagesOf(roomOf([quota({ ...sealos, ...hard })]), peak, 1, true);
    expect(found).toMatchObject([{ dimension, days }]);
  });

  test('nothing is enlarged where the platform does not enlarge, nor beyond its bounds', () => {
    const tight = roomOf([quota({ ...sealos, 'limits.cpu': '8', 'requests.storage': '50Gi' })]);
    expect(shortagesOf(tight, peak, 1, false).map(({ days }) => days)).toEqual([undefined, undefined]);
    expect(shortagesOf(tight, { ...peak, storage: 924 * GiB }, 1, true)).toMatchObject([
      { dimension: 'cpu', days: 1 },
      { dimension: 'storage', days: undefined },
    ]);
  });
});

test.each([
  [undefined, [quota(sealos)], true],
  [namespace({ 'debt.sealos/status': 'Normal' }), [quota(sealos)], true],
  [namespace({ 'subscription.sealos.io/status': 'Normal' }), [quota(sealos)], false],
  [namespace({ 'debt.sealos/status': 'Suspend' }), [quota(sealos)], false],
  [undefined, [quota(sealos), quota(sealos, {}, 'own')], false],
])('the platform enlarges: case %#', (object, quotas, expected) => {
  expect(enlarges(object, quotas)).toBe(expected);
});

test.each([
  [namespace({ 'debt.sealos/status': 'SuspendCompleted' }), [], true],
  [namespace({ 'debt.sealos/status': 'ResumeCompleted' }), [], false],
  [undefined, [quota({}, {}, 'debt-limit0')], true],
  [undefined, [], false],
])('debt: case %#', (object, quotas, expected) => {
  expect(inDebt(object, quotas)).toBe(expected);
});

test('a limit above the LimitRange is named with its container', () => {
  const range: KubeObject = {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: { name: 'r' },
    spec: {
      limits: [
        { type: 'Container', max: { cpu: '1', memory: '8Gi' } },
        { type: 'Pod', max: { cpu: '1m' } },
      ],
    },
  };
  expect(limitRangeProblems([range], [{ name: 'web', limits: { cpu: '2', memory: '4Gi' } }])).toEqual([
    { container: 'web', resource: 'cpu', limit: '2', bound: '1' },
  ]);
});

describe('what a quota counts', () => {
  test.each([
    ['pods', { 'count/pods': '7' }, 7],
    ['pods', { pods: '5', 'count/pods': '7' }, 5],
    ['cpu', { 'limits.cpu': '1500m' }, 1.5],
    ['memory', { 'limits.memory': '2Gi' }, 2 * GiB],
    ['ephemeral', { 'limits.ephemeral-storage': '3Gi' }, 3 * GiB],
    ['storage', { 'requests.storage': '4Gi' }, 4 * GiB],
    ['buckets', { 'objectstorage/bucket': '2' }, 2],
  ])('%s from %j', (dimension, hard, count) => {
    expect(roomOf([quota(hard)])).toEqual({ hard: { [dimension]: count }, free: { [dimension]: count } });
  });

  test('the bucket that is ours is free for us', () => {
    const full = quota({ 'objectstorage/bucket': '1' }, { 'objectstorage/bucket': '1' });
    expect(roomOf([full], noDemand, 0).free).toEqual({ buckets: 0 });
    expect(roomOf([full], noDemand, 1).free).toEqual({ buckets: 1 });
  });

  test.each([
    [quota({ pods: '10' }, { pods: '9' }), quota({ pods: '5' }, {}, 'mine')],
    [quota({ pods: '5' }, {}, 'mine'), quota({ pods: '10' }, { pods: '9' })],
  ])('of several, the one with the least left is the tightest: order %#', (...quotas) => {
    expect(roomOf(quotas)).toEqual({ hard: { pods: 10 }, free: { pods: 1 } });
  });
});

describe('the edge', () => {
  const needing = (demand: Partial<typeof peak>) => ({ ...noDemand, ...demand });

  test('what fits exactly fits, sums of fractions included', () => {
    expect(shortagesOf(roomOf([quota({ pods: '20' })]), needing({ pods: 20 }), 0, true)).toEqual([]);
    expect(shortagesOf(roomOf([quota({ 'limits.cpu': '300m' })]), needing({ cpu: 0.1 + 0.2 }), 0, true)).toEqual([]);
    expect(shortagesOf(roomOf([quota({ 'limits.cpu': '300m' })]), needing({ cpu: 0.301 }), 0, true)).toHaveLength(1);
  });

  // What the quota would have to become counts, not what we need: some of it is used by others.
  test.each<[dimension: string, hard: string, used: string, ...expected: (readonly [number, number | undefined])[]]>([
    ['cpu', '15', '5', [25, 1], [26, 2], [54, 2], [59, 3], [195, 6], [196, undefined]],
    ['cpu', '40', '0', [64, 1], [65, 2], [96, 2]],
    ['cpu', '160', '0', [200, 1], [201, undefined]],
    ['memory', '60Gi', '20Gi', [100, 1], [101, 2], [1004, 7], [1005, undefined]],
    ['memory', '200Gi', '0', [256, 1], [257, 2]],
    ['storage', '90Gi', '30Gi', [150, 1], [151, 2], [770, 5], [771, undefined]],
    ['storage', '200Gi', '0', [300, 1], [301, 2]],
  ])('the platform enlarges %s of %s, of which others use %s', (dimension, hard, used, ...expected) => {
    const line = dimension === 'storage' ? 'requests.storage' : `limits.${dimension}`;
    const room = roomOf([quota({ [line]: hard }, { [line]: used })]);
    const unit = dimension === 'cpu' ? 1 : GiB;
    const days = (amount: number) =>
      shortagesOf(room, needing({ [dimension]: amount * unit }), 0, true).map((shortage) => shortage.days);
    for (const [amount, each] of expected) expect([amount, ...days(amount)]).toEqual([amount, each]);
  });
});

test('a namespace without a quota of its own may still get a larger one', () => {
  expect(enlarges(namespace({}), [])).toBe(true);
});

test.each([
  ['Normal', false],
  ['Resume', false],
  ['ResumeCompleted', false],
  ['TerminateSuspend', true],
  ['Suspend', true],
  ['FinalDeletion', true],
  ['NotNormal', true],
  ['NormalX', true],
])('debt of status %s: %s', (status, expected) => {
  expect(inDebt(namespace({ 'debt.sealos/status': status }), [])).toBe(expected);
});

describe('a LimitRange', () => {
  const range = (...limits: object[]): KubeObject => ({
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: { name: 'r' },
    ...(limits.length > 0 ? { spec: { limits } } : {}),
  });
  const web = [{ name: 'web', limits: { cpu: '2', memory: '4Gi' } }];

  test.each([
    ['allows what is as much as it allows', range({ type: 'Container', max: { cpu: '2000m', memory: '4096Mi' } })],
    ['for whole pods says nothing about one container', range({ type: 'Pod', max: { cpu: '1' } })],
    ['of defaults only allows everything', range({ type: 'Container', default: { cpu: '1' } })],
    ['for what we do not limit does not matter', range({ type: 'Container', max: { 'nvidia.com/gpu': '0' } })],
    ['without limits allows everything', range()],
  ])('%s', (_, given) => {
    expect(limitRangeProblems([given], web)).toEqual([]);
  });
});

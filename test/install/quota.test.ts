import { describe, expect, test } from 'vitest';
import { enlarges, inDebt, limitRangeProblems, roomOf, shortagesOf } from '../../source/install/quota.ts';
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
    ['cpu', { 'limits.cpu': '8' }, true],
    ['memory', { 'limits.memory': '32Gi' }, true],
    ['storage', { 'requests.storage': '50Gi' }, true],
    ['pods', { pods: '10' }, false],
    ['ephemeral', { 'limits.ephemeral-storage': '10Gi' }, false],
    ['buckets', { 'objectstorage/bucket': '0' }, false],
  ])('%s too small: heals %o', (dimension, hard, heals) => {
    const found = shortagesOf(roomOf([quota({ ...sealos, ...hard })]), peak, 1, true);
    expect(found).toMatchObject([{ dimension, heals }]);
  });

  test('nothing heals where the platform does not enlarge, nor beyond its bounds', () => {
    const tight = roomOf([quota({ ...sealos, 'limits.cpu': '8', 'requests.storage': '50Gi' })]);
    expect(shortagesOf(tight, peak, 1, false).map(({ heals }) => heals)).toEqual([false, false]);
    expect(shortagesOf(tight, { ...peak, storage: 924 * GiB }, 1, true)).toMatchObject([
      { dimension: 'cpu', heals: true },
      { dimension: 'storage', heals: false },
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

/** What there is of a component, out of its live object. */
import { describe, expect, test } from 'vitest';
import { currentsOf } from '../../../source/operate/scale/current.ts';
import { noDemand } from '../../../source/stack/demand.ts';
import { deployment, event, pod, snapshotOf } from '../../observe/objects.ts';

const template = {
  spec: {
    containers: [
      { name: 'web', resources: { limits: { cpu: '2', memory: '4Gi' } } },
      { name: 'beside', resources: { limits: { cpu: '500m' } } },
    ],
  },
};
const currentWith = (spec: object) => {
  const snapshot = snapshotOf({ Deployment: [deployment('web', 'posthog', {}, { template, ...spec })] });
  return currentsOf(['web', 'worker'], snapshot).get('web');
};

test('the first container is what changes; all of them are what a pod costs', () => {
  expect(currentWith({})).toMatchObject({
    cpu: '2',
    memory: '4Gi',
    replicas: 1,
    podCost: { pods: 1, cpu: 2.5, memory: 4 * 2 ** 30 },
  });
});

test('what runs beside the process of a part is not the part, though it comes first', () => {
  const helper = { name: 'status', resources: { limits: { cpu: '50m', memory: '64Mi' } } };
  const main = { name: 'posthog', resources: { limits: { cpu: '2', memory: '4Gi' } } };
  expect(currentWith({ template: { spec: { containers: [helper, main] } } })).toMatchObject({
    cpu: '2',
    memory: '4Gi',
    podCost: { memory: 4 * 2 ** 30 + 64 * 2 ** 20 },
  });
});

test('what runs first in a pod counts where it takes more than all that runs then, as the quota counts it', () => {
  const first = { name: 'migrate', resources: { limits: { cpu: '4', memory: '1Gi' } } };
  expect(currentWith({ template: { spec: { ...template.spec, initContainers: [first] } } })).toMatchObject({
    cpu: '2',
    podCost: { pods: 1, cpu: 4, memory: 4 * 2 ** 30 },
  });
});

describe('while it rolls', () => {
  const limits = (cpu: string, memory: string) => ({ resources: { limits: { cpu, memory } } });
  const podWith = (name: string, cpu: string, isReady: boolean | undefined) => {
    const conditions = isReady === undefined ? [] : [{ type: 'Ready', status: isReady ? 'True' : 'False' }];
    const found = pod('web', name, [{ ready: isReady === true }], { status: { conditions } });
    const beside = { name: 'agent', ...limits('0', '0') };
    return { ...found, spec: { containers: [beside, { name: 'posthog', ...limits(cpu, '4Gi') }] } };
  };
  const rolloutWith = (more: object) =>
    currentsOf(
      ['web'],
      snapshotOf({
        Deployment: [deployment('web', 'posthog', { updatedReplicas: 0 }, { template })],
        Pod: [
          podWith('posthog-a', '1', true),
          podWith('posthog-b', '2', false),
          podWith('posthog-c', '2', undefined),
          { ...podWith('posthog-d', '2', undefined), status: { phase: 'Failed' } },
        ],
        ...more,
      }),
    ).get('web')?.rollout;

  test('it is told what is there, and what of it is ready', () => {
    expect(rolloutWith({})).toEqual({
      isStuck: false,
      held: { ...noDemand, pods: 3, cpu: 5, memory: 12 * 2 ** 30 },
      ready: [{ cpu: '1', memory: '4Gi' }],
    });
  });

  test('it is stuck where something is in its way that time does not mend', () => {
    const refused = event('ReplicaSet', 'posthog-1', 'FailedCreate', 'exceeded quota: q, requested: limits.cpu=2');
    const ReplicaSet = [
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'posthog-1', labels: { app: 'posthog' } } },
    ];
    expect(rolloutWith({ Event: [refused], ReplicaSet })?.isStuck).toBe(true);
  });
});

test('what is ready is not rolled out', () => {
  expect(currentWith({})?.rollout).toBeUndefined();
});

const rolling = (maxSurge?: number | string) => ({
  type: 'RollingUpdate',
  rollingUpdate: maxSurge === undefined ? {} : { maxSurge },
});

// Pods that come beside the old ones, and pods that count beside the others, with those that are still ending.
test.each([
  ['one beside the only one', rolling(1), 1, [1, 1]],
  ['one beside several: those that end count, too', rolling(1), 3, [1, 2]],
  ['in its place: the old one counts until it has ended', rolling(0), 1, [0, 1]],
  ['a quarter without a word, rounded up', undefined, 5, [2, 3]],
  ['a share', rolling('50%'), 4, [2, 3]],
  ['recreated as a whole: waits until all are gone', { type: 'Recreate' }, 2, [0, 0]],
  ['nothing rolls where nothing is', rolling(1), 0, [0, 0]],
])('%s', (_, strategy, replicas, [surge, overlap]) => {
  expect(currentWith({ strategy, replicas })).toMatchObject({ surge, overlap });
});

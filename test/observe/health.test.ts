/** Ready means usable: the holes of the peers' rules (kubectl, Helm, kapp, kstatus, Argo CD) are cases here. */
import { describe, expect, test } from 'vitest';
import { componentHealth, deploymentHealth, jobHealth, statefulSetHealth } from '../../source/observe/health.ts';
import type { KubeObject } from '../../source/stack/types.ts';
import { deployment, snapshotOf } from './objects.ts';

describe('a Deployment', () => {
  test.each([
    ['all new and ready', {}, 'ready'],
    ['not yet seen by its controller', { observedGeneration: 1 }, 'running'],
    ['old pods still ready, new ones not (kubectl get says 1/1)', { updatedReplicas: 0 }, 'running'],
    ['an old pod too many', { replicas: 2 }, 'running'],
    ['ready, not yet available', { availableReplicas: 0 }, 'running'],
    ['nothing yet', { replicas: 0, updatedReplicas: 0, readyReplicas: 0, availableReplicas: 0 }, 'running'],
    ['a status that is not there', undefined, 'running'],
  ])('%s', (_, status, state) => {
    const object =
      status === undefined
        ? { ...deployment('web', 'posthog'), status: undefined }
        : deployment('web', 'posthog', status);
    expect(deploymentHealth(object as KubeObject).state).toBe(state);
  });

  test('of one replica is not ready at none, whatever maxUnavailable allows (Helm 3)', () => {
    expect(
      deploymentHealth(
        deployment(
          'worker',
          'w',
          { readyReplicas: 0, availableReplicas: 0, replicas: 1 },
          { strategy: { rollingUpdate: { maxUnavailable: 1 } } },
        ),
      ),
    ).toMatchObject({ state: 'running', ready: 0, desired: 1 });
  });

  test.each([
    ['with nothing left is stopped; it is not ready', {}, 'stopped'],
    ['with a pod left is on its way', { replicas: 1, readyReplicas: 1, availableReplicas: 1 }, 'running'],
    ['is on its way until its controller has seen it', { observedGeneration: 1 }, 'running'],
  ])('scaled to none %s', (_, status, state) => {
    const none = { replicas: 0, readyReplicas: 0, updatedReplicas: 0, availableReplicas: 0 };
    const object = deployment('web', 'posthog', { ...none, ...status }, { replicas: 0 });
    expect(deploymentHealth(object)).toMatchObject({ state, ready: 0, desired: 0 });
  });
});

describe('a StatefulSet', () => {
  const set = (status: object): KubeObject => ({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 's', generation: 1 },
    spec: { replicas: 1 },
    status: { observedGeneration: 1, replicas: 1, readyReplicas: 1, ...status },
  });
  test.each([
    ['updated', { updatedReplicas: 1 }, 'ready'],
    [
      'revisions agree, though the count is not there (after a roll it is reset)',
      { currentRevision: 'a', updateRevision: 'a' },
      'ready',
    ],
    [
      'the old pod is ready, the new template not rolled',
      { updatedReplicas: 0, currentRevision: 'a', updateRevision: 'b' },
      'running',
    ],
    ['not ready', { updatedReplicas: 1, readyReplicas: 0 }, 'running'],
    ['not yet seen', { updatedReplicas: 1, observedGeneration: 0 }, 'running'],
  ])('%s', (_, status, state) => {
    expect(statefulSetHealth(set(status)).state).toBe(state);
  });

  test('of three, all have to be ready', () => {
    const three = (ready: number) =>
      statefulSetHealth({
        ...set({ replicas: 3, updatedReplicas: 3, readyReplicas: ready }),
        spec: { replicas: 3 },
      });
    expect([three(2), three(3)]).toEqual([
      { state: 'running', ready: 2, desired: 3 },
      { state: 'ready', ready: 3, desired: 3 },
    ]);
  });

  test('scaled to none is stopped when nothing is left', () => {
    const none = { ...set({ replicas: 0, readyReplicas: 0, updatedReplicas: 0 }), spec: { replicas: 0 } };
    expect(statefulSetHealth(none).state).toBe('stopped');
  });
});

describe('a Job', () => {
  const job = (conditions: object[]): KubeObject => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'j' },
    status: { conditions, active: 1 },
  });
  test.each([
    ['that runs is not done (kstatus calls it Current)', [], 'running'],
    ['complete', [{ type: 'Complete', status: 'True' }], 'ready'],
    ['failed', [{ type: 'Failed', status: 'True' }], 'failed'],
    ['a condition that is not true counts for nothing', [{ type: 'Complete', status: 'False' }], 'running'],
    ['suspended', [{ type: 'Suspended', status: 'True' }], 'waiting'],
  ])('%s', (_, conditions, state) => {
    expect(jobHealth(job(conditions)).state).toBe(state);
  });
});

describe('a database of KubeBlocks', () => {
  const cluster = (phase: string | undefined): KubeObject => ({
    apiVersion: 'apps.kubeblocks.io/v1alpha1',
    kind: 'Cluster',
    metadata: { name: 'posthog-pg' },
    status: phase === undefined ? undefined : { phase },
  });
  const secret: KubeObject = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'posthog-pg-conn-credential' },
    data: { host: '', port: '', username: '', password: '' },
  };
  const account: KubeObject = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'posthog-pg-postgresql-account-postgres' },
    data: { username: '', password: '' },
  };
  const slice = (service: string, ready: boolean): KubeObject =>
    ({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: service, labels: { 'kubernetes.io/service-name': service } },
      endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready } }],
    }) as unknown as KubeObject;
  const health = (objects: Parameters<typeof snapshotOf>[0]) => componentHealth('postgres', snapshotOf(objects)).state;
  const all = {
    Cluster: [cluster('Running')],
    Secret: [secret],
    EndpointSlice: [slice('posthog-pg-postgresql', true)],
  };

  test('is ready when it runs, its Secret is written and its Service leads somewhere', () => {
    expect(health(all)).toBe('ready');
    expect(health({ ...all, Secret: [account] })).toBe('ready');
  });

  test.each([
    ['nothing is there', {}, 'waiting'],
    ['no phase yet', { ...all, Cluster: [cluster(undefined)] }, 'running'],
    ['Creating', { ...all, Cluster: [cluster('Creating')] }, 'running'],
    ['Running without its Secret', { ...all, Secret: [] }, 'running'],
    ['Running with half a Secret', { ...all, Secret: [{ ...secret, data: { host: '' } }] }, 'running'],
    [
      'Running without an endpoint (the role label is missing)',
      { ...all, EndpointSlice: [slice('posthog-pg-postgresql', false)] },
      'running',
    ],
    [
      'only the headless Service has one',
      { ...all, EndpointSlice: [slice('posthog-pg-postgresql-headless', true)] },
      'running',
    ],
    ['Failed', { ...all, Cluster: [cluster('Failed')] }, 'failed'],
    ['Stopped', { ...all, Cluster: [cluster('Stopped')] }, 'waiting'],
  ])('%s', (_, objects, state) => {
    expect(health(objects as Parameters<typeof snapshotOf>[0])).toBe(state);
  });
});

test('a bucket is ready when its Secret holds all keys', () => {
  const bucket: KubeObject = {
    apiVersion: 'objectstorage.sealos.io/v1',
    kind: 'ObjectStorageBucket',
    metadata: { name: 'posthog' },
  };
  const secret: KubeObject = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'object-storage-key-abcd1234-posthog' },
    data: { accessKey: '', secretKey: '', internal: '', external: '', bucket: '' },
  };
  expect(componentHealth('bucket', snapshotOf({ Bucket: [bucket] })).state).toBe('running');
  expect(componentHealth('bucket', snapshotOf({ Bucket: [bucket], Secret: [secret] })).state).toBe('ready');
});

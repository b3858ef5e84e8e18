import { expect, test } from 'vitest';
import { Cluster, container, deployment, podSpec } from './support.ts';

const deploymentOf = (cluster: Cluster) => cluster.find('apps/v1', 'Deployment', 'web');
const conditions = (cluster: Cluster) =>
  Object.fromEntries(
    deploymentOf(cluster).status.conditions.map((each: { type: string; status: string; reason: string }) => [
      each.type,
      `${each.status} ${each.reason}`,
    ]),
  );

test('a Deployment comes up', async () => {
  const cluster = new Cluster();
  cluster.create(deployment('web'));
  await cluster.pass(5);
  expect(cluster.pods().map(({ status }) => status.phase)).toEqual(['Running', 'Running']);
  expect(deploymentOf(cluster).status).toMatchObject({
    replicas: 2,
    updatedReplicas: 2,
    readyReplicas: 2,
    availableReplicas: 2,
  });
  expect(conditions(cluster)).toEqual({
    Available: 'True MinimumReplicasAvailable',
    Progressing: 'True NewReplicaSetAvailable',
  });
  expect(deploymentOf(cluster).metadata.annotations).toEqual({ 'deployment.kubernetes.io/revision': '1' });
});

const rolled = {
  template: { metadata: { labels: { app: 'web' } }, spec: podSpec({ containers: [container({ image: 'image:2' })] }) },
};

test.each([
  [{ maxSurge: 1, maxUnavailable: 0 }, 3, 2],
  [{ maxSurge: 0, maxUnavailable: 1 }, 2, 1],
  [{ maxSurge: '50%', maxUnavailable: '50%' }, 3, 1],
])('rolls within %j', async (rollingUpdate, most, least) => {
  const cluster = new Cluster();
  cluster.create(deployment('web', { strategy: { type: 'RollingUpdate', rollingUpdate } }));
  await cluster.pass(5);
  let [highest, lowest] = [0, 9];
  const ready = ({ status }: { status?: { conditions?: { type: string; status: string }[] } }) =>
    status?.conditions?.some((each) => each.type === 'Ready' && each.status === 'True');
  cluster.store.onChange(() => {
    const pods = cluster.pods().filter(({ metadata }) => !metadata.deletionTimestamp);
    highest = Math.max(highest, pods.length);
    lowest = Math.min(lowest, pods.filter(ready).length);
  });
  cluster.patch('apps/v1', 'Deployment', 'web', { spec: rolled });
  await cluster.pass(30);
  expect(cluster.pods().map(({ spec }) => spec.containers[0].image)).toEqual(['image:2', 'image:2']);
  expect([highest, lowest]).toEqual([most, least]);
  expect(deploymentOf(cluster).metadata.annotations['deployment.kubernetes.io/revision']).toBe('2');
});

test('going back makes the old revision the newest', async () => {
  const cluster = new Cluster();
  const first = cluster.create(deployment('web'));
  await cluster.pass(5);
  cluster.patch('apps/v1', 'Deployment', 'web', { spec: rolled });
  await cluster.pass(20);
  cluster.patch('apps/v1', 'Deployment', 'web', {
    spec: { template: (first['spec'] as { template: object }).template },
  });
  await cluster.pass(20);
  const sets = cluster
    .list('apps/v1', 'ReplicaSet')
    .map(({ metadata, spec }) => [metadata.annotations['deployment.kubernetes.io/revision'], spec.replicas]);
  expect(sets.sort()).toEqual([
    ['2', 0],
    ['3', 2],
  ]);
  expect(cluster.pods().map(({ spec }) => spec.containers[0].image)).toEqual(['image:1', 'image:1']);
});

test('Recreate lets the old pods go first', async () => {
  const cluster = new Cluster();
  cluster.create(deployment('web', { strategy: { type: 'Recreate', rollingUpdate: null } }));
  await cluster.pass(5);
  let highest = 0;
  cluster.store.onChange(() => {
    highest = Math.max(highest, cluster.pods().length);
  });
  cluster.patch('apps/v1', 'Deployment', 'web', { spec: rolled });
  await cluster.pass(20);
  expect(highest).toBe(2);
  expect(cluster.pods().map(({ spec }) => spec.containers[0].image)).toEqual(['image:2', 'image:2']);
});

test('a rollout that gets nowhere exceeds its deadline', async () => {
  const cluster = new Cluster({ script: { bytes: () => undefined } });
  cluster.create(deployment('web', { progressDeadlineSeconds: 60 }));
  await cluster.pass(90);
  expect(conditions(cluster)).toEqual({
    Available: 'False MinimumReplicasUnavailable',
    Progressing: 'False ProgressDeadlineExceeded',
  });
});

test('a full quota refuses pods in the server’s words, and the platform enlarges it once', async () => {
  const cluster = new Cluster();
  const big = container({ resources: { limits: { cpu: '10', memory: '1Gi', 'ephemeral-storage': '1Gi' } } });
  cluster.create(deployment('web', {}, podSpec({ containers: [big] })));
  await cluster.pass(1);
  const failures = cluster.said('web').filter((each) => each.startsWith('FailedCreate'));
  expect(failures[0]).toMatch(
    /^FailedCreate: Error creating: pods "web-[a-z0-9]+-[a-z0-9]+" is forbidden: exceeded quota: quota-ns-abcd1234, requested: limits.cpu=10, used: limits.cpu=10, limited: limits.cpu=16$/,
  );
  await cluster.pass(10);
  expect(cluster.find('v1', 'ResourceQuota', 'quota-ns-abcd1234').spec.hard['limits.cpu']).toBe('32');
  expect(cluster.pods()).toHaveLength(2);
});

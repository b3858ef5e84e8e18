import { expect, test } from 'vitest';
import { type Any, Cluster, container, deployment, podSpec } from './support.ts';

const statefulSet = (spec: object = {}, pod: object = podSpec()) => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'db' },
  spec: {
    replicas: 3,
    serviceName: 'db',
    selector: { matchLabels: { app: 'db' } },
    template: { metadata: { labels: { app: 'db' } }, spec: pod },
    volumeClaimTemplates: [
      {
        metadata: { name: 'data' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      },
    ],
    ...spec,
  },
});

const names = (cluster: Cluster): readonly string[] => cluster.pods().map(({ metadata }) => metadata.name);

test('a StatefulSet starts one pod after the other, each with a volume of its own', async () => {
  const cluster = new Cluster();
  cluster.create(statefulSet());
  await cluster.pass(2);
  expect(names(cluster)).toEqual(['db-0']);
  await cluster.pass(20);
  expect(names(cluster)).toEqual(['db-0', 'db-1', 'db-2']);
  expect(cluster.world.started[0]?.run.volumes).toEqual([]);
  const claim = cluster.find('v1', 'PersistentVolumeClaim', 'data-db-1');
  expect(claim.status).toMatchObject({ phase: 'Bound', capacity: { storage: '1Gi' } });
  expect(cluster.find('v1', 'PersistentVolume', `pvc-${claim.metadata.uid}`).status.phase).toBe('Bound');
  expect(cluster.find('apps/v1', 'StatefulSet', 'db').status).toMatchObject({ readyReplicas: 3, updatedReplicas: 3 });
});

test('a parallel one starts all at once', async () => {
  const cluster = new Cluster();
  cluster.create(statefulSet({ podManagementPolicy: 'Parallel' }));
  await cluster.pass(1);
  expect(names(cluster)).toEqual(['db-0', 'db-1', 'db-2']);
});

test('a change goes from the last pod to the partition, one by one', async () => {
  const cluster = new Cluster();
  cluster.create(statefulSet({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } }));
  await cluster.pass(30);
  const replaced: string[] = [];
  cluster.store.onChange(({ type, object }) => {
    if (type === 'DELETED' && object.kind === 'Pod') replaced.push(object.metadata.name);
  });
  const template = {
    metadata: { labels: { app: 'db' } },
    spec: podSpec({ containers: [container({ image: 'image:2' })] }),
  };
  cluster.patch('apps/v1', 'StatefulSet', 'db', { spec: { template } });
  await cluster.pass(30);
  expect(replaced).toEqual(['db-2', 'db-1']);
  expect(cluster.pods().map(({ spec }) => spec.containers[0].image)).toEqual(['image:1', 'image:2', 'image:2']);
  cluster.patch('apps/v1', 'StatefulSet', 'db', { spec: { updateStrategy: { rollingUpdate: { partition: 0 } } } });
  await cluster.pass(30);
  const { currentRevision, updateRevision } = cluster.find('apps/v1', 'StatefulSet', 'db').status;
  expect(currentRevision).toBe(updateRevision);
});

test('scaling down takes the last one and leaves its volume', async () => {
  const cluster = new Cluster();
  cluster.create(statefulSet());
  await cluster.pass(30);
  cluster.patch('apps/v1', 'StatefulSet', 'db', { spec: { replicas: 1 } });
  await cluster.pass(10);
  expect(names(cluster)).toEqual(['db-0']);
  expect(cluster.list('v1', 'PersistentVolumeClaim')).toHaveLength(3);
});

const job = (spec: object = {}, pod: object = { restartPolicy: 'Never' }) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'once' },
  spec: { template: { spec: podSpec(pod) }, ...spec },
});
const outcome = (cluster: Cluster): readonly string[] =>
  (cluster.find('batch/v1', 'Job', 'once').status.conditions ?? []).map((each: Any) => `${each.type} ${each.reason}`);

test('a Job completes, and goes when its time is over', async () => {
  const cluster = new Cluster({ script: { onStart: ({ end }) => end(0) } });
  cluster.create(job({ ttlSecondsAfterFinished: 60 }));
  await cluster.pass(5);
  expect(outcome(cluster)).toEqual(['SuccessCriteriaMet CompletionsReached', 'Complete CompletionsReached']);
  expect(cluster.find('batch/v1', 'Job', 'once').status).toMatchObject({ succeeded: 1 });
  expect(cluster.pods().map(({ status }) => status.phase)).toEqual(['Succeeded']);
  await cluster.pass(65);
  expect(cluster.list('batch/v1', 'Job')).toEqual([]);
  expect(cluster.pods()).toEqual([]);
});

test('a Job is tried again, later each time, until its limit', async () => {
  const cluster = new Cluster({ script: { onStart: ({ end }) => end(1) } });
  cluster.create(job({ backoffLimit: 2 }));
  await cluster.pass(8);
  expect(cluster.pods()).toHaveLength(1);
  await cluster.pass(8);
  expect(cluster.pods()).toHaveLength(2);
  await cluster.pass(40);
  expect(cluster.pods()).toHaveLength(3);
  expect(outcome(cluster)).toEqual(['FailureTarget BackoffLimitExceeded', 'Failed BackoffLimitExceeded']);
});

test('restarts inside a pod of a Job count, too', async () => {
  const cluster = new Cluster({ script: { onStart: ({ end }) => end(1) } });
  cluster.create(job({ backoffLimit: 2 }, { restartPolicy: 'OnFailure' }));
  await cluster.pass(60);
  expect(outcome(cluster)).toEqual(['FailureTarget BackoffLimitExceeded', 'Failed BackoffLimitExceeded']);
});

test('a Job that takes too long fails', async () => {
  const cluster = new Cluster();
  cluster.create(job({ activeDeadlineSeconds: 30 }));
  await cluster.pass(35);
  expect(outcome(cluster)).toEqual(['FailureTarget DeadlineExceeded', 'Failed DeadlineExceeded']);
});

test('a Service leads to the pods that are ready', async () => {
  const script = { http: (address: string) => (address === '10.244.0.2' ? 200 : 503) };
  const cluster = new Cluster({ script });
  const readinessProbe = { httpGet: { path: '/', port: 80 } };
  cluster.create({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  });
  const ports = [{ name: 'http', containerPort: 8000 }];
  cluster.create(deployment('web', {}, podSpec({ containers: [container({ readinessProbe, ports })] })));
  await cluster.pass(5);
  const [slice] = cluster.list('discovery.k8s.io/v1', 'EndpointSlice');
  expect(slice.ports).toEqual([{ name: 'http', port: 8000, protocol: 'TCP' }]);
  expect(slice.endpoints.map((each: Any) => [each.addresses[0], each.conditions.ready]).sort()).toEqual([
    ['10.244.0.2', true],
    ['10.244.0.3', false],
  ]);
  const { subsets } = cluster.find('v1', 'Endpoints', 'web');
  expect(subsets[0].addresses.map((each: Any) => each.ip)).toEqual(['10.244.0.2']);
  expect(subsets[0].notReadyAddresses.map((each: Any) => each.ip)).toEqual(['10.244.0.3']);
});

test.each([
  ['Background', 0, 0],
  ['Foreground', 0, 0],
  ['Orphan', 1, 2],
])('deletion with propagation %s', async (propagation, sets, pods) => {
  const cluster = new Cluster();
  cluster.create(deployment('web'));
  await cluster.pass(5);
  cluster.remove('apps/v1', 'Deployment', 'web', { propagation });
  await cluster.pass(10);
  expect(cluster.list('apps/v1', 'Deployment')).toEqual([]);
  expect(cluster.list('apps/v1', 'ReplicaSet')).toHaveLength(sets);
  expect(cluster.pods()).toHaveLength(pods);
});

test('a claim of an unknown class keeps its pod waiting', async () => {
  const cluster = new Cluster();
  cluster.create(
    statefulSet({
      replicas: 1,
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: { storageClassName: 'no', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
        },
      ],
    }),
  );
  await cluster.pass(3);
  expect(cluster.said('data-db-0')).toEqual(['ProvisioningFailed: storageclass.storage.k8s.io "no" not found']);
  expect(cluster.said('db-0')).toEqual([
    'FailedScheduling: 0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
  ]);
});

test('Events are counted, and forgotten after an hour', async () => {
  const cluster = new Cluster({ script: { bytes: () => undefined } });
  cluster.create({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'one' }, spec: podSpec() });
  await cluster.pass(60);
  const pulling = cluster.list('v1', 'Event').filter(({ reason }) => reason === 'Pulling');
  expect(pulling.map(({ count }) => count)).toEqual([3]);
  cluster.remove('v1', 'Pod', 'one');
  await cluster.clock.pass(3_700_000);
  expect(cluster.list('v1', 'Event')).toEqual([]);
});

test('a namespace takes everything along', async () => {
  const cluster = new Cluster();
  cluster.create(statefulSet());
  await cluster.pass(30);
  cluster.remove('v1', 'Namespace', 'ns-abcd1234');
  await cluster.pass(10);
  expect(cluster.find('v1', 'Namespace', 'ns-abcd1234')).toBeUndefined();
  expect(cluster.list('v1', 'PersistentVolumeClaim')).toEqual([]);
});

test('debt stops everything, and payment starts it again', async () => {
  const cluster = new Cluster();
  cluster.create(deployment('web'));
  await cluster.pass(5);
  const debt = (status: string) =>
    cluster.patch('v1', 'Namespace', 'ns-abcd1234', { metadata: { annotations: { 'debt.sealos/status': status } } });
  debt('Suspend');
  await cluster.pass(5);
  expect(cluster.pods()).toEqual([]);
  expect(cluster.find('v1', 'ResourceQuota', 'debt-limit0').spec.hard).toMatchObject({ 'limits.cpu': '0' });
  expect(cluster.find('v1', 'Namespace', 'ns-abcd1234').metadata.annotations['debt.sealos/status']).toBe(
    'SuspendCompleted',
  );
  debt('Resume');
  await cluster.pass(5);
  expect(cluster.pods()).toHaveLength(2);
});

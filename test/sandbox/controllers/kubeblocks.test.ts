import { expect, test } from 'vitest';
import { kindOf } from '../../../source/sandbox/schema/index.ts';
import { type Any, Cluster } from './support.ts';

const api = 'apps.kubeblocks.io/v1alpha1';
const cluster = (spec: object = {}) => ({
  apiVersion: api,
  kind: 'Cluster',
  metadata: { name: 'app-pg' },
  spec: {
    clusterDefinitionRef: 'postgresql',
    clusterVersionRef: 'postgresql-16.4.0',
    terminationPolicy: 'Delete',
    componentSpecs: [
      {
        name: 'postgresql',
        componentDefRef: 'postgresql',
        replicas: 1,
        resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '100m', memory: '128Mi' } },
        volumeClaimTemplates: [
          { name: 'data', spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
        ],
      },
    ],
    ...spec,
  },
});
const statusOf = (place: Cluster): Any => place.find(api, 'Cluster', 'app-pg').status;

test.each([
  ['0.8.2', 'StatefulSet', 'ReplicatedStateMachine'],
  ['0.9.5', kindOf('workloads.kubeblocks.io/v1alpha1', 'InstanceSet') ? 'InstanceSet' : 'Cluster', undefined],
] as const)('KubeBlocks %s brings a database up through a %s', async (kubeblocks, owner, above) => {
  const place = new Cluster({ kubeblocks });
  place.create(cluster());
  await place.pass(1);
  expect(statusOf(place)).toMatchObject({ phase: 'Creating', components: { postgresql: { podsReady: false } } });
  await place.pass(15);
  expect(statusOf(place)).toMatchObject({ phase: 'Running', components: { postgresql: { podsReady: true } } });
  expect(statusOf(place).conditions.map((each: Any) => `${each.type} ${each.status}`)).toEqual([
    'ProvisioningStarted True',
    'ApplyResources True',
    'ReplicasReady True',
    'Ready True',
  ]);
  const pod = place.find('v1', 'Pod', 'app-pg-postgresql-0');
  expect(pod.metadata.ownerReferences[0].kind).toBe(owner);
  expect(pod.metadata.labels['kubeblocks.io/role']).toBe('primary');
  if (above) expect(place.find('workloads.kubeblocks.io/v1alpha1', above, 'app-pg-postgresql')).toBeDefined();
  const { data } = place.find('v1', 'Secret', 'app-pg-conn-credential');
  const plain = Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(String(value), 'base64').toString()]),
  );
  expect(plain).toMatchObject({
    username: 'postgres',
    host: 'app-pg-postgresql.ns-abcd1234.svc.cluster.local',
    port: '5432',
  });
  expect(place.world.started[0]?.run.env['PGPASSWORD_SUPERUSER']).toBe(plain['password']);
  const [address] = place.find('v1', 'Endpoints', 'app-pg-postgresql').subsets[0].addresses;
  expect(address.ip).toBe(pod.status.podIP);
});

test.each(['0.8.2', '0.9.5'] as const)('KubeBlocks %s keeps or drops data as the policy says', async (kubeblocks) => {
  const place = new Cluster({ kubeblocks });
  place.create(cluster({ terminationPolicy: 'DoNotTerminate' }));
  await place.pass(15);
  place.remove(api, 'Cluster', 'app-pg');
  await place.pass(5);
  expect(place.pods()).toHaveLength(1);
  place.patch(api, 'Cluster', 'app-pg', { spec: { terminationPolicy: 'Delete' } });
  await place.pass(15);
  expect(place.find(api, 'Cluster', 'app-pg')).toBeUndefined();
  expect(place.pods()).toEqual([]);
  expect(place.list('v1', 'PersistentVolumeClaim')).toEqual([]);
});

test('a version that is not there is told in a condition only', async () => {
  const place = new Cluster();
  place.create(cluster({ clusterVersionRef: 'postgresql-99' }));
  await place.pass(3);
  const { phase, conditions } = statusOf(place);
  expect(phase).toBeUndefined();
  expect(conditions).toMatchObject([
    {
      type: 'ProvisioningStarted',
      status: 'False',
      reason: 'PreCheckFailed',
      message: 'ClusterVersion.apps.kubeblocks.io "postgresql-99" not found',
    },
  ]);
});

test('a bucket gets its Secrets', async () => {
  const place = new Cluster();
  place.create({
    apiVersion: 'objectstorage.sealos.io/v1',
    kind: 'ObjectStorageBucket',
    metadata: { name: 'app' },
    spec: { policy: 'private' },
  });
  await place.pass(2);
  expect(place.find('objectstorage.sealos.io/v1', 'ObjectStorageBucket', 'app').status.name).toBe('abcd1234-app');
  const { data } = place.find('v1', 'Secret', 'object-storage-key-abcd1234-app');
  expect(Object.keys(data).sort()).toEqual(['accessKey', 'bucket', 'external', 'internal', 'secretKey']);
  expect(Object.keys(place.find('v1', 'Secret', 'object-storage-key').data)).toHaveLength(4);
  place.remove('objectstorage.sealos.io/v1', 'ObjectStorageBucket', 'app');
  await place.pass(2);
  expect(place.find('v1', 'Secret', 'object-storage-key-abcd1234-app')).toBeUndefined();
});

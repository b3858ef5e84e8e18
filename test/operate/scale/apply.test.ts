/** How a change reaches the cluster, and what is remembered of one that did not. */
import { beforeAll, expect, test } from 'vitest';
import { ApiError } from '../../../source/cluster/index.ts';
import type { ApplyOptions, Cluster } from '../../../source/cluster/types.ts';
import type { ConflictChoice } from '../../../source/install/contract.ts';
import { type Ledger, ledgerObject, readLedger } from '../../../source/install/ledger.ts';
import { applierOf, patcherOf } from '../../../source/operate/scale/apply.ts';
import { patchOf } from '../../../source/operate/scale/patches.ts';
import { scale } from '../../../source/operate/scale/scale.ts';
import type { Change, Wants } from '../../../source/operate/scale/types.ts';
import type { KubeObject } from '../../../source/stack/types.ts';
import { deployment, snapshotOf } from '../../observe/objects.ts';
import { answers, installedObjects, namespace } from '../../support/installed.ts';
import { LivingCluster, outsideOf } from '../../support/living-cluster.ts';
import { ran } from '../../support/run-install.ts';
import { scaleRequest } from '../../support/scale-request.ts';

const { signal } = new AbortController();
const resources = { limits: { cpu: '500m', memory: '2Gi' }, requests: { cpu: '20m', memory: '205Mi' } };
const template = { spec: { containers: [{ name: 'main', resources }] } };
const worker = (more: object): KubeObject => {
  const made = deployment('worker', 'posthog-worker', {}, { template });
  return { ...made, metadata: { ...made.metadata, ...more } };
};
const change = (field: Change['field'], from: string, to: string): Change => ({ component: 'worker', field, from, to });

test.each<[name: string, changes: readonly Change[], expected: object]>([
  ['less CPU than was reserved', [change('cpu', '500m', '10m')], { limits: { cpu: '10m' }, requests: { cpu: '1m' } }],
  ['more memory', [change('memory', '2Gi', '4Gi')], { limits: { memory: '4Gi' }, requests: { memory: '410Mi' } }],
])('of an instance of somebody else, what is reserved follows: %s', (_, changes, expected) => {
  expect(patchOf(worker({}), changes)).toMatchObject({
    spec: { template: { spec: { containers: [{ name: 'main', resources: expected }] } } },
  });
});

test('what runs beside it stays as it is, though it comes first', () => {
  const containers = [
    { name: 'status', resources },
    { name: 'posthog-worker', resources },
  ];
  const pair = deployment('worker', 'posthog-worker', {}, { template: { spec: { containers } } });
  expect(patchOf(pair, [change('memory', '2Gi', '4Gi')])).toMatchObject({
    spec: { template: { spec: { containers: [{ name: 'posthog-worker' }] } } },
  });
});

test('nothing is reserved where nothing was', () => {
  const bare = deployment(
    'worker',
    'posthog-worker',
    {},
    {
      template: { spec: { containers: [{ name: 'main', resources: { limits: { cpu: '1' } } }] } },
    },
  );
  const patch = JSON.stringify(patchOf(bare, [change('cpu', '1', '2')]));
  expect(patch).toContain('"limits":{"cpu":"2"}');
  expect(patch).not.toContain('requests');
});

test.each([
  ['a state that moved on is no change of somebody else', 4, '12'],
  ['what somebody else changed is not overwritten', 5, '7'],
])('%s', async (_, generation, resourceVersion) => {
  const patched: object[] = [];
  const live = worker({ generation, resourceVersion: '12' });
  const cluster = {
    get: async () => live,
    patch: async (_ref: object, _kind: string, body: object) => {
      patched.push(body);
      return live;
    },
  } as unknown as Cluster;
  const snapshot = snapshotOf({ Deployment: [worker({ generation: 4, resourceVersion: '7' })] });
  await patcherOf(cluster, snapshot, [change('replicas', '1', '2')]).apply('worker', signal);
  expect(patched).toMatchObject([{ metadata: { resourceVersion } }]);
});

test('a database of somebody else keeps all that is not changed', async () => {
  const patched: unknown[] = [];
  const specs = [
    { name: 'redis', replicas: 1, resources, volumeClaimTemplates: [{ name: 'data' }] },
    { name: 'redis-sentinel', replicas: 1 },
  ];
  const live: KubeObject = {
    apiVersion: 'apps.kubeblocks.io/v1alpha1',
    kind: 'Cluster',
    metadata: { name: 'posthog-redis', resourceVersion: '3', generation: 1 },
    spec: { componentSpecs: specs },
  };
  const cluster = {
    get: async () => live,
    patch: async (...[, kind, body]: unknown[]) => {
      patched.push(kind, body);
      return live;
    },
  } as unknown as Cluster;
  const more: Change = { component: 'redis', field: 'memory', from: '2Gi', to: '4Gi' };
  await patcherOf(cluster, snapshotOf({ Cluster: [live] }), [more]).apply('redis', signal);
  const grown = { limits: { cpu: '500m', memory: '4Gi' }, requests: { cpu: '20m', memory: '410Mi' } };
  const spec = { componentSpecs: [{ ...specs[0], resources: grown }, specs[1]] };
  expect(patched).toEqual(['merge', { metadata: { resourceVersion: '3' }, spec }]);
});

const ledger: Ledger = {
  app: 'posthog',
  answers,
  host: answers.host,
  url: 'https://posthog.example.com',
  jobs: {},
  finished: true,
  journal: [],
};
let objects: readonly KubeObject[];
beforeAll(async () => {
  objects = await installedObjects();
});

/** A server that holds something against changes of the worker. */
class Holding extends LivingCluster {
  refusal: ((options: ApplyOptions) => Error | undefined) | undefined;

  override async apply(object: KubeObject, options: ApplyOptions = {}): Promise<KubeObject> {
    const refusal = object.metadata.name === 'posthog-worker' ? this.refusal?.(options) : undefined;
    if (refusal) throw refusal;
    return super.apply(object, options);
  }
}
const holding = () => new Holding(...objects, ledgerObject(ledger, namespace));
const wants: Wants = new Map([['worker', { replicas: 2 }]]);
const applying = (cluster: Holding, conflicts?: ConflictChoice) =>
  applierOf(outsideOf(cluster).outside, { ledger, wants, conflicts }, signal);

test('what the server refused is not remembered as if it were so', async () => {
  const cluster = holding();
  cluster.refusal = ({ dryRun }) => (dryRun ? undefined : new ApiError({ code: 403, message: 'exceeded quota' }));
  const applier = await applying(cluster);
  await expect(applier.apply('worker', signal)).rejects.toThrow('exceeded quota');
  const after = await readLedger(cluster.asCluster(), 'posthog', signal);
  expect(after?.answers.components).toEqual(answers.components);
  cluster.refusal = undefined;
  await applier.apply('worker', signal);
  expect((await readLedger(cluster.asCluster(), 'posthog', signal))?.answers.components).toMatchObject({
    worker: { replicas: 2 },
  });
});

test('what was refused half-way is remembered: a part of it is so', async () => {
  const cluster = holding();
  const grown: Wants = new Map([['clickhouse', { memory: '16Gi' }]]);
  const applier = await applierOf(outsideOf(cluster).outside, { ledger, wants: grown, conflicts: undefined }, signal);
  cluster.failing = (call) =>
    call === 'plan StatefulSet/posthog-clickhouse' ? new ApiError({ code: 403, message: 'exceeded quota' }) : undefined;
  await expect(applier.apply('clickhouse', signal)).rejects.toThrow('exceeded quota');
  expect(cluster.writes).toContain('apply ConfigMap/posthog-clickhouse-config');
  const after = await readLedger(cluster.asCluster(), 'posthog', signal);
  expect(after?.answers.components).toMatchObject({ clickhouse: { memory: '16Gi' } });
});

const conflict = (field: string) =>
  new ApiError({
    code: 409,
    message: 'Apply failed with 1 conflict',
    details: {
      causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "kubectl" using apps/v1', field }],
    },
  });

test.each([
  ['.spec.replicas', 'keep', ['foreign']],
  ['.spec.template.spec.containers[name="posthog"].image', 'keep', []],
  ['.spec.replicas', 'take', []],
  ['.spec.template.spec.containers[name="posthog"].image', undefined, ['foreign']],
] as const)('%s is held by another manager, and with %s: %j', async (field, choice, expected) => {
  const cluster = holding();
  cluster.refusal = ({ force }) => (force ? undefined : conflict(field));
  const { findings } = await applying(cluster, choice);
  expect(findings.map(({ id }) => id)).toEqual(expected);
});

test('what others hold does not matter of a part that is as it shall be already', async () => {
  const cluster = holding();
  cluster.refusal = ({ force }) => (force ? undefined : conflict('.spec.replicas'));
  const { outside, context } = outsideOf(cluster);
  const both: Wants = new Map([
    ['worker', { replicas: 1 }],
    ['web', { replicas: 2 }],
  ]);
  const { error } = await ran(
    scale(
      scaleRequest(() => both),
      outside,
      signal,
    ),
    (ms) => context.clock.pass(ms),
  );
  expect(error).toBeUndefined();
  const after = await readLedger(cluster.asCluster(), 'posthog', signal);
  expect(after?.answers.components).toEqual({ web: { replicas: 2 } });
});

test('where the record cannot be read, nothing is changed beside it', async () => {
  const damaged = { ...ledgerObject(ledger, namespace), data: { version: '1', answers: '{' } };
  const cluster = new Holding(...objects, damaged);
  const { outside, context } = outsideOf(cluster);
  const request = scaleRequest(() => wants);
  const before = cluster.writes.length;
  const { error } = await ran(scale(request, outside, signal), (ms) => context.clock.pass(ms));
  expect(error).toMatchObject({ code: 'ledger-unreadable', exit: 3 });
  expect(cluster.writes.slice(before)).toEqual([]);
});

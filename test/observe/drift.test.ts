/** What is there against what is planned, and who changed it; managed fields as kubectl and the API server write them. */
import { expect, test } from 'vitest';
import { driftOf } from '../../source/observe/drift.ts';
import type { KubeObject } from '../../source/stack/types.ts';

interface Set {
  readonly replicas?: number;
  readonly cpu?: string;
  readonly memory?: string;
  readonly image?: string;
}

function workload(
  { replicas = 1, cpu = '1', memory = '2Gi', image = 'x:1' }: Set,
  managed: readonly object[] = [],
): KubeObject {
  const containers = [{ name: 'web', image, resources: { limits: { cpu, memory } } }];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'posthog', managedFields: managed as never },
    spec: { replicas, template: { spec: { containers } } },
  };
}

const inContainer = (own: object) => ({
  'f:spec': { 'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"web"}': own } } } },
});
const limits = (...resources: readonly string[]) =>
  inContainer({ 'f:resources': { 'f:limits': Object.fromEntries(resources.map((each) => [`f:${each}`, {}])) } });
const by = (manager: string, fieldsV1: object, time = '2026-01-01T00:00:00Z') => ({
  manager,
  operation: 'Update',
  time,
  fieldsV1,
});
const replicas = { 'f:spec': { 'f:replicas': {} } };
const ours = by('posthog-sealos', { ...replicas, ...limits('cpu', 'memory') });

test.each<[string, Set, readonly object[], readonly object[]]>([
  ['nothing when it is as planned', {}, [ours], []],
  [
    'another spelling of the same amount is none',
    { cpu: '1000m', memory: '2048Mi' },
    [by('kubectl-edit', limits('cpu', 'memory'))],
    [],
  ],
  [
    '`kubectl scale`',
    { replicas: 3 },
    [ours, by('kubectl', replicas, '2026-01-02T00:00:00Z')],
    [{ field: 'replicas', planned: '1', live: '3', by: 'kubectl' }],
  ],
  [
    'memory, of an editor',
    { memory: '4Gi' },
    [by('kubectl-edit', limits('memory'))],
    [{ field: 'memory', planned: '2Gi', live: '4Gi', by: 'kubectl-edit' }],
  ],
  [
    'a limit that was taken away and set elsewhere',
    { cpu: '500m' },
    [by('node-fetch', limits('cpu'))],
    [{ field: 'cpu', planned: '1', live: '500m', by: 'node-fetch' }],
  ],
  [
    'an image',
    { image: 'x:2' },
    [by('kubectl-set', inContainer({ 'f:image': {} }))],
    [{ field: 'image', planned: 'x:1', live: 'x:2', by: 'kubectl-set' }],
  ],
  ['what this program itself holds is no drift', { replicas: 2 }, [ours], []],
  ['what nobody holds is no drift', { replicas: 2 }, [], []],
  [
    'the last of several holders',
    { replicas: 0 },
    [by('kubectl', replicas), by('Mozilla', replicas, '2026-01-03T00:00:00Z')],
    [{ field: 'replicas', planned: '1', live: '0', by: 'Mozilla' }],
  ],
])('%s', (_, live, managed, told) => {
  expect(driftOf([workload({})], [workload(live, managed)])).toEqual(
    told.map((each) => ({ object: 'Deployment/posthog', ...each })),
  );
});

test('what is not there has not drifted', () => {
  expect(driftOf([workload({})], [])).toEqual([]);
});

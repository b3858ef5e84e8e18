/** The same change as commands of kubectl. That it takes them is shown in test/cluster/scaling.ts. */
import { expect, test } from 'vitest';
import { kubectlOf, movesSettings } from '../../../source/operate/scale/kubectl.ts';
import type { Change } from '../../../source/operate/scale/types.ts';
import type { ComponentId, KubeObject } from '../../../source/stack/types.ts';
import { deployment, snapshotOf } from '../../observe/objects.ts';

const resources = { limits: { cpu: '1', memory: '2Gi' }, requests: { cpu: '100m', memory: '205Mi' } };
const workload = (id: ComponentId, kind = 'Deployment'): KubeObject => ({
  ...deployment(id, `posthog-${id}`, {}, { template: { spec: { containers: [{ name: 'main', resources }] } } }),
  kind,
});
const database: KubeObject = {
  apiVersion: 'apps.kubeblocks.io/v1alpha1',
  kind: 'Cluster',
  metadata: { name: 'posthog-pg' },
  spec: { componentSpecs: [{ name: 'postgresql', resources }] },
};
const there = snapshotOf({
  Deployment: [workload('worker'), workload('ingestion')],
  StatefulSet: [workload('clickhouse', 'StatefulSet')],
  Cluster: [database],
});
const change = (component: ComponentId, field: Change['field'], from: string, to: string): Change => ({
  component,
  field,
  from,
  to,
});

test.each<[what: string, changes: readonly Change[], commands: readonly string[]]>([
  [
    'replicas',
    [change('worker', 'replicas', '1', '2')],
    ['kubectl -n ns-abcd1234 scale deployment/posthog-worker --replicas=2'],
  ],
  [
    'what it may take, and what is reserved in proportion',
    [change('clickhouse', 'cpu', '1', '2'), change('clickhouse', 'memory', '2Gi', '4Gi')],
    [
      'kubectl -n ns-abcd1234 set resources statefulset/posthog-clickhouse -c main --limits=cpu=2,memory=4Gi --requests=cpu=200m,memory=410Mi',
    ],
  ],
  [
    'both, in the order in which it is applied',
    [
      change('worker', 'replicas', '1', '3'),
      change('ingestion', 'cpu', '1', '2'),
      change('ingestion', 'replicas', '1', '2'),
    ],
    [
      'kubectl -n ns-abcd1234 set resources deployment/posthog-ingestion -c main --limits=cpu=2 --requests=cpu=200m',
      'kubectl -n ns-abcd1234 scale deployment/posthog-ingestion --replicas=2',
      'kubectl -n ns-abcd1234 scale deployment/posthog-worker --replicas=3',
    ],
  ],
  [
    'of a database, which kubectl has no words for',
    [change('postgres', 'cpu', '1', '2')],
    [
      `kubectl -n ns-abcd1234 patch clusters.apps.kubeblocks.io posthog-pg --type=json -p '[{"op":"add","path":"/spec/componentSpecs/0/resources/limits/cpu","value":"2"},{"op":"add","path":"/spec/componentSpecs/0/resources/requests/cpu","value":"200m"}]'`,
    ],
  ],
  ['nothing of what is not there', [change('plugins', 'replicas', '1', '2')], []],
])('%s', (_, changes, commands) => {
  expect(kubectlOf(changes, there)).toEqual(commands);
});

test.each<[Change, boolean]>([
  [change('clickhouse', 'memory', '2Gi', '4Gi'), true],
  [change('postgres', 'memory', '2Gi', '4Gi'), true],
  [change('clickhouse', 'cpu', '1', '2'), false],
  [change('worker', 'memory', '2Gi', '4Gi'), false],
])('settings follow $component.$field: %s', (one, moves) => {
  expect(movesSettings([one])).toBe(moves);
});

/** What `kubectl get` shows. Cells were compared with those of a kube-apiserver 1.34.4. */
import { describe, expect, test } from 'vitest';
import { tables } from '../../../source/sandbox/server/tables/index.ts';
import { durationOf } from '../../../source/sandbox/server/tables/words.ts';

const now = Date.parse('2026-01-01T12:00:00Z');
const metadata = { name: 'x', creationTimestamp: '2026-01-01T11:55:30Z' };
const cells = (of: string, object: object) =>
  Object.values(tables[of] ?? {}).map((cell) => cell({ metadata, ...object }, now));

test.each([
  [-5000, '<invalid>'],
  [0, '0s'],
  [119_000, '119s'],
  [120_000, '2m'],
  [270_000, '4m30s'],
  [600_000, '10m'],
  [3 * 3_600_000, '3h'],
  [3 * 3_600_000 + 60_000, '3h1m'],
  [47 * 3_600_000, '47h'],
  [48 * 3_600_000, '2d'],
  [50 * 3_600_000, '2d2h'],
  [10 * 86_400_000, '10d'],
  [800 * 86_400_000, '2y70d'],
])('%i ms are %s', (ms, text) => {
  expect(durationOf(ms)).toBe(text);
});

describe('pods', () => {
  const spec = { containers: [{ name: 'a' }], nodeName: 'node-1' };
  const running = { name: 'a', ready: true, restartCount: 0, state: { running: {} } };
  const at = '2026-01-01T11:59:50Z';
  const shown = (status: object, more: { spec?: object; metadata?: object } = {}) =>
    cells('/pods', { spec: { ...spec, ...more.spec }, status, metadata: { ...metadata, ...more.metadata } }).slice(
      1,
      4,
    );
  const one = (container: object) => ({
    phase: 'Running',
    containerStatuses: [{ name: 'a', ready: false, restartCount: 0, ...container }],
  });
  const init = (state: object, more: object = {}) => ({
    phase: 'Pending',
    initContainerStatuses: [{ name: 'i', restartCount: 0, state, ...more }],
    containerStatuses: [{ name: 'a', restartCount: 0, state: { waiting: { reason: 'PodInitializing' } } }],
  });
  const initSpec = { spec: { initContainers: [{ name: 'i' }, { name: 'j' }] } };

  test.each([
    ['running', shown({ phase: 'Running', containerStatuses: [running] }), ['1/1', 'Running', '0']],
    ['pending', shown({ phase: 'Pending' }), ['0/1', 'Pending', '0']],
    [
      'creating',
      shown(one({ state: { waiting: { reason: 'ContainerCreating' } } })),
      ['0/1', 'ContainerCreating', '0'],
    ],
    [
      'crashing',
      shown(
        one({
          restartCount: 3,
          state: { waiting: { reason: 'CrashLoopBackOff' } },
          lastState: { terminated: { finishedAt: at } },
        }),
      ),
      ['0/1', 'CrashLoopBackOff', '3 (10s ago)'],
    ],
    ['ended badly', shown(one({ state: { terminated: { exitCode: 1, reason: 'Error' } } })), ['0/1', 'Error', '0']],
    ['ended without a word', shown(one({ state: { terminated: { exitCode: 7 } } })), ['0/1', 'ExitCode:7', '0']],
    ['killed', shown(one({ state: { terminated: { exitCode: 137, signal: 9 } } })), ['0/1', 'Signal:9', '0']],
    [
      'completed',
      shown({ ...one({ state: { terminated: { exitCode: 0, reason: 'Completed' } } }), phase: 'Succeeded' }),
      ['0/1', 'Completed', '0'],
    ],
    ['evicted', shown({ phase: 'Failed', reason: 'Evicted' }), ['0/1', 'Evicted', '0']],
    [
      'terminating',
      shown({ phase: 'Running', containerStatuses: [running] }, { metadata: { deletionTimestamp: at } }),
      ['1/1', 'Terminating', '0'],
    ],
    ['initializing', shown(init({ running: {} }), initSpec), ['0/1', 'Init:0/2', '0']],
    ['waiting at first', shown(init({ waiting: { reason: 'PodInitializing' } }), initSpec), ['0/1', 'Init:0/2', '0']],
    [
      'init crashing',
      shown(init({ waiting: { reason: 'CrashLoopBackOff' } }, { restartCount: 2 }), initSpec),
      ['0/1', 'Init:CrashLoopBackOff', '2'],
    ],
    [
      'init failed',
      shown(init({ terminated: { exitCode: 1, reason: 'Error' } }), initSpec),
      ['0/1', 'Init:Error', '0'],
    ],
    ['initialized', shown(init({ terminated: { exitCode: 0 } }), initSpec), ['0/1', 'PodInitializing', '0']],
    [
      'with a sidecar',
      shown(
        {
          phase: 'Running',
          initContainerStatuses: [{ ...running, name: 's', started: true, restartCount: 1 }],
          containerStatuses: [running],
        },
        { spec: { initContainers: [{ name: 's', restartPolicy: 'Always' }] } },
      ),
      ['2/2', 'Running', '1'],
    ],
  ])('%s', (_, shownCells, expected) => {
    expect(shownCells).toEqual(expected);
  });
});

const template = {
  spec: {
    containers: [
      { name: 'a', image: 'i' },
      { name: 'b', image: 'j' },
    ],
  },
};
const selector = { matchLabels: { app: 'x' }, matchExpressions: [{ key: 'tier', operator: 'In', values: ['b', 'a'] }] };

test.each([
  [
    'apps/deployments',
    {
      spec: { replicas: 3, template, selector },
      status: { readyReplicas: 2, updatedReplicas: 3, availableReplicas: 2 },
    },
    ['x', '2/3', 3, 2, '4m30s', 'a,b', 'i,j', 'app=x,tier in (a,b)'],
  ],
  ['apps/statefulsets', { spec: { replicas: 1, template } }, ['x', '0/1', '4m30s', 'a,b', 'i,j']],
  [
    'apps/replicasets',
    { spec: { replicas: 2, template, selector: {} }, status: { replicas: 2 } },
    ['x', 2, 2, 0, '4m30s', 'a,b', 'i,j', '<none>'],
  ],
  [
    'batch/jobs',
    {
      spec: { completions: 1, template, selector: {} },
      status: {
        succeeded: 1,
        startTime: '2026-01-01T11:58:00Z',
        completionTime: '2026-01-01T11:59:30Z',
        conditions: [{ type: 'Complete', status: 'True' }],
      },
    },
    ['x', 'Complete', '1/1', '90s', '4m30s', 'a,b', 'i,j', '<none>'],
  ],
  [
    'batch/jobs',
    { spec: { parallelism: 2, template, selector: {} }, status: { startTime: '2026-01-01T11:58:00Z' } },
    ['x', 'Running', '0/1 of 2', '2m', '4m30s', 'a,b', 'i,j', '<none>'],
  ],
  [
    '/services',
    {
      spec: {
        type: 'ClusterIP',
        clusterIP: '10.96.0.1',
        ports: [
          { port: 80, protocol: 'TCP' },
          { port: 81, nodePort: 30000, protocol: 'UDP' },
        ],
        selector: { app: 'x' },
      },
    },
    ['x', 'ClusterIP', '10.96.0.1', '<none>', '80/TCP,81:30000/UDP', '4m30s', 'app=x'],
  ],
  [
    'networking.k8s.io/ingresses',
    { spec: { ingressClassName: 'nginx', rules: ['a', 'b', 'c', 'd'].map((host) => ({ host })), tls: [{}] } },
    ['x', 'nginx', 'a,b,c + 1 more...', '', '80, 443', '4m30s'],
  ],
  [
    '/persistentvolumeclaims',
    {
      spec: { volumeName: 'v', storageClassName: 's', volumeMode: 'Filesystem' },
      status: { phase: 'Bound', capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'] },
    },
    ['x', 'Bound', 'v', '1Gi', 'RWO', 's', '<unset>', '4m30s', 'Filesystem'],
  ],
  [
    '/events',
    {
      lastTimestamp: '2026-01-01T11:59:00Z',
      firstTimestamp: '2026-01-01T11:58:00Z',
      type: 'Warning',
      reason: 'BackOff',
      involvedObject: { kind: 'Pod', name: 'p', fieldPath: 'spec' },
      source: { component: 'kubelet', host: 'node-1' },
      message: ' text\n',
      count: 3,
    },
    ['60s', 'Warning', 'BackOff', 'pod/p', 'spec', 'kubelet, node-1', 'text', '2m', 3, 'x'],
  ],
  [
    '/nodes',
    {
      status: {
        conditions: [{ type: 'Ready', status: 'True' }],
        addresses: [{ type: 'InternalIP', address: '10.0.0.1' }],
        nodeInfo: { kubeletVersion: 'v1.34.4' },
      },
    },
    ['x', 'Ready', '<none>', '4m30s', 'v1.34.4', '10.0.0.1', '<none>', '<unknown>', '<unknown>', '<unknown>'],
  ],
  [
    '/resourcequotas',
    { spec: {}, status: { hard: { pods: '20', 'limits.cpu': '16' }, used: { pods: '3' } } },
    ['x', 'pods: 3/20', 'limits.cpu: 0/16', '4m30s'],
  ],
  [
    'rbac.authorization.k8s.io/rolebindings',
    {
      roleRef: { kind: 'Role', name: 'Owner' },
      subjects: [
        { kind: 'ServiceAccount', name: 'a', namespace: 'n' },
        { kind: 'User', name: 'u' },
      ],
    },
    ['x', 'Role/Owner', '4m30s', 'u', '', 'n/a'],
  ],
  [
    'apps.kubeblocks.io/clusters',
    { spec: { clusterDefinitionRef: 'postgresql', terminationPolicy: 'Delete' }, status: { phase: 'Running' } },
    ['x', 'postgresql', null, 'Delete', 'Running', '4m30s'],
  ],
])('%s', (of, object, expected) => {
  expect(cells(of, object)).toEqual(expected);
});

import { describe, expect, test } from 'vitest';
import { TestClock } from '../../support/test-clock.ts';
import { type Any, Cluster, container, podSpec, type Script } from './support.ts';

const pod = (spec: object = {}) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'one' }, spec: podSpec(spec) });
const one = (cluster: Cluster): Any => cluster.find('v1', 'Pod', 'one');
const main = (cluster: Cluster): Any => one(cluster)?.status.containerStatuses[0];
const isReady = (cluster: Cluster): boolean =>
  one(cluster).status.conditions.some((each: Any) => each.type === 'Ready' && each.status === 'True');

test('a pod runs, and says how it got there', async () => {
  const cluster = new Cluster();
  cluster.create(pod());
  await cluster.pass(3);
  expect(one(cluster).status).toMatchObject({ phase: 'Running', podIP: '10.244.0.2', qosClass: 'Guaranteed' });
  expect(cluster.said('one')).toEqual(
    expect.arrayContaining([
      'Scheduled: Successfully assigned ns-abcd1234/one to node-1',
      'Pulling: Pulling image "image:1"',
      'Pulled: Successfully pulled image "image:1" in 1.4s (1.4s including waiting). Image size: 100000000 bytes.',
      'Created: Created container: main',
      'Started: Started container main',
    ]),
  );
});

test('a container that keeps failing is started after 0, 10, 20 ... 300 s', async () => {
  const starts: number[] = [];
  const script: Script = {};
  const cluster = new Cluster({ script });
  script.onStart = ({ end }) => {
    starts.push(Math.round(cluster.clock.monotonic() / 1000));
    end(1);
  };
  cluster.create(pod());
  await cluster.pass(60);
  expect(main(cluster)).toMatchObject({
    restartCount: 3,
    state: { waiting: { reason: 'CrashLoopBackOff' } },
    lastState: { terminated: { exitCode: 1, reason: 'Error' } },
  });
  expect(main(cluster).state.waiting.message).toBe(
    `back-off 40s restarting failed container=main pod=one_ns-abcd1234(${one(cluster).metadata.uid})`,
  );
  await cluster.pass(1200);
  const gaps = starts.slice(1).map((at, index) => at - (starts[index] ?? 0));
  expect(gaps.slice(0, 8)).toEqual([1, 11, 21, 41, 81, 161, 301, 301]);
});

test('what runs out of memory is told from what fails', async () => {
  const cluster = new Cluster({ script: { onStart: ({ end }) => end(137, 'OOMKilled') } });
  cluster.create(pod());
  await cluster.pass(5);
  expect(main(cluster).lastState.terminated).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
});

test('an image that is nowhere is asked for again and again', async () => {
  const cluster = new Cluster({ script: { bytes: () => undefined } });
  cluster.create(pod());
  await cluster.pass(0.5);
  const text =
    'rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/image:1": failed to resolve reference "docker.io/library/image:1": docker.io/library/image:1: not found';
  expect(main(cluster).state.waiting).toEqual({ reason: 'ErrImagePull', message: text });
  await cluster.pass(5);
  const message = `Back-off pulling image "image:1": ErrImagePull: ${text}`;
  expect(main(cluster).state.waiting).toEqual({ reason: 'ImagePullBackOff', message });
  expect(one(cluster).status.phase).toBe('Pending');
});

describe('environment and files', () => {
  const env = [
    { name: 'USER', value: 'me' },
    { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'keys', key: 'password' } } },
    { name: 'URL', value: 'db://$(USER):$(PASSWORD)@$(HOST)/$$(USER)' },
    { name: 'NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    { name: 'MEMORY', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } } },
  ];
  const spec = {
    containers: [
      container({
        env,
        envFrom: [{ prefix: 'C_', configMapRef: { name: 'config' } }],
        args: ['--user=$(USER)'],
        volumeMounts: [
          { name: 'config', mountPath: '/etc/config' },
          { name: 'config', mountPath: '/etc/one.conf', subPath: 'a' },
          { name: 'scratch', mountPath: '/tmp/x', subPath: 'deep' },
        ],
      }),
    ],
    volumes: [
      { name: 'config', configMap: { name: 'config', items: [{ key: 'A', path: 'a' }] } },
      { name: 'scratch', emptyDir: {} },
    ],
  };
  const config = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'config' },
    data: { A: 'first', B: 'second' },
  };
  const keys = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'keys' }, stringData: { password: 'secret' } };

  test('are resolved', async () => {
    const cluster = new Cluster();
    cluster.create(config);
    cluster.create(keys);
    cluster.create(pod(spec));
    await cluster.pass(3);
    const run = cluster.world.started[0]?.run;
    expect(run?.env).toEqual({
      C_A: 'first',
      C_B: 'second',
      USER: 'me',
      PASSWORD: 'secret',
      URL: 'db://me:secret@$(HOST)/$(USER)',
      NAME: 'one',
      MEMORY: '128',
    });
    expect(run?.command).toEqual(['--user=me']);
    expect([...(run?.files ?? [])]).toEqual([
      ['/etc/config/a', 'first'],
      ['/etc/one.conf', 'first'],
    ]);
    const uid = one(cluster).metadata.uid;
    expect(run?.volumes).toEqual([{ path: '/tmp/x', id: `${uid}/scratch/deep`, persistent: false }]);
  });

  test('that are not there hold the container up until they come', async () => {
    const cluster = new Cluster();
    cluster.create(config);
    cluster.create(pod(spec));
    await cluster.pass(3);
    const waiting = { reason: 'CreateContainerConfigError', message: 'secret "keys" not found' };
    expect(main(cluster).state).toEqual({ waiting });
    cluster.create({ ...keys, stringData: { other: 'x' } });
    await cluster.pass(12);
    expect(main(cluster).state.waiting.message).toBe("couldn't find key password in Secret ns-abcd1234/keys");
    cluster.patch('v1', 'Secret', 'keys', { stringData: { password: 'late' } });
    await cluster.pass(12);
    expect(main(cluster).state.running).toBeDefined();
  });

  test('of a volume hold the whole pod up', async () => {
    const cluster = new Cluster();
    cluster.create(keys);
    cluster.create(pod(spec));
    await cluster.pass(3);
    expect(cluster.said('one')).toContain(
      'FailedMount: MountVolume.SetUp failed for volume "config" : configmap "config" not found',
    );
    expect(main(cluster).state.waiting.reason).toBe('ContainerCreating');
  });
});

describe('probes', () => {
  const httpGet = { path: '/ready', port: 8000 };

  test('readiness follows its thresholds', async () => {
    let status = 503;
    const cluster = new Cluster({ script: { http: () => status } });
    const readinessProbe = { httpGet, periodSeconds: 5, failureThreshold: 2, successThreshold: 2 };
    cluster.create(pod({ containers: [container({ readinessProbe })] }));
    await cluster.pass(4);
    expect(isReady(cluster)).toBe(false);
    expect(cluster.said('one')).toContain('Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 503');
    status = 200;
    await cluster.pass(5);
    expect(isReady(cluster)).toBe(false);
    await cluster.pass(5);
    expect(isReady(cluster)).toBe(true);
    status = 500;
    await cluster.pass(5);
    expect(isReady(cluster)).toBe(true);
    await cluster.pass(5);
    expect(isReady(cluster)).toBe(false);
    expect(main(cluster).restartCount).toBe(0);
  });

  test('a container that is not alive is ended in peace and started again', async () => {
    const cluster = new Cluster({ script: { http: () => undefined } });
    const livenessProbe = { httpGet, periodSeconds: 5, failureThreshold: 2 };
    cluster.create(pod({ containers: [container({ livenessProbe })] }));
    await cluster.pass(10);
    expect(cluster.said('one')).toContain('Killing: Container main failed liveness probe, will be restarted');
    expect(cluster.world.started[0]?.stops).toEqual([30_000]);
    expect(main(cluster)).toMatchObject({ restartCount: 1, lastState: { terminated: { exitCode: 143 } } });
  });

  test('startup comes before the others', async () => {
    let status: number | undefined;
    const cluster = new Cluster({ script: { http: () => status } });
    const startupProbe = { httpGet, periodSeconds: 5, failureThreshold: 10 };
    const livenessProbe = { httpGet, periodSeconds: 1, failureThreshold: 1 };
    cluster.create(pod({ containers: [container({ startupProbe, livenessProbe })] }));
    await cluster.pass(20);
    expect(main(cluster)).toMatchObject({ started: false, restartCount: 0 });
    expect(cluster.said('one')).toContain(
      'Unhealthy: Startup probe failed: Get "http://10.244.0.2:8000/ready": dial tcp 10.244.0.2:8000: connect: connection refused',
    );
    status = 200;
    await cluster.pass(5);
    expect(main(cluster)).toMatchObject({ started: true, ready: true });
  });
});

test('init containers run in order, and a sidecar stays', async () => {
  const order: string[] = [];
  const script: Script = {
    onStart({ run, end }) {
      order.push(run.container);
      if (run.container.startsWith('init')) end(0);
    },
  };
  const cluster = new Cluster({ script });
  const initContainers = [
    container({ name: 'init-a' }),
    container({ name: 'side', restartPolicy: 'Always' }),
    container({ name: 'init-b' }),
  ];
  cluster.create(pod({ initContainers }));
  await cluster.pass(10);
  expect(order).toEqual(['init-a', 'side', 'init-b', 'main']);
  expect(one(cluster).status).toMatchObject({ phase: 'Running' });
  expect(isReady(cluster)).toBe(true);
});

test('an init container that fails is shown as such', async () => {
  const cluster = new Cluster({ script: { onStart: ({ end }) => end(2) } });
  cluster.create(pod({ initContainers: [container({ name: 'init' })] }));
  await cluster.pass(20);
  const [init] = one(cluster).status.initContainerStatuses;
  expect(init.state.waiting.reason).toBe('CrashLoopBackOff');
  expect(main(cluster).state.waiting.reason).toBe('PodInitializing');
  const initialized = one(cluster).status.conditions.find((each: Any) => each.type === 'Initialized');
  expect(initialized.message).toBe('containers with incomplete status: [init]');
});

test('a pod that is deleted gets its preStop and its grace, and is gone then', async () => {
  const asked: string[] = [];
  const cluster = new Cluster({ script: { exec: (_, command) => asked.push(command.join(' ')) * 0 } });
  const lifecycle = { preStop: { exec: { command: ['sh', '-c', 'sleep 5'] } } };
  cluster.create(pod({ containers: [container({ lifecycle })] }));
  await cluster.pass(3);
  const uid = one(cluster).metadata.uid;
  cluster.remove('v1', 'Pod', 'one');
  expect(one(cluster).metadata.deletionGracePeriodSeconds).toBe(30);
  await cluster.pass(3);
  expect(one(cluster)).toBeUndefined();
  expect(asked).toEqual(['sh -c sleep 5']);
  expect(cluster.world.started[0]?.stops).toEqual([30_000]);
  expect(cluster.world.forgotten).toEqual([uid]);
});

test('a pod that used too much disk is evicted', async () => {
  const cluster = new Cluster();
  cluster.create(pod());
  await cluster.pass(3);
  const message = 'Pod ephemeral local storage usage exceeds the total limit of containers 100Mi. ';
  cluster.controllers.evict('ns-abcd1234', 'one', message);
  await cluster.pass(2);
  expect(one(cluster).status).toMatchObject({ phase: 'Failed', reason: 'Evicted', message });
});

test.each([
  [{ resources: { limits: { cpu: '15', memory: '1Gi', 'ephemeral-storage': '1Gi' } } }, 3, 'Insufficient cpu'],
])('a pod that fits nowhere waits for room', async (more, count, why) => {
  const cluster = new Cluster();
  cluster.patch('v1', 'ResourceQuota', 'quota-ns-abcd1234', { spec: { hard: { 'limits.cpu': '100' } } });
  for (let each = 0; each < count; each++)
    cluster.create({ ...pod({ containers: [container(more)] }), metadata: { name: `pod-${each}` } });
  await cluster.pass(3);
  expect(cluster.said('pod-2')).toContain(
    `FailedScheduling: 0/1 nodes are available: 1 ${why}. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.`,
  );
  cluster.remove('v1', 'Pod', 'pod-0');
  await cluster.pass(5);
  expect(cluster.find('v1', 'Pod', 'pod-2').status.phase).toBe('Running');
});

test('after a restart of the sandbox containers run again, silently', async () => {
  const clock = new TestClock();
  const before = new Cluster({ clock });
  before.create(pod());
  await before.pass(3);
  before.ending.abort();
  const [said, was] = [before.said('one').length, main(before)];
  const after = new Cluster({ clock, store: before.store });
  await after.pass(3);
  expect(after.world.started.map(({ run }) => [run.container, run.restartCount])).toEqual([['main', 0]]);
  expect(main(after)).toEqual(was);
  expect(after.said('one')).toHaveLength(said);
});

import { describe, expect, test } from 'vitest';
import { dictionaries } from '../../source/messages/index.ts';
import { rootCause } from '../../source/observe/cause.ts';
import { lastWords } from '../../source/observe/crash-lines.ts';
import { currentRelease, manifests } from '../../source/stack/manifests.ts';
import { mirrored } from '../../source/stack/model.ts';
import type { KubeObject } from '../../source/stack/types.ts';
import { at, crashed, deployment, event, pod, snapshotOf } from './objects.ts';

const notReady = { readyReplicas: 0, availableReplicas: 0 };
const plugins = deployment('plugins', 'posthog-plugins', notReady);
const replicaSet: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name: 'posthog-plugins-1', labels: { 'posthog-sealos/component': 'plugins' } },
};
const done: KubeObject = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'posthog-migrate-1', labels: { 'posthog-sealos/component': 'migrate' } },
  status: { conditions: [{ type: 'Complete', status: 'True' }] },
};
const world = { Deployment: [plugins], ReplicaSet: [replicaSet], Job: [done] };
const name = 'posthog-plugins-1-a';
const waiting = (reason: string, message = '') => ({ state: { waiting: { reason, message } } });
const cause = (objects: Parameters<typeof snapshotOf>[0], lines: Record<string, string> = {}) =>
  rootCause('plugins', snapshotOf({ ...world, ...objects }, lines), { phaseStartedAt: at - 600_000 });

describe('the one cause that matters', () => {
  test.each([
    [
      'debt',
      { ResourceQuota: [{ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'debt-limit0' } }] },
      undefined,
    ],
    [
      'quota',
      {
        Event: [
          event(
            'ReplicaSet',
            'posthog-plugins-1',
            'FailedCreate',
            'pods "x" is forbidden: exceeded quota: quota-ns-a, requested: pods=1, used: pods=20, limited: pods=20',
          ),
        ],
      },
      'wait',
    ],
    [
      'limit-range',
      {
        Event: [
          event(
            'ReplicaSet',
            'posthog-plugins-1',
            'FailedCreate',
            'maximum cpu usage per Container is 1, but limit is 2',
          ),
        ],
      },
      undefined,
    ],
    [
      'pod-security',
      { Event: [event('ReplicaSet', 'posthog-plugins-1', 'FailedCreate', 'violates PodSecurity "baseline:v1.25"')] },
      undefined,
    ],
    ['image-missing', { Pod: [pod('plugins', name, [waiting('ErrImagePull', 'manifest unknown')])] }, 'mirror'],
    ['image-pull', { Pod: [pod('plugins', name, [waiting('ImagePullBackOff', 'dial tcp: i/o timeout')])] }, 'mirror'],
    [
      'unschedulable',
      {
        Pod: [
          pod('plugins', name, [], {
            status: {
              phase: 'Pending',
              conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes' }],
            },
          }),
        ],
      },
      undefined,
    ],
    [
      'secret-missing',
      { Pod: [pod('plugins', name, [waiting('CreateContainerConfigError', 'secret "posthog-env" not found')])] },
      undefined,
    ],
    ['oom', { Pod: [pod('plugins', name, [crashed(3, { reason: 'OOMKilled', exitCode: 137 })])] }, undefined],
    [
      'evicted',
      {
        Pod: [
          pod('plugins', name, [], {
            status: { phase: 'Failed', reason: 'Evicted', message: 'Pod ephemeral local storage usage exceeds' },
          }),
        ],
      },
      undefined,
    ],
    ['crash', { Pod: [pod('plugins', name, [crashed(3)])] }, 'restart'],
    ['pulling', { Pod: [pod('plugins', name, [waiting('ContainerCreating')])] }, 'wait'],
    ['starting', { Pod: [pod('plugins', name, [{ state: { running: {} } }], { ageS: 5 })] }, 'wait'],
  ])('%s', (id, objects, fix) => {
    const found = cause(objects as unknown as Parameters<typeof snapshotOf>[0]);
    expect(found?.id).toBe(id);
    expect(found?.fix).toBe(fix);
    for (const language of ['en', 'zh'] as const) expect(found?.message(dictionaries[language])).toMatch(/\S/);
  });

  test.each([
    [
      '[MAIN] Redis error encountered! WRONGPASS invalid username-password pair',
      'redis-auth',
      'cannot reach Redis: wrong password',
    ],
    [
      'FATAL: password authentication failed for user "postgres"',
      'database-auth',
      'cannot reach PostgreSQL: wrong password',
    ],
    ['TypeError: x is undefined', 'crash', 'ends again and again'],
  ])('a crash that says "%s"', (line, id, words) => {
    const found = cause({ Pod: [pod('plugins', name, [crashed(3)])] }, { [`${name}/main/3`]: line });
    expect(found?.id).toBe(id);
    expect(found?.message(dictionaries.en)).toContain(words);
    expect(found?.evidence[0]).toContain(line);
  });

  test('quota outranks what its own pods say', () => {
    const found = cause({
      Pod: [pod('plugins', name, [crashed(3)], { ageS: 100 })],
      Event: [
        event(
          'ReplicaSet',
          'posthog-plugins-1',
          'FailedCreate',
          'exceeded quota: q, requested: limits.cpu=2, used: limits.cpu=15, limited: limits.cpu=16',
        ),
      ],
    });
    expect(found?.id).toBe('quota');
    expect(found?.message(dictionaries.en)).toContain('enlarges this by itself');
  });

  test('a ready component has none', () => {
    expect(
      rootCause('plugins', snapshotOf({ ...world, Deployment: [deployment('plugins', 'posthog-plugins')] }), {
        phaseStartedAt: 0,
      }),
    ).toBeUndefined();
  });
});

describe('what is no cause', () => {
  test('a refusal from before the pods that are here now', () => {
    const old = event(
      'ReplicaSet',
      'posthog-plugins-1',
      'FailedCreate',
      'exceeded quota: q, requested: pods=1, used: pods=20, limited: pods=20',
      300,
    );
    expect(cause({ Pod: [pod('plugins', name, [{ state: { running: {} } }], { ageS: 60 })], Event: [old] })?.id).toBe(
      'starting',
    );
  });

  test('events of a pod that is gone', () => {
    expect(cause({ Event: [event('Pod', 'posthog-plugins-0-z', 'Unhealthy', 'Readiness probe failed')] })?.id).toBe(
      'starting',
    );
  });

  test('a crash while what it needs is not there yet: that is named instead', () => {
    const running = { ...done, status: { conditions: [] } };
    const found = cause({ Job: [running], Pod: [pod('plugins', name, [crashed(4)])] });
    expect(found?.id).toBe('dependency');
    expect(found?.message(dictionaries.en)).toContain('migrate');
  });

  test('the first restart of a young phase', () => {
    const young = rootCause('plugins', snapshotOf({ ...world, Pod: [pod('plugins', name, [crashed(1)])] }), {
      phaseStartedAt: at - 10_000,
    });
    expect(young?.id).toBe('starting');
  });

  test('a volume that waits for its first pod', () => {
    const claim: KubeObject = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data-posthog-kafka-0' },
      status: { phase: 'Pending' },
    };
    const set: KubeObject = {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'posthog-kafka' },
      spec: { replicas: 1 },
    };
    const found = rootCause(
      'kafka',
      snapshotOf({
        StatefulSet: [set],
        PersistentVolumeClaim: [claim],
        Event: [
          event('PersistentVolumeClaim', 'data-posthog-kafka-0', 'WaitForFirstConsumer', 'waiting for first consumer'),
        ],
      }),
      { phaseStartedAt: 0 },
    );
    expect(found?.id).toBe('starting');
  });
});

test.each([
  ['INFO start\nERROR Redis error encountered!\n\n', 'ERROR Redis error encountered!'],
  ['Traceback (most recent call last):\n  File "x"\nValueError: no', 'Traceback (most recent call last):'],
  ['WRONGPASS invalid username-password pair\nEnough of this, I quit!', 'WRONGPASS invalid username-password pair'],
  ['one\ntwo\n', 'two'],
  ['', ''],
])('the words that say why are chosen: case %#', (log, words) => {
  expect(lastWords(log)).toBe(words);
});

describe('an image that cannot be fetched', () => {
  const failed = event('Pod', name, 'Failed', 'Failed to pull image "x": dial tcp: i/o timeout');
  const found = (reason: string, image: string) =>
    cause({
      Pod: [pod('plugins', name, [waiting(reason)], { image })],
      Event: [failed],
    });

  test('is one cause, however the kubelet alternates between the pull and the pause', () => {
    expect(found('ErrImagePull', 'x')?.evidence).toEqual(found('ImagePullBackOff', 'x')?.evidence);
  });

  test('is told by what the registry said, not by the kubelet giving up', () => {
    const image = 'ghcr.io/x/y:1@sha256:aa';
    const found = cause({
      Pod: [pod('plugins', name, [waiting('ImagePullBackOff')])],
      Event: [
        event('Pod', name, 'Failed', 'Error: ImagePullBackOff'),
        event('Pod', name, 'Failed', `Failed to pull image "${image}": not found`),
      ],
    });
    expect(found).toMatchObject({ id: 'image-missing', evidence: [expect.stringContaining('not found')] });
  });

  test('from a mirror is told as the mirror', () => {
    const [shipped = ''] = Object.values(manifests.releases[currentRelease]?.images ?? {});
    const mirror = mirrored(shipped, { [shipped.split('/')[0] ?? '']: 'mirror.example.com' });
    expect(mirror).not.toBe(shipped);
    expect(found('ErrImagePull', mirror)?.message(dictionaries.en)).toBe(dictionaries.en.cause.imageMirror(mirror));
    expect(found('ErrImagePull', shipped)?.message(dictionaries.en)).toBe(dictionaries.en.cause.imagePull(shipped));
  });
});

type Objects = Parameters<typeof snapshotOf>[0];
const refused = (message: string, reason = 'FailedCreate', secondsAgo = 10) =>
  event('ReplicaSet', 'posthog-plugins-1', reason, message, secondsAgo);
const exceeded = (requested: string) => {
  const each = (amount: number) => requested.replace(/=\d+/g, `=${amount}`);
  return `exceeded quota: q, requested: ${requested}, used: ${each(9)}, limited: ${each(10)}`;
};
const running = { state: { running: {} } };
const condition = (type: string, status: string, reason = 'R', message = 'M', lastTransitionTime?: string) => ({
  type,
  status,
  reason,
  message,
  ...(lastTransitionTime === undefined ? {} : { lastTransitionTime }),
});
const raw = (apiVersion: string, kind: string, own: string, status: object): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name: own },
  status,
});
const causeOf = (id: Parameters<typeof rootCause>[0], objects: Objects, lines: Record<string, string> = {}) =>
  rootCause(id, snapshotOf(objects, lines), { phaseStartedAt: at - 600_000 });

describe('words of the API server', () => {
  test.each([
    ['requests.storage=5Gi', 1, 'disk: 5Gi more asked, 9Gi of 10Gi taken'],
    [
      'limits.cpu=2,limits.memory=4Gi',
      1,
      'CPU: 2 more asked, 9 of 10 taken; memory: 4Gi more asked, 9Gi of 10Gi taken',
    ],
    ['requests.cpu=2', 1, 'CPU: 2 more asked, 9 of 10 taken'],
    ['limits.cpu=11', 1, 'CPU: 11 more asked, 9 of 10 taken'],
    ['limits.cpu=12', 2, 'CPU: 12 more asked, 9 of 10 taken'],
    [
      'limits.cpu=2,limits.memory=32Gi',
      3,
      'CPU: 2 more asked, 9 of 10 taken; memory: 32Gi more asked, 9Gi of 10Gi taken',
    ],
    ['limits.cpu=200', undefined, 'CPU: 200 more asked, 9 of 10 taken'],
    ['pods=1', undefined, 'pods: 1 more asked, 9 of 10 taken'],
    ['limits.cpu=2,pods=1', undefined, 'CPU: 2 more asked, 9 of 10 taken; pods: 1 more asked, 9 of 10 taken'],
    ['limits.ephemeral-storage=2Gi', undefined, 'limits.ephemeral-storage: 2Gi more asked, 9Gi of 10Gi taken'],
  ])('a quota too small by %s: the platform takes %s days to enlarge it', (requested, days, names) => {
    const { quota, quotaDays, quotaHeals } = dictionaries.en.cause;
    const expected = days === undefined ? quota(names) : days > 1 ? quotaDays(names, days) : quotaHeals(names);
    expect(cause({ Event: [refused(exceeded(requested))] })?.message(dictionaries.en)).toBe(expected);
  });

  test('a quota beside another one is not enlarged', () => {
    const quotas = ['quota-ns-a', 'own'].map((name) => ({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name },
    }));
    const found = cause({ Event: [refused(exceeded('limits.cpu=1'))], ResourceQuota: quotas });
    expect(found?.message(dictionaries.en)).toBe(dictionaries.en.cause.quota('CPU: 1 more asked, 9 of 10 taken'));
  });

  test('CPU is told in cores, whichever way the API server says it', () => {
    const refusal = exceeded('limits.cpu=2')
      .replace('requested: limits.cpu=2', 'requested: limits.cpu=1500m')
      .replace('used: limits.cpu=9', 'used: limits.cpu=9050m');
    expect(cause({ Event: [refused(refusal)] })?.message(dictionaries.en)).toContain(
      'CPU: 1.5 more asked, 9.05 of 10 taken',
    );
  });

  test.each([
    [23, 'quotaEnlarged'],
    [25, 'quotaHeals'],
  ] as const)('a quota that was enlarged %i hours ago: %s', (hours, text) => {
    const labels = { 'last-quota-update': String(Math.floor((at - hours * 3_600_000) / 1000)) };
    const found = cause({
      Event: [event('ReplicaSet', 'posthog-plugins-1', 'FailedCreate', exceeded('limits.cpu=1'))],
      ResourceQuota: [{ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'quota-ns-a', labels } }],
    });
    expect(found?.message(dictionaries.en)).toBe(dictionaries.en.cause[text]('CPU: 1 more asked, 9 of 10 taken'));
  });

  test.each([
    ['8', '10', 'starting'],
    ['9', '10', 'quota'],
    ['9', '16', 'starting'],
    [undefined, '16', 'starting'],
    ['9', undefined, 'quota'],
  ])('a quota of which %s of %s are taken by now: %s', (used, hard, id) => {
    const ResourceQuota = [
      raw('v1', 'ResourceQuota', 'q', {
        hard: hard === undefined ? {} : { 'limits.cpu': hard },
        used: used === undefined ? {} : { 'limits.cpu': used },
      }),
    ];
    expect(cause({ Event: [refused(exceeded('limits.cpu=2'))], ResourceQuota })?.id).toBe(id);
    expect(cause({ Event: [refused(exceeded('limits.cpu=lots'))], ResourceQuota })?.id).toBe('quota');
    // Another one's room is none.
    const others = ResourceQuota.map((each) => ({ ...each, metadata: { name: 'other' } }));
    expect(cause({ Event: [refused(exceeded('limits.cpu=2'))], ResourceQuota: others })?.id).toBe('quota');
  });

  test('a quota that does not say what it lacks is not said to enlarge itself', () => {
    expect(cause({ Event: [refused('exceeded quota: q')] })?.message(dictionaries.en)).toBe(
      dictionaries.en.cause.quota(''),
    );
  });

  test.each([
    ['admission webhook denied the request: 40001: account balance less than 0', 'debt'],
    ['exceeded quota: debt-limit0, requested: limits.cpu=2, used: limits.cpu=0, limited: limits.cpu=0', 'debt'],
    ['Invalid value: "2": must be less than or equal to memory limit', 'limit-range'],
    ['maximum ephemeral-storage usage per Pod is 1Gi, but limit is 2Gi', 'limit-range'],
    ['pods is forbidden: User "system:x" cannot create resource', 'rights'],
    ['something new', 'starting'],
  ])('%s is %s', (message, id) => {
    expect(cause({ Event: [refused(message)] })?.id).toBe(id);
  });

  test.each([
    ['FailedCreate', 'quota'],
    ['FailedCreatePod', 'quota'],
    ['Failed', 'quota'],
    ['FailedMount', 'starting'],
  ])('as a %s it is %s', (reason, id) => {
    expect(cause({ Event: [refused(exceeded('pods=1'), reason)] })?.id).toBe(id);
  });

  test('the last of them counts', () => {
    const events = [refused('exceeded quota: first', 'FailedCreate', 90), refused('exceeded quota: last')];
    for (const Event of [events, events.toReversed()])
      expect(cause({ Event })?.evidence).toEqual(['ReplicaSet/posthog-plugins-1: FailedCreate: exceeded quota: last']);
  });
});

describe('pods that cannot start', () => {
  const stuck = (reason: string, message: string, Event: KubeObject[] = []) =>
    cause({ Pod: [pod('plugins', name, [waiting(reason, message)], { image: 'x' })], Event });

  test.each([
    ['ErrImagePull', 'repository name unknown', 'image-missing'],
    ['ErrImagePull', 'repository does not exist', 'image-missing'],
    ['InvalidImageName', '', 'image-missing'],
    ['ErrImageNeverPull', '', 'image-missing'],
    ['RegistryUnavailable', 'no route', 'image-pull'],
    ['ImageInspectError', 'broken', 'image-pull'],
    ['CreateContainerConfigError', 'configmap "posthog-config" not found', 'config-missing'],
    ['CreateContainerError', 'context deadline exceeded', 'config-missing'],
    ['CreateContainerConfigError', 'secret "posthog-env" not found', 'secret-missing'],
    ['CreateContainerConfigError', "couldn't find key A in ConfigMap ns-abcd1234/posthog-secret", 'config-missing'],
    ['CreateContainerConfigError', "couldn't find key A in Secret ns-abcd1234/posthog-env", 'secret-missing'],
    ['PodInitializing', '', 'pulling'],
    ['ContainerCreating', '', 'pulling'],
  ])('%s: %s', (reason, message, id) => {
    expect(stuck(reason, message)?.id).toBe(id);
  });

  test('a registry that counts is told as such', () => {
    for (const words of ['toomanyrequests: slow down', 'You have reached your pull rate limit'])
      expect(stuck('ErrImagePull', words)?.message(dictionaries.en)).toBe(dictionaries.en.cause.imageLimited('x'));
  });

  test('why is what the pull said, not the pause after it, nor what another pod said', () => {
    const pull = (own: string, message: string, secondsAgo: number) =>
      event('Pod', own, message.split(' ')[0] ?? '', message, secondsAgo);
    const other = `${name}-other`;
    const found = cause({
      Pod: [
        pod('plugins', name, [waiting('ImagePullBackOff')], { image: 'x' }),
        pod('plugins', other, [running], { image: 'x' }),
      ],
      Event: [
        pull(name, 'Back-off pulling image "x": not found', 1),
        pull(name, 'Pulling image "x": not found', 2),
        pull(other, 'Failed to pull image "x": not found', 3),
        pull(name, 'Failed to pull image "x": i/o timeout', 4),
      ],
    });
    expect(found).toMatchObject({ id: 'image-pull', evidence: [expect.stringContaining('i/o timeout')] });
  });

  test('the image of an init container is named', () => {
    const status = { initContainerStatuses: [{ name: 'geoip', ...waiting('ErrImagePull', 'not found') }] };
    const made = pod('plugins', name, [], { status });
    const spec = { initContainers: [{ name: 'geoip', image: 'geo' }], containers: [{ name: 'main', image: 'x' }] };
    expect(cause({ Pod: [{ ...made, spec }] })?.message(dictionaries.en)).toBe(
      dictionaries.en.cause.imageMissing('geo'),
    );
  });

  test('pulling is over as soon as one pod runs', () => {
    const pods = [pod('plugins', name, [waiting('ContainerCreating')]), pod('plugins', `${name}2`, [running])];
    expect(cause({ Pod: pods })?.id).toBe('starting');
    expect(cause({ Pod: pods.slice(0, 1) })?.id).toBe('pulling');
    expect(cause({ Pod: [] })?.id).toBe('starting');
  });

  test('a pod whose volume is not made waits for the volume, not for a node', () => {
    const message = '0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.';
    const conditions = [{ ...condition('PodScheduled', 'False', 'Unschedulable'), message }];
    const claim = raw('v1', 'PersistentVolumeClaim', 'data-posthog-zookeeper-0', { phase: 'Pending' });
    const waiting = pod('zookeeper', 'posthog-zookeeper-0', [], { status: { conditions } });
    expect(causeOf('zookeeper', { Pod: [waiting], PersistentVolumeClaim: [claim] })?.id).toBe('volume-pending');
    expect(causeOf('zookeeper', { Pod: [waiting] })?.id).toBe('unschedulable');
  });

  test('a pod that is held back on purpose is not out of room', () => {
    const conditions = [condition('PodScheduled', 'False', 'SchedulingGated')];
    expect(cause({ Pod: [pod('plugins', name, [], { status: { conditions } })] })?.id).toBe('starting');
  });
});

test.each([
  ['{"level":"error","msg":"Redis error: WRONGPASS"}', 'Redis error: WRONGPASS'],
  ['{"event":"Cannot connect to redis: refused","pid":1}', 'Cannot connect to redis: refused'],
  ['{"error":1}', '{"error":1}'],
  ['{broken error', '{broken error'],
])('the last words in %s are %s', (line, words) => {
  expect(lastWords(`started\n${line}\n`)).toBe(words);
});

describe('pods that ended', () => {
  test.each([
    ['NOAUTH Authentication required.', 'redis-auth', 'secret-value'],
    ['ERR invalid username-password pair or user is disabled.', 'redis-auth', 'secret-value'],
    ['password authentication failed for user "posthog"', 'database-auth', 'secret-value'],
  ])('%s', (line, id, fix) => {
    const found = cause({ Pod: [pod('plugins', name, [crashed(3)])] }, { [`${name}/main/3`]: line });
    expect(found).toMatchObject({ id, fix });
  });

  test('keep the words of the crash before while the newest are fetched', () => {
    const found = cause({ Pod: [pod('plugins', name, [crashed(5)])] }, { [`${name}/main/4`]: 'WRONGPASS no' });
    expect(found).toMatchObject({ id: 'redis-auth', evidence: [expect.stringContaining('WRONGPASS no')] });
  });

  test('of a Job that has failed for good are heard though they are gone', () => {
    const job = {
      ...raw('batch/v1', 'Job', 'posthog-db-init-1', {
        conditions: [condition('Failed', 'True', 'BackoffLimitExceeded')],
      }),
      metadata: { name: 'posthog-db-init-1', labels: { 'posthog-sealos/component': 'db-init' } },
    };
    const words = { 'posthog-db-init-1-x7k2p/main/3': 'ERROR: permission denied to create database' };
    const found = rootCause('db-init', snapshotOf({ Job: [job] }, words), { phaseStartedAt: at - 600_000 });
    expect(found).toMatchObject({
      id: 'job-failed',
      evidence: ['ERROR: permission denied to create database', expect.any(String)],
    });
  });

  test('evicted ones count though they are on their way out; others that leave do not', () => {
    const evicted = { phase: 'Failed', reason: 'Evicted', message: 'disk' };
    expect(cause({ Pod: [pod('plugins', name, [], { status: evicted, deleted: true })] })?.id).toBe('evicted');
    expect(cause({ Pod: [pod('plugins', name, [crashed(3)], { deleted: true })] })?.id).toBe('starting');
  });

  test('a Job’s pod is not started again by a fix', () => {
    const job = {
      ...raw('batch/v1', 'Job', 'posthog-db-init-1', {}),
      metadata: { name: 'posthog-db-init-1', labels: { 'posthog-sealos/component': 'db-init' } },
    };
    const found = causeOf('db-init', { Job: [job], Pod: [pod('db-init', 'posthog-db-init-1-a', [crashed(3)])] });
    expect(found?.id).toBe('crash');
    expect(found).not.toHaveProperty('fix');
  });
});

describe('a failing probe', () => {
  const unhealthy = (reason = 'Unhealthy') => event('Pod', name, reason, 'Readiness probe failed');
  const found = (ageS: number, objects: Objects = {}) =>
    cause({ Pod: [pod('plugins', name, [running], { ageS })], Event: [unhealthy()], ...objects });

  test('is a cause after three minutes, and restarting may help', () => {
    expect(found(181)).toMatchObject({ id: 'probe', fix: 'restart', evidence: [expect.stringContaining('Unhealthy')] });
    expect(found(179)?.id).toBe('starting');
  });

  test('is none while what it needs is not there, nor is any other event', () => {
    expect(found(600, { Job: [{ ...done, status: { conditions: [] } }] })?.id).toBe('dependency');
    expect(found(600, { Event: [unhealthy('Pulled')] })?.id).toBe('starting');
  });
});

describe('when it began, where the log may tell more of it', () => {
  const stampOf = (secondsAgo: number) => new Date(at - secondsAgo * 1000).toISOString();
  const unready = (secondsAgo: number) => ({
    conditions: [condition('Ready', 'False', '', '', stampOf(secondsAgo))],
  });
  const failing = (since: number) => ({
    ...event('Pod', name, 'Unhealthy', 'Readiness probe failed', 5),
    firstTimestamp: stampOf(since),
  });

  test.each([
    ['has never succeeded: with its first failure', unready(600), 580, 580],
    ['has failed at the start, too: when the pod was not ready any more', unready(200), 580, 200],
    ['has failed before the pod was not ready: with that', unready(200), 220, 200],
    ['of a pod that tells no time', {}, 220, 220],
  ])('a probe that %s', (_, status, since, began) => {
    const found = cause({ Pod: [pod('plugins', name, [running], { status })], Event: [failing(since)] });
    expect(found).toMatchObject({ id: 'probe', began: { ms: at - began * 1000, pod: name } });
  });

  const evicted = { phase: 'Failed', reason: 'Evicted', message: 'usage exceeds' };
  test.each([
    ['as the pod tells it', unready(90), [], at - 90_000],
    ['as its event tells it', {}, [event('Pod', name, 'Evicted', 'usage exceeds', 80)], at - 80_000],
  ])('an eviction, %s', (_, status, Event, ms) => {
    const found = cause({ Pod: [pod('plugins', name, [], { status: { ...evicted, ...status } })], Event });
    expect(found).toMatchObject({ id: 'evicted', began: { ms, pod: name } });
  });

  test('an eviction that tells no time', () => {
    expect(cause({ Pod: [pod('plugins', name, [], { status: evicted })] })).not.toHaveProperty('began');
  });

  test('a Job that has failed', () => {
    const job = (time?: string) => ({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'm', labels: { 'posthog-sealos/component': 'migrate' } },
      status: { conditions: [condition('Failed', 'True', 'BackoffLimitExceeded', 'too often', time)] },
    });
    expect(causeOf('migrate', { Job: [job(stampOf(30))] })?.began).toEqual({ ms: at - 30_000 });
    expect(causeOf('migrate', { Job: [job()] })).not.toHaveProperty('began');
  });
});

describe('a Job', () => {
  const migrate = (own: string, minute: number, status: object): KubeObject => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: own,
      creationTimestamp: `2026-01-01T00:0${minute}:00Z`,
      labels: { 'posthog-sealos/component': 'migrate' },
    },
    status,
  });
  const failed = (status: string) => ({
    conditions: [condition('Failed', status, 'BackoffLimitExceeded', 'too often')],
  });

  test('that failed can be made anew', () => {
    expect(causeOf('migrate', { Job: [migrate('m', 1, failed('True'))] })).toMatchObject({
      id: 'job-failed',
      fix: 'recreate-job',
      evidence: ['Job/m: BackoffLimitExceeded: too often'],
    });
    expect(causeOf('migrate', { Job: [migrate('m', 1, failed('False'))] })?.id).toBe('starting');
  });

  test('is the newest of its kind', () => {
    const old = migrate('old', 1, failed('True'));
    const complete = migrate('new', 2, { conditions: [condition('Complete', 'True')] });
    for (const Job of [
      [old, complete],
      [complete, old],
    ])
      expect(causeOf('migrate', { Job })).toBeUndefined();
  });

  test('that was never made is not waited for: instances of the template have none', () => {
    expect(cause({ Job: [] })?.id).toBe('starting');
  });
});

describe('what the platform makes', () => {
  const database = (status: object) => ({
    Cluster: [raw('apps.kubeblocks.io/v1alpha1', 'Cluster', 'posthog-pg', status)],
  });

  test.each(['Failed', 'Abnormal'])('a database that is %s, with what its parts say', (phase) => {
    const components = {
      postgresql: { phase: 'Failed', message: { 'Pod/x': 'no disk' } },
      other: { phase: 'Running' },
    };
    expect(causeOf('postgres', database({ phase, message: 'bad', components }))).toMatchObject({
      id: 'database-failed',
      evidence: [`Cluster/posthog-pg: ${phase}: bad`, 'postgresql Failed: Pod/x: no disk'],
    });
  });

  test('a database on its way is no failure', () => {
    expect(causeOf('postgres', database({ phase: 'Updating' }))?.id).toBe('starting');
  });

  test('a version that this cluster does not offer', () => {
    const provisioning = (status: string) => database({ conditions: [condition('ProvisioningStarted', status)] });
    expect(causeOf('postgres', provisioning('False'))).toMatchObject({
      id: 'database-version',
      evidence: ['Cluster/posthog-pg: R: M'],
    });
    expect(causeOf('postgres', provisioning('True'))?.id).toBe('starting');
  });

  test('a bucket whose keys are not there yet', () => {
    const made = raw('objectstorage.sealos.io/v1', 'ObjectStorageBucket', 'posthog', {});
    expect(causeOf('bucket', { Bucket: [made] })).toMatchObject({
      id: 'bucket-waiting',
      evidence: ['ObjectStorageBucket/posthog'],
    });
    expect(causeOf('bucket', {})?.id).toBe('starting');
  });
});

describe('a disk', () => {
  const claim = (own: string, phase: string) => raw('v1', 'PersistentVolumeClaim', own, { phase });
  const data = 'data-posthog-kafka-0';
  const set: KubeObject = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'posthog-kafka' },
    spec: { replicas: 1 },
  };
  const kafka = (objects: Objects) =>
    causeOf('kafka', { StatefulSet: [set], Pod: [pod('kafka', 'posthog-kafka-0', [])], ...objects })?.id;
  const provisioning = (own: string) => event('PersistentVolumeClaim', own, 'ProvisioningFailed', 'no space');
  const mounting = (reason: string, secondsAgo: number) =>
    event('Pod', 'posthog-kafka-0', reason, 'timed out', secondsAgo);

  test.each([
    ['cannot be made', { PersistentVolumeClaim: [claim(data, 'Pending')], Event: [provisioning(data)] }, true],
    [
      'could not be made at first',
      { PersistentVolumeClaim: [claim(data, 'Bound')], Event: [provisioning(data)] },
      false,
    ],
    [
      'waits, and another once failed',
      {
        PersistentVolumeClaim: [claim(data, 'Pending'), claim('log-posthog-kafka-0', 'Bound')],
        Event: [provisioning('log-posthog-kafka-0')],
      },
      false,
    ],
    ['cannot be mounted', { Event: [mounting('FailedMount', 119)] }, true],
    ['cannot be attached', { Event: [mounting('FailedAttachVolume', 119)] }, true],
    ['could not be mounted two minutes ago', { Event: [mounting('FailedMount', 121)] }, false],
  ])('that %s', (_, objects, isCause) => {
    expect(kafka(objects) === 'volume-pending').toBe(isCause);
  });
});

test('what a container left as its last message gives nothing away', () => {
  const message = 'cannot reach redis://:hunter2@redis:6379';
  const pods = [pod('plugins', name, [crashed(5, { message })])];
  const evidence = cause({ Pod: pods })?.evidence.join('\n');
  expect(evidence).toContain('redis://:(hidden)@redis');
});

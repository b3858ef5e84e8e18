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

  test('from a mirror is told as the mirror', () => {
    const [shipped = ''] = Object.values(manifests.releases[currentRelease]?.images ?? {});
    const mirror = mirrored(shipped, { [shipped.split('/')[0] ?? '']: 'mirror.example.com' });
    expect(mirror).not.toBe(shipped);
    expect(found('ErrImagePull', mirror)?.message(dictionaries.en)).toBe(dictionaries.en.cause.imageMirror(mirror));
    expect(found('ErrImagePull', shipped)?.message(dictionaries.en)).toBe(dictionaries.en.cause.imagePull(shipped));
  });
});

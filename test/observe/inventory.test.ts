/** Objects and events as the console lists them. */
import { describe, expect, test } from 'vitest';
import { describeObject } from '../../source/observe/describe.ts';
import { eventsAbout, happeningsOf } from '../../source/observe/happenings.ts';
import { inventoryOf } from '../../source/observe/inventory.ts';
import { partOf } from '../../source/observe/part-of.ts';
import type { ObservedKind } from '../../source/observe/types.ts';
import type { KubeObject } from '../../source/stack/types.ts';
import { backOff, seen, thing } from '../support/instance.ts';
import { crashed, deployment, pod, snapshotOf } from './objects.ts';

describe('the part of an object', () => {
  test.each([
    ['Deployment', 'posthog', 'web'],
    ['Ingress', 'posthog', 'ingress'],
    ['ObjectStorageBucket', 'posthog', 'bucket'],
    ['App', 'posthog', 'app'],
    ['Instance', 'posthog', undefined],
    ['Pod', 'posthog-7c9f6d8b5-x2x4q', 'web'],
    ['Pod', 'posthog-replay-ingestion-6d8f7c9b5d-abcde', 'replay-ingestion'],
    ['Pod', 'posthog-pg-postgresql-0', 'postgres'],
    ['PersistentVolumeClaim', 'data-posthog-kafka-0', 'kafka'],
    ['PersistentVolumeClaim', 'data-posthog-redis-redis-0', 'redis'],
    ['Job', 'posthog-kafka-init-1a2b3c', 'topics'],
    ['Secret', 'posthog-pg-conn-credential', 'postgres'],
    ['Secret', 'object-storage-key-1a2b-posthog', 'bucket'],
    ['Secret', 'posthog-admin', undefined],
    ['ConfigMap', 'posthog-gone', undefined],
    ['Deployment', 'posthog-kafkaesque', undefined],
  ])('%s %s is %s', (kind, name, part) => {
    expect(partOf({ kind, metadata: { name } }, 'posthog')).toBe(part);
  });

  test('is what its label says, whatever its name', () => {
    const labelled = (part: string) => ({
      kind: 'Pod',
      metadata: { name: 'posthog-web-0', labels: { 'posthog-sealos/component': part } },
    });
    expect(partOf(labelled('worker'), 'posthog')).toBe('worker');
    expect(partOf(labelled('instance'), 'posthog')).toBeUndefined();
    expect(partOf(labelled('of-a-later-version'), 'posthog')).toBeUndefined();
  });
});

describe('how an object is', () => {
  const of = (kind: ObservedKind, object: KubeObject) => {
    const [only] = inventoryOf(snapshotOf({ [kind]: [object] }));
    return [only?.state, only?.word, only?.ready];
  };
  const running = { ready: true, state: { running: {} } };

  test.each([
    ['ready', 'Running', '2/2', { containers: [running, { ...running, name: 'side' }] }],
    ['running', 'Running', '1/2', { containers: [running, { name: 'side' }] }],
    ['failed', 'CrashLoopBackOff', '0/1', { containers: [crashed(3)] }],
    ['failed', 'ErrImagePull', '0/1', { containers: [{ state: { waiting: { reason: 'ErrImagePull' } } }] }],
    [
      'running',
      'Pending',
      '0/1',
      { containers: [{ state: { waiting: { reason: 'PodInitializing' } } }], phase: 'Pending' },
    ],
    ['ready', 'Succeeded', '', { containers: [{ ready: false }], phase: 'Succeeded' }],
    ['failed', 'Evicted', '0/1', { containers: [{}], phase: 'Failed', reason: 'Evicted' }],
  ])('a pod is %s: %s %s', (state, word, ready, { containers, ...status }) => {
    const full = {
      phase: 'Running',
      ...status,
      containerStatuses: containers.map((each) => ({ name: 'main', ...each })),
    };
    expect(of('Pod', pod('web', 'posthog-x', [], { status: full }))).toEqual([state, word, ready]);
  });

  test.each([
    ['Cluster', { status: { phase: 'Running' } }, ['ready', 'Running', '']],
    ['Cluster', { status: { phase: 'Stopped' } }, ['waiting', 'Stopped', '']],
    ['PersistentVolumeClaim', { status: { phase: 'Pending' } }, ['running', 'Pending', '']],
    ['PersistentVolumeClaim', { status: { phase: 'Lost' } }, ['failed', 'Lost', '']],
    ['Job', { status: { conditions: [{ type: 'Failed', status: 'True' }] } }, ['failed', '', '']],
    ['Service', {}, [undefined, '', '']],
  ] as const)('a %s with %j is %j', (kind, rest, wanted) => {
    expect(of(kind, thing(kind, 'posthog-x', 'web', rest))).toEqual(wanted);
  });

  test('what is being deleted is on its way out, whatever it was', () => {
    expect(of('Pod', pod('web', 'posthog-x', [running], { deleted: true }))).toEqual(['running', 'Terminating', '']);
    expect(of('Deployment', deployment('web', 'posthog'))).toEqual(['ready', '', '1/1']);
  });
});

describe('what happened', () => {
  const happened = happeningsOf(seen.snapshot);

  test('is told with the newest first, each with its part', () => {
    expect(happened.map(({ reason, part }) => `${part} ${reason}`)).toEqual([
      'plugins BackOff',
      'plugins Unhealthy',
      'web Started',
      'web Pulled',
      'web Scheduled',
      'undefined ScalingReplicaSet',
      'kafka ProvisioningSucceeded',
      'ingress Sync',
    ]);
  });

  test('is told once when it repeats, with its count and its first time', () => {
    const [first] = happened;
    expect(first).toMatchObject({ message: backOff, count: 25, isWarning: true });
    expect(first && first.at - first.since).toBe((2400 - 4) * 1000);
  });

  test('to an object includes what its ReplicaSets tell, and nothing else', () => {
    const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'posthog', uid: 'u' };
    const set = thing('ReplicaSet', 'posthog-7c9f6d8b5', 'web');
    const owned = { ...set, metadata: { ...set.metadata, ownerReferences: [owner] } };
    const about = (kind: string, name: string) =>
      ({ ...thing('Event', name, 'web'), involvedObject: { kind, name }, reason: `${kind} ${name}` }) as KubeObject;
    const snapshot = snapshotOf({
      ReplicaSet: [owned],
      Event: [about('ReplicaSet', 'posthog-7c9f6d8b5'), about('Deployment', 'posthog'), about('Pod', 'posthog')],
    });
    expect(eventsAbout({ kind: 'Deployment', name: 'posthog' }, snapshot).map(({ reason }) => reason)).toEqual([
      'Deployment posthog',
      'ReplicaSet posthog-7c9f6d8b5',
    ]);
  });
});

describe('an object in detail', () => {
  const described = (kind: ObservedKind, name: string) => describeObject({ kind, name }, seen.snapshot).join('\n');

  test('tells a pod with its containers and its events', () => {
    const text = described('Pod', 'posthog-plugins-6d8f7c9b5d-abcde');
    expect(text).toContain('main  not ready  restarts=7');
    expect(text).toContain(`BackOff: ${backOff}`);
  });

  test('tells the keys of a Secret and no values', () => {
    expect(described('Secret', 'posthog-secrets')).toMatch(/\n {2}SECRET_KEY$/m);
  });

  test('tells that it is there no more', () => {
    expect(described('Service', 'gone')).toBe('Service/gone\n  -');
  });
});

/** Instances as the screens about their objects see them: as they are, in trouble, and with more than fits. */

import type { Seen } from '../../source/console/state.ts';
import { happeningsOf } from '../../source/observe/happenings.ts';
import type { ObservedKind } from '../../source/observe/types.ts';
import { components, objectName } from '../../source/stack/components.ts';
import type { ComponentId, KubeObject } from '../../source/stack/types.ts';
import { at, deployment, event, pod, snapshotOf } from '../observe/objects.ts';

const app = 'posthog';
const stamp = (secondsAgo: number) => new Date(at - secondsAgo * 1000).toISOString();

/** Any object of a part. */
export function thing(kind: string, name: string, part: ComponentId | 'instance', rest: object = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind,
    metadata: { name, creationTimestamp: stamp(90_000), labels: { 'posthog-sealos/component': part } },
    ...rest,
  };
}

const happened = (kind: string, name: string, reason: string, message: string, ago: number, more: object = {}) =>
  ({
    ...event(kind, name, reason, message, ago),
    type: 'Normal',
    ...more,
  }) as KubeObject;

const web = 'posthog-7c9f6d8b5-x2x4q';
const plugins = 'posthog-plugins-6d8f7c9b5d-abcde';
const ready = { ready: true, state: { running: { startedAt: stamp(600) } } };
const crashing = { restartCount: 7, state: { waiting: { reason: 'CrashLoopBackOff' } } };
export const backOff = 'Back-off restarting failed container plugins in pod posthog-plugins-6d8f7c9b5d-abcde';

const events = [
  happened('Pod', web, 'Scheduled', `Successfully assigned ns-1a2b3c4d/${web} to worker-3`, 600),
  happened('Pod', web, 'Pulled', 'Container image "ghcr.io/posthog/posthog:2026.09" already present on machine', 590),
  happened('Pod', web, 'Started', 'Started container web', 588),
  happened('Pod', plugins, 'BackOff', backOff, 4, { type: 'Warning', count: 23, firstTimestamp: stamp(1500) }),
  // The same, told by another kubelet's event: one line.
  happened('Pod', plugins, 'BackOff', backOff, 40, { type: 'Warning', count: 2, firstTimestamp: stamp(2400) }),
  happened('Pod', plugins, 'Unhealthy', 'Liveness probe failed: Get "http://10.0.0.7:6738/_health": EOF', 64, {
    type: 'Warning',
    count: 5,
  }),
  happened('PersistentVolumeClaim', 'data-posthog-kafka-0', 'ProvisioningSucceeded', 'Volume provisioned', 7300),
  happened('Ingress', app, 'Sync', 'Scheduled for sync', 180_000),
  happened('Deployment', 'posthog-gone', 'ScalingReplicaSet', 'Zähler 中文，很长的内容\u001b[31m\nline two', 3000),
];

const parts: Partial<Record<ObservedKind, readonly KubeObject[]>> = {
  Instance: [thing('Instance', app, 'instance')],
  Cluster: [thing('Cluster', 'posthog-pg', 'postgres', { status: { phase: 'Running' } })],
  StatefulSet: [
    thing('StatefulSet', 'posthog-kafka', 'kafka', { spec: { replicas: 1 }, status: { readyReplicas: 1 } }),
  ],
  Deployment: [
    deployment('web', 'posthog'),
    deployment('plugins', 'posthog-plugins', { readyReplicas: 0, availableReplicas: 0 }),
  ],
  Pod: [pod('web', web, [ready]), pod('plugins', plugins, [crashing], { ageS: 1500 })],
  Service: [thing('Service', 'posthog', 'web'), thing('Service', 'posthog-plugins', 'plugins')],
  PersistentVolumeClaim: [
    thing('PersistentVolumeClaim', 'data-posthog-kafka-0', 'kafka', { status: { phase: 'Bound' } }),
  ],
  Secret: [thing('Secret', 'posthog-secrets', 'instance', { data: { SECRET_KEY: '' } })],
};

const seenAs = (snapshot: Seen['snapshot']): Seen => ({ snapshot, at: 0 });

/** As it usually is: one part in trouble. */
export const seen = seenAs(snapshotOf({ ...parts, Event: events }));
export const quiet = seenAs(snapshotOf(parts));
export const calm = seenAs(snapshotOf({ ...parts, Event: events.filter(({ type }) => type === 'Normal') }));
export const forbidden = seenAs({
  ...snapshotOf({ ...parts, Secret: [] }),
  forbidden: new Set(['Event', 'Secret'] as const),
});
export const nothing = seenAs(snapshotOf({}));

const long = 'posthog-of-a-team-with-a-name-that-is-as-long-as-names-may-be';
export const longNames = seenAs({
  ...snapshotOf({
    Pod: [pod('replay-ingestion', `${long}-replay-ingestion-6d8f7c9b5d-abcde`, [{ ...crashing, name: long }])],
    Event: [
      happened(
        'Pod',
        `${long}-replay-ingestion-6d8f7c9b5d-abcde`,
        'FailedToCreateSomethingNamedAtLength',
        `${long} `.repeat(6),
        4,
        { type: 'Warning', count: 12_345 },
      ),
    ],
  }),
  app: long,
});

/** 220 objects, and as many events. */
export const many = seenAs(
  snapshotOf({
    Pod: components.flatMap(({ id }) =>
      Array.from({ length: 10 }, (_, count) => pod(id, `${objectName(id, app)}-${count}-pod`, [ready])),
    ),
    Event: components.flatMap(({ id }) =>
      Array.from({ length: 10 }, (_, count) =>
        happened('Pod', `${objectName(id, app)}-${count}-pod`, 'Started', `Started container ${count}`, 60 + count),
      ),
    ),
  }),
);

/** Id of the event, as the screen knows it. */
export const eventId = (of: Seen, reason: string): string =>
  happeningsOf(of.snapshot).find((each) => each.reason === reason)?.id ?? '';

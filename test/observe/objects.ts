/** Raw objects as a cluster gives them, as short as a test can say them. */
import type { ObservedKind, Snapshot } from '../../source/observe/types.ts';
import { observedKinds } from '../../source/observe/types.ts';
import type { ComponentId, KubeObject } from '../../source/stack/types.ts';

export const at = Date.UTC(2026, 0, 1, 12);
const iso = (secondsAgo: number) => new Date(at - secondsAgo * 1000).toISOString();

export function snapshotOf(
  objects: Partial<Record<ObservedKind, readonly KubeObject[]>>,
  crashLines: Record<string, string> = {},
): Snapshot {
  const all = Object.fromEntries(Object.keys(observedKinds).map((kind) => [kind, objects[kind as ObservedKind] ?? []]));
  return {
    at,
    namespace: 'ns-abcd1234',
    app: 'posthog',
    objects: all as unknown as Snapshot['objects'],
    isCutOff: false,
    forbidden: new Set(),
    crashLines: new Map(Object.entries(crashLines)),
  };
}

export function deployment(id: ComponentId, name: string, status: object = {}, spec: object = {}): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, generation: 2, labels: { 'posthog-sealos/component': id } },
    spec: { replicas: 1, ...spec },
    status: {
      observedGeneration: 2,
      replicas: 1,
      updatedReplicas: 1,
      readyReplicas: 1,
      availableReplicas: 1,
      ...status,
    },
  };
}

export function pod(
  id: ComponentId,
  name: string,
  containers: readonly object[],
  more: { status?: object; ageS?: number; labels?: Record<string, string>; deleted?: boolean; image?: string } = {},
): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      creationTimestamp: iso(more.ageS ?? 600),
      labels: { 'posthog-sealos/component': id, ...more.labels },
      ...(more.deleted ? { deletionTimestamp: iso(1) } : {}),
    },
    spec: { containers: [{ name: 'main', image: more.image ?? 'ghcr.io/x/y:1@sha256:aa' }] },
    status: {
      phase: 'Running',
      containerStatuses: containers.map((each) => ({ name: 'main', restartCount: 0, ready: false, ...each })),
      ...more.status,
    },
  };
}

export function event(kind: string, name: string, reason: string, message: string, secondsAgo = 10): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name}.${reason}` },
    reason,
    message,
    type: 'Warning',
    involvedObject: { kind, name },
    lastTimestamp: iso(secondsAgo),
  } as unknown as KubeObject;
}

export const crashed = (restartCount: number, more: object = {}) => ({
  restartCount,
  state: { waiting: { reason: 'CrashLoopBackOff' } },
  lastState: { terminated: { exitCode: 1, reason: 'Error', ...more } },
});

/** As the program labels what belongs to an instance. */
export const ownedBy = (app: string, object: KubeObject): KubeObject => ({
  ...object,
  metadata: {
    ...object.metadata,
    labels: { ...object.metadata.labels, 'posthog-sealos/instance': app, 'cloud.sealos.io/deploy-on-sealos': app },
  },
});

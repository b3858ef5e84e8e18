/**
 * Ready means usable, per kind: what the peers' rules call ready and is not (anchors.md 2.3 to 2.7) is told apart here.
 * Pure functions of raw objects.
 */
import { componentOf, objectName } from '../stack/components.ts';
import { workspaceOf } from '../stack/model.ts';
import type { ComponentId, KubeObject } from '../stack/types.ts';
import { hasKeys, mainObject, podsOf, restartsOf } from './lookups.ts';
import type { Health, Snapshot, State } from './types.ts';

type Judgement = Pick<Health, 'state' | 'ready' | 'desired'>;

/** How the component is. `waiting` when its object is not there. */
export function componentHealth(id: ComponentId, snapshot: Snapshot): Health {
  const object = mainObject(id, snapshot);
  return {
    component: id,
    restarts: restartsOf(podsOf(id, snapshot)),
    ...(object ? judge(id, object, snapshot) : { state: 'waiting', ready: 0, desired: 1 }),
  };
}

function judge(id: ComponentId, object: KubeObject, snapshot: Snapshot): Judgement {
  switch (componentOf(id).kind) {
    case 'Deployment':
      return deploymentHealth(object);
    case 'StatefulSet':
      return statefulSetHealth(object);
    case 'Job':
      return jobHealth(object);
    case 'Cluster':
      return databaseHealth(id, object, snapshot);
    case 'ObjectStorageBucket':
      return bucketHealth(object, snapshot);
    // That the address answers is asked outside; the object itself has nothing to become.
    case 'Ingress':
    case 'App':
      return { state: 'ready', ready: 1, desired: 1 };
  }
}

interface Replicated {
  readonly spec?: { readonly replicas?: number; readonly paused?: boolean };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    readonly currentRevision?: string;
    readonly updateRevision?: string;
  };
}

const observed = (object: KubeObject, status: { readonly observedGeneration?: number } | undefined) =>
  (status?.observedGeneration ?? 0) >= (object.metadata.generation ?? 0);

/** All replicas of the newest template, ready, and none of an older one left. */
export function deploymentHealth(object: KubeObject): Judgement {
  const { spec, status = {} } = object as unknown as Replicated;
  const desired = spec?.replicas ?? 1;
  const ready = Math.min(status.readyReplicas ?? 0, desired);
  const current =
    observed(object, status) &&
    (status.updatedReplicas ?? 0) >= desired &&
    (status.replicas ?? 0) <= desired &&
    (status.availableReplicas ?? 0) >= desired;
  return replicated(current && ready >= desired, ready, desired);
}

/** As a Deployment, told by revisions. */
export function statefulSetHealth(object: KubeObject): Judgement {
  const { spec, status = {} } = object as unknown as Replicated;
  const desired = spec?.replicas ?? 1;
  const ready = Math.min(status.readyReplicas ?? 0, desired);
  const updated =
    desired === 0 ||
    (status.updatedReplicas ?? 0) >= desired ||
    (status.updateRevision !== undefined && status.currentRevision === status.updateRevision);
  return replicated(
    observed(object, status) && updated && (status.replicas ?? 0) <= desired && ready >= desired,
    ready,
    desired,
  );
}

/** Nothing wanted is nothing ready: a component scaled to 0 does no work, and is not on its way either. */
function replicated(complete: boolean, ready: number, desired: number): Judgement {
  return { state: complete ? (desired === 0 ? 'stopped' : 'ready') : 'running', ready, desired };
}

interface Conditioned {
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
      readonly lastTransitionTime?: string;
    }[];
    readonly active?: number;
  };
}

export const conditionOf = (object: KubeObject, type: string) =>
  (object as unknown as Conditioned).status?.conditions?.find((each) => each.type === type);

/** Only Complete is done; a Job that runs is not. */
export function jobHealth(object: KubeObject): Judgement {
  const is = (type: string) => conditionOf(object, type)?.status === 'True';
  const state: State = is('Complete') ? 'ready' : is('Failed') ? 'failed' : is('Suspended') ? 'waiting' : 'running';
  return { state, ready: state === 'ready' ? 1 : 0, desired: 1 };
}

const connectionKeys = ['host', 'port', 'username', 'password'];

/**
 * A KubeBlocks Cluster says Running before its Secret is written and before its Service has an endpoint
 * (sealos-platform 4.4); both are needed to connect.
 */
function databaseHealth(id: ComponentId, object: KubeObject, snapshot: Snapshot): Judgement {
  const { phase } = (object['status'] ?? {}) as { phase?: string };
  const name = objectName(id, snapshot.app);
  const secrets = snapshot.objects.Secret.filter(
    ({ metadata }) =>
      metadata.name === `${name}-conn-credential` ||
      metadata.name.startsWith(`${name}-${id === 'postgres' ? 'postgresql' : 'redis'}-account-`),
  );
  const secret = secrets.some((each) =>
    hasKeys(each, each.metadata.name.endsWith('-conn-credential') ? connectionKeys : ['username', 'password']),
  );
  const usable = phase === 'Running' && secret && hasEndpoint(snapshot, name);
  const state: State = usable
    ? 'ready'
    : phase === 'Failed'
      ? 'failed'
      : phase === 'Stopped' || phase === 'Stopping'
        ? 'waiting'
        : 'running';
  return { state, ready: usable ? 1 : 0, desired: 1 };
}

/** A ready endpoint behind any Service of the database, headless ones and the sentinels' left aside. */
function hasEndpoint(snapshot: Snapshot, name: string): boolean {
  const ofService = (service: string) =>
    service.startsWith(`${name}-`) && !service.endsWith('-headless') && !service.includes('sentinel');
  return snapshot.objects.EndpointSlice.some((slice) => {
    const endpoints = (slice['endpoints'] ?? []) as readonly {
      addresses?: readonly string[];
      conditions?: { ready?: boolean };
    }[];
    return (
      ofService(slice.metadata.labels?.['kubernetes.io/service-name'] ?? '') &&
      endpoints.some(({ addresses = [], conditions }) => addresses.length > 0 && conditions?.ready !== false)
    );
  });
}

/** Pods cannot start before the Secret of the bucket is there (sealos-platform 4.2). */
function bucketHealth(object: KubeObject, snapshot: Snapshot): Judgement {
  const name = `object-storage-key-${workspaceOf(snapshot.namespace)}-${object.metadata.name}`;
  const secret = snapshot.objects.Secret.find(({ metadata }) => metadata.name === name);
  const ready = hasKeys(secret, ['accessKey', 'secretKey', 'internal', 'external', 'bucket']);
  return { state: ready ? 'ready' : 'running', ready: ready ? 1 : 0, desired: 1 };
}

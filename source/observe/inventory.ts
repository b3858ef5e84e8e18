/** Every object of an instance with the one word that tells how it is. Pure. */
import type { ComponentId, KubeObject } from '../stack/types.ts';
import { deploymentHealth, jobHealth, statefulSetHealth } from './health.ts';
import { containersOf, podStatus, timeOf } from './lookups.ts';
import { partOf } from './part-of.ts';
import type { ObservedKind, Snapshot, State } from './types.ts';

/** An object of the snapshot. */
export interface ObjectName {
  readonly kind: ObservedKind;
  readonly name: string;
}

export interface InventoryObject extends ObjectName {
  readonly part: ComponentId | undefined;
  /** Undefined for what merely is there: a Service, a ConfigMap. */
  readonly state: State | undefined;
  /** As Kubernetes says it: `Running`, `Bound`, `CrashLoopBackOff`; untrusted. */
  readonly word: string;
  /** `1/2`, where something is counted. */
  readonly ready: string;
  /** Epoch milliseconds; 0 when it is not told. */
  readonly createdAt: number;
}

/** In this order within a part. ReplicaSets, endpoints and events are the business of others. */
const listed: readonly ObservedKind[] = [
  'Instance',
  'Cluster',
  'Bucket',
  'StatefulSet',
  'Deployment',
  'Job',
  'Ingress',
  'App',
  'Pod',
  'PersistentVolumeClaim',
  'Service',
  'ConfigMap',
  'Secret',
  'ResourceQuota',
];

/** By kind, then by name. */
export const inventoryOf = (snapshot: Snapshot): readonly InventoryObject[] =>
  listed.flatMap((kind) =>
    snapshot.objects[kind]
      .map(
        (object): InventoryObject => ({
          kind,
          name: object.metadata.name,
          part: partOf(object, snapshot.app),
          createdAt: timeOf(object.metadata.creationTimestamp),
          ...judged(kind, object),
        }),
      )
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  );

/** The object itself, as long as it is there. */
export const objectNamed = ({ kind, name }: ObjectName, { objects }: Snapshot): KubeObject | undefined =>
  objects[kind].find(({ metadata }) => metadata.name === name);

type Judged = Pick<InventoryObject, 'state' | 'word' | 'ready'>;

function judged(kind: ObservedKind, object: KubeObject): Judged {
  if (object.metadata.deletionTimestamp !== undefined) return { state: 'running', word: 'Terminating', ready: '' };
  switch (kind) {
    case 'Deployment':
      return counted(deploymentHealth(object));
    case 'StatefulSet':
      return counted(statefulSetHealth(object));
    case 'Job':
      return { ...jobHealth(object), word: '', ready: '' };
    case 'Pod':
      return judgedPod(object);
    case 'PersistentVolumeClaim':
    case 'Cluster':
      return byPhase(object);
    default:
      return { state: undefined, word: '', ready: '' };
  }
}

const counted = ({ state, ready, desired }: { state: State; ready: number; desired: number }): Judged => ({
  state,
  word: '',
  ready: `${ready}/${desired}`,
});

const phaseStates: Readonly<Record<string, State>> = {
  Running: 'ready',
  Bound: 'ready',
  Failed: 'failed',
  Abnormal: 'failed',
  Lost: 'failed',
  Stopped: 'waiting',
};

function byPhase(object: KubeObject): Judged {
  const { phase = '' } = (object['status'] ?? {}) as { readonly phase?: string };
  return { state: phaseStates[phase] ?? 'running', word: phase, ready: '' };
}

/** A pod is what its worst container is. */
function judgedPod(pod: KubeObject): Judged {
  const { phase = '', reason, containerStatuses = [] } = podStatus(pod);
  const ready = containerStatuses.filter((each) => each.ready).length;
  const waits = containersOf(pod)
    .map(({ state }) => state?.waiting?.reason)
    .find((each) => each !== undefined && /BackOff|Err|Invalid|Failed/.test(each));
  const all = containerStatuses.length;
  const state: State =
    waits !== undefined || phase === 'Failed'
      ? 'failed'
      : phase === 'Succeeded' || (phase === 'Running' && ready === all)
        ? 'ready'
        : 'running';
  return { state, word: waits ?? reason ?? phase, ready: phase === 'Succeeded' || all === 0 ? '' : `${ready}/${all}` };
}

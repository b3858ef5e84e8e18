/** The picture of an instance at one moment, and what is concluded from it. Pure data. */
import type { Say } from '../messages/index.ts';
import type { ComponentId, KubeObject } from '../stack/types.ts';

/** The kinds the console keeps in view, by their Kubernetes name. `Cluster` is KubeBlocks', `Bucket` the object storage's. */
export const observedKinds = {
  Pod: { apiVersion: 'v1', kind: 'Pod' },
  Secret: { apiVersion: 'v1', kind: 'Secret' },
  PersistentVolumeClaim: { apiVersion: 'v1', kind: 'PersistentVolumeClaim' },
  ResourceQuota: { apiVersion: 'v1', kind: 'ResourceQuota' },
  Deployment: { apiVersion: 'apps/v1', kind: 'Deployment' },
  StatefulSet: { apiVersion: 'apps/v1', kind: 'StatefulSet' },
  ReplicaSet: { apiVersion: 'apps/v1', kind: 'ReplicaSet' },
  Job: { apiVersion: 'batch/v1', kind: 'Job' },
  Service: { apiVersion: 'v1', kind: 'Service' },
  ConfigMap: { apiVersion: 'v1', kind: 'ConfigMap' },
  Ingress: { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' },
  EndpointSlice: { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' },
  Cluster: { apiVersion: 'apps.kubeblocks.io/v1alpha1', kind: 'Cluster' },
  Bucket: { apiVersion: 'objectstorage.sealos.io/v1', kind: 'ObjectStorageBucket' },
  Instance: { apiVersion: 'app.sealos.io/v1', kind: 'Instance' },
  App: { apiVersion: 'app.sealos.io/v1', kind: 'App' },
  // The last one asked for: there may be pages and pages of them.
  Event: { apiVersion: 'v1', kind: 'Event' },
} as const;
export type ObservedKind = keyof typeof observedKinds;

export interface Snapshot {
  /** Epoch milliseconds of our clock when it was taken. */
  readonly at: number;
  readonly namespace: string;
  /** The instance's name (`app_name`). */
  readonly app: string;
  readonly objects: { readonly [K in ObservedKind]: readonly KubeObject[] };
  /** Nothing is heard from the API server any more: what is shown may be old. */
  readonly isCutOff: boolean;
  /** Kinds that this token may not read. What is shown of them is nothing, not the truth. */
  readonly forbidden: ReadonlySet<ObservedKind>;
  /** Last lines of crashed containers, by `pod/container/restartCount`; filled in lazily by whoever fetches logs. */
  readonly crashLines: ReadonlyMap<string, string>;
}

export const states = ['waiting', 'running', 'ready', 'stopped', 'failed'] as const;
/**
 * waiting: not started or waits for others. running: on its way. ready: usable. stopped: no replica is wanted, and none is
 * there. failed: will not come by itself.
 */
export type State = (typeof states)[number];

/** Whether nothing more of it has to be waited for. */
export const isSettled = (state: State): boolean => state === 'ready' || state === 'stopped';

export interface Health {
  readonly component: ComponentId;
  readonly state: State;
  readonly ready: number;
  readonly desired: number;
  readonly restarts: number;
}

/** Stable ids; scripts may test them. In order of rank: the first that applies is the one that matters. */
export const causeIds = [
  'debt',
  'quota',
  'limit-range',
  'pod-security',
  'rights',
  'database-version',
  'image-missing',
  'image-pull',
  'volume-pending',
  'unschedulable',
  'secret-missing',
  'config-missing',
  'oom',
  'evicted',
  'redis-auth',
  'database-auth',
  'crash',
  'probe',
  'job-failed',
  'database-failed',
  'bucket-waiting',
  'dependency',
  'pulling',
  'starting',
] as const;
export type CauseId = (typeof causeIds)[number];

const patientCauses: ReadonlySet<CauseId> = new Set(['pulling', 'starting', 'dependency', 'bucket-waiting']);

/** Whether it merely takes its time: nothing has to be done about it. */
export const isPatient = ({ id }: Pick<Cause, 'id'>): boolean => patientCauses.has(id);

/** What can be done about a cause: previewed and applied by `install/fixes.ts`. */
export type FixId = 'restart' | 'recreate-job' | 'secret-value' | 'mirror' | 'wait';

export interface Cause {
  readonly id: CauseId;
  readonly component: ComponentId;
  readonly message: Say;
  /** Facts as the cluster states them: `Pod/x: reason: text`. Untrusted text; a front escapes it. */
  readonly evidence: readonly string[];
  readonly fix?: FixId;
  readonly began?: Beginning;
}

/** When something began, where the log of a part may tell more of it. */
export interface Beginning {
  /** Since 1970, as the cluster tells it. */
  readonly ms: number;
  /** Whose log it is; undefined: any pod's of the part. */
  readonly pod?: string;
}

/** The words of the stack. Pure data types; nothing here knows a cluster. */

export const phases = ['stores', 'queue', 'app'] as const;
export type Phase = (typeof phases)[number];

export const componentIds = [
  'postgres',
  'redis',
  'zookeeper',
  'clickhouse',
  'bucket',
  'kafka',
  'topics',
  'db-init',
  'migrate',
  'personhog',
  'property-defs',
  'plugins',
  'ingestion',
  'replay-ingestion',
  'recording-api',
  'capture',
  'replay-capture',
  'feature-flags',
  'web',
  'worker',
  'ingress',
  'app',
] as const;
export type ComponentId = (typeof componentIds)[number];

export const sizeNames = ['trial', 'small', 'medium', 'large'] as const;
export type SizeName = (typeof sizeNames)[number];

/** A JSON value as Kubernetes objects hold them. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly finalizers?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly managedFields?: readonly ManagedFields[];
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

export interface ManagedFields {
  readonly manager?: string;
  readonly operation?: string;
  readonly subresource?: string;
  readonly time?: string;
}

/** Any Kubernetes object as it is on the wire. Unknown fields are kept. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

/**
 * How a component's rendered object belongs in an install.
 * `step` orders applying (DESIGN section 4, Order); everything inside one step starts at once.
 */
export const steps = [
  'secrets',
  'instance',
  'base',
  'stores',
  'queue',
  'topics',
  'db-init',
  'migrate',
  'app',
  'ingress',
  'card',
] as const;
export type Step = (typeof steps)[number];

export interface RenderedObject {
  /** What the object belongs to; `instance` for the root object and the Secrets. */
  readonly component: ComponentId | 'instance';
  readonly step: Step;
  /** Whether the Instance owns it, so that deleting the app in the Sealos desktop deletes it too. Data never is. */
  readonly owned: boolean;
  readonly object: KubeObject;
}

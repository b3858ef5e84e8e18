/**
 * What every object of an instance carries, written once: the labels and annotations by which the Sealos desktop
 * finds and manages it (sealos-platform 2.4, 5.1), and the security defaults of pods (stack-spec B.0).
 */
import { componentLabel, objectName } from './components.ts';
import { fingerprint } from './hash.ts';
import type { JsonObject } from './manifests.ts';
import { formatBytes, parseQuantity } from './quantity.ts';
import type { ComponentId, Json, KubeObject, OwnerReference } from './types.ts';

/** Who this program is where fields have managers. */
export const fieldManager = 'posthog-sealos';

export const instanceApiVersion = 'app.sealos.io/v1';
export const instanceLabel = 'cloud.sealos.io/deploy-on-sealos';
/** The workload for which Sealos' Launchpad keeps an object. */
export const managerLabel = 'cloud.sealos.io/app-deploy-manager';
const checksumAnnotation = 'posthog-sealos/config-checksum';

/** Deleting the Instance deletes what it owns; data and what data needs must survive that (DESIGN section 4, Ownership). */
const neverOwned = new Set(['Instance', 'Secret', 'Lease', 'PersistentVolumeClaim', 'Cluster', 'ObjectStorageBucket']);
const databaseAccounts = new Set(['ServiceAccount', 'Role', 'RoleBinding']);

export function isOwned(object: KubeObject): boolean {
  return !neverOwned.has(object.kind) && !databaseAccounts.has(object.kind);
}

export interface Belonging {
  readonly app: string;
  readonly namespace: string;
  readonly component: ComponentId | 'instance';
  readonly instanceUid: string | undefined;
}

/** The object with what all objects carry. `config` maps names of ConfigMaps to their data, for checksums. */
export function withConventions(
  object: KubeObject,
  belonging: Belonging,
  config: ReadonlyMap<string, Json>,
): KubeObject {
  const marked = withMetadata(object, belonging);
  if (object.kind === 'Deployment' || object.kind === 'StatefulSet') return workload(marked, belonging, config);
  if (object.kind === 'Job') return job(marked, belonging, config);
  return marked;
}

function withMetadata(object: KubeObject, belonging: Belonging): KubeObject {
  const { app, namespace, component, instanceUid } = belonging;
  const workloadName = component === 'instance' ? app : objectName(component, app);
  const managed = ['Deployment', 'StatefulSet', 'Service', 'ConfigMap', 'Ingress'].includes(object.kind);
  const labels = {
    ...object.metadata.labels,
    [instanceLabel]: app,
    ...(component === 'instance' ? {} : { [componentLabel]: component }),
    ...(managed ? { [managerLabel]: workloadName } : {}),
    ...(isWorkload(object) ? { app: object.metadata.name } : {}),
  };
  const owner =
    instanceUid !== undefined && isOwned(object) ? { ownerReferences: [ownerReference(app, instanceUid)] } : {};
  return { ...object, metadata: { ...object.metadata, namespace, labels, ...owner } };
}

const isWorkload = ({ kind }: KubeObject) => kind === 'Deployment' || kind === 'StatefulSet';

export function ownerReference(app: string, uid: string): OwnerReference {
  return {
    apiVersion: instanceApiVersion,
    kind: 'Instance',
    name: app,
    uid,
    controller: false,
    blockOwnerDeletion: false,
  };
}

/**
 * Jobs are replaced, not changed: the name says what it runs. How much CPU and memory it may use while it does so is
 * no part of that: an upgrade gives the migrations less than the first install, and must not repeat them.
 */
function job(object: KubeObject, belonging: Belonging, config: ReadonlyMap<string, Json>): KubeObject {
  const spec = object['spec'] as JsonObject;
  const complete = { ...spec, template: podTemplate(spec['template'] as JsonObject, belonging, config, {}) };
  return {
    ...object,
    metadata: { ...object.metadata, name: `${object.metadata.name}-${fingerprint(withoutResources(complete))}` },
    spec: complete,
  };
}

function withoutResources(spec: JsonObject): unknown {
  return JSON.parse(JSON.stringify(spec, (key, value: unknown) => (key === 'resources' ? undefined : value)));
}

function workload(object: KubeObject, belonging: Belonging, config: ReadonlyMap<string, Json>): KubeObject {
  const spec = object['spec'] as JsonObject;
  const { name } = object.metadata;
  const replicas = String(spec['replicas']);
  const claims = ((spec['volumeClaimTemplates'] ?? []) as readonly JsonObject[]).map((claim) =>
    labelled(claim, { [instanceLabel]: belonging.app }),
  );
  const template = podTemplate(spec['template'] as JsonObject, belonging, config, { app: name });
  const containers = (template['spec'] as JsonObject)['containers'] as readonly JsonObject[];
  const annotations = {
    ...object.metadata.annotations,
    originImageName: String(containers[0]?.['image']),
    'deploy.cloud.sealos.io/minReplicas': replicas,
    'deploy.cloud.sealos.io/maxReplicas': replicas,
    'deploy.cloud.sealos.io/resize': claims.length === 0 ? '0Gi' : formatBytes(sum(claims.map(claimBytes))),
  };
  return {
    ...object,
    metadata: { ...object.metadata, annotations },
    spec: {
      revisionHistoryLimit: 1,
      selector: { matchLabels: { app: name } },
      ...spec,
      template,
      ...(claims.length === 0 ? {} : { volumeClaimTemplates: claims }),
    },
  };
}

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

function claimBytes(claim: JsonObject): number {
  const requests = ((claim['spec'] as JsonObject)['resources'] as JsonObject)['requests'] as JsonObject;
  return parseQuantity(String(requests['storage']));
}

function labelled(object: JsonObject, labels: Readonly<Record<string, string>>): JsonObject {
  const metadata = (object['metadata'] ?? {}) as JsonObject;
  return { ...object, metadata: { ...metadata, labels: { ...((metadata['labels'] ?? {}) as JsonObject), ...labels } } };
}

function podTemplate(
  template: JsonObject,
  { app, component }: Belonging,
  config: ReadonlyMap<string, Json>,
  labels: Readonly<Record<string, string>>,
): JsonObject {
  const spec = template['spec'] as JsonObject;
  const checksum = checksumOf(spec, config);
  const metadata = (template['metadata'] ?? {}) as JsonObject;
  const annotations = {
    ...((metadata['annotations'] ?? {}) as JsonObject),
    ...(checksum === undefined ? {} : { [checksumAnnotation]: checksum }),
  };
  return {
    ...template,
    metadata: {
      ...metadata,
      labels: {
        ...((metadata['labels'] ?? {}) as JsonObject),
        ...labels,
        [instanceMarker]: app,
        [componentLabel]: component,
      },
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
    spec: {
      // With an instance named posthog*, Kubernetes would inject e.g. POSTHOG_REDIS_PORT=tcp://..., a name PostHog reads.
      enableServiceLinks: false,
      automountServiceAccountToken: false,
      ...spec,
      securityContext: {
        seccompProfile: { type: 'RuntimeDefault' },
        ...((spec['securityContext'] ?? {}) as JsonObject),
      },
      ...(spec['initContainers'] === undefined ? {} : { initContainers: secured(spec['initContainers']) }),
      containers: secured(spec['containers'] as Json),
    },
  };
}

/** Which instance a pod belongs to. The Sealos label is not put on pods, where the platform gives it another meaning (sealos-platform 2.2). */
export const instanceMarker = 'posthog-sealos/instance';

function secured(containers: Json): Json {
  return (containers as readonly JsonObject[]).map((container) => ({
    imagePullPolicy: 'IfNotPresent',
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    ...container,
  }));
}

/** Of the ConfigMaps a pod mounts or reads: a change must roll the pod, and files mounted by subPath never change by themselves. */
function checksumOf(spec: JsonObject, config: ReadonlyMap<string, Json>): string | undefined {
  const text = JSON.stringify(spec);
  const used = [...config].filter(([name]) => text.includes(`"name":"${name}"`));
  return used.length === 0 ? undefined : fingerprint(used);
}

/** The objects that a KubeBlocks Cluster becomes; pure, names and labels as in `sealos-platform.md` 4.4. */
import { createHash } from 'node:crypto';
import { parseQuantity } from '../../../stack/quantity.ts';
import type { KubeObject } from '../../../stack/types.ts';
import { type Condition, type Container, type EnvItem, ownerReference, type Pod } from '../model.ts';
import { type Engine, lookUp } from './definitions.ts';

export const kubeblocksVersions = ['0.8.2', '0.9.5'] as const;
export type KubeblocksVersion = (typeof kubeblocksVersions)[number];

export interface ComponentSpec {
  readonly name: string;
  readonly componentDefRef?: string;
  readonly componentDef?: string;
  readonly replicas: number;
  readonly stop?: boolean;
  readonly serviceAccountName?: string;
  readonly resources?: {
    readonly limits?: Readonly<Record<string, string>>;
    readonly requests?: Readonly<Record<string, string>>;
  };
  readonly volumeClaimTemplates?: readonly { readonly name: string; readonly spec: object }[];
}
export interface ComponentStatus {
  readonly phase?: string;
  readonly podsReady?: boolean;
  readonly podsReadyTime?: string;
  readonly message?: Readonly<Record<string, string>>;
}
export interface Cluster extends KubeObject {
  readonly spec: {
    readonly clusterDefinitionRef?: string;
    readonly clusterVersionRef?: string;
    readonly terminationPolicy: 'DoNotTerminate' | 'Halt' | 'Delete' | 'WipeOut';
    readonly componentSpecs?: readonly ComponentSpec[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly observedGeneration?: number;
    readonly components?: Readonly<Record<string, ComponentStatus>>;
    readonly conditions?: readonly Condition[];
  };
}

/** A component with all that is derived from it. */
export interface Component {
  readonly cluster: Cluster;
  readonly spec: ComponentSpec;
  readonly engine: Engine;
  readonly version: KubeblocksVersion;
  /** What its server is run from: an image, and a command when the image has none of its own. */
  readonly run: Pick<Container, 'image' | 'command'>;
}

/** The components of a Cluster, or the words in which KubeBlocks says what of its definition is not there. */
export function componentsOf(
  cluster: Cluster,
  version: KubeblocksVersion,
  runOf: (engine: Engine) => Component['run'],
): readonly Component[] | { readonly missing: string } {
  const { clusterDefinitionRef = '', clusterVersionRef, componentSpecs = [] } = cluster.spec;
  const found = lookUp(clusterDefinitionRef, clusterVersionRef);
  if ('missing' in found) return found;
  return componentSpecs.flatMap((spec) => {
    const engine = found.engines[spec.componentDefRef ?? spec.name];
    return engine ? [{ cluster, spec, engine, version, run: runOf(engine) }] : [];
  });
}

export const apiVersion = 'apps.kubeblocks.io/v1alpha1';
export const finalizer = 'cluster.kubeblocks.io/finalizer';
export const nameOf = ({ cluster, spec }: Component): string => `${cluster.metadata.name}-${spec.name}`;
export const secretNameOf = (cluster: Cluster): string => `${cluster.metadata.name}-conn-credential`;
export const replicasOf = ({ spec }: Component): number => (spec.stop ? 0 : spec.replicas);

/** What everything of a Cluster carries. */
const clusterLabelsOf = ({ metadata }: Cluster): Record<string, string> => ({
  'app.kubernetes.io/managed-by': 'kubeblocks',
  'app.kubernetes.io/instance': metadata.name,
});

function labelsOf({ cluster, spec, version }: Component): Record<string, string> {
  return {
    ...clusterLabelsOf(cluster),
    'app.kubernetes.io/name': cluster.spec.clusterDefinitionRef ?? '',
    'apps.kubeblocks.io/component-name': spec.name,
    ...(version === '0.9.5' ? { 'apps.kubeblocks.io/cluster-uid': cluster.metadata.uid ?? '' } : {}),
  };
}

function podLabelsOf(component: Component): Record<string, string> {
  return {
    ...labelsOf(component),
    'app.kubernetes.io/component': component.spec.componentDefRef ?? component.spec.name,
  };
}

/** Redis may fill 80 % of its memory limit, as the addon's configuration says. */
const maxMemoryOf = (limit: string | undefined): string => String(Math.floor(parseQuantity(limit ?? '512Mi') * 0.8));

function environmentOf(component: Component): EnvItem[] {
  const password = { valueFrom: { secretKeyRef: { name: secretNameOf(component.cluster), key: 'password' } } };
  if (component.engine.name === 'postgres') return [{ name: 'PGPASSWORD_SUPERUSER', ...password }];
  return [
    { name: 'REDIS_PASSWORD', ...password },
    { name: 'REDIS_MAXMEMORY', value: maxMemoryOf(component.spec.resources?.limits?.['memory']) },
  ];
}

const dataClaim = 'data';

function podSpecOf(component: Component, claim?: string): Pod['spec'] {
  const { engine, spec } = component;
  const stored = (spec.volumeClaimTemplates ?? []).some(({ name }) => name === dataClaim);
  // A folder that its server made private stays as it is.
  const identity = { runAsUser: engine.user, runAsGroup: engine.user, fsGroup: engine.user };
  const securityContext = { ...identity, fsGroupChangePolicy: 'OnRootMismatch' };
  return {
    ...(spec.serviceAccountName ? { serviceAccountName: spec.serviceAccountName } : {}),
    ...{ automountServiceAccountToken: false, enableServiceLinks: false, terminationGracePeriodSeconds: 5 },
    ...{ securityContext },
    containers: [
      {
        name: spec.componentDefRef ?? spec.name,
        ...component.run,
        imagePullPolicy: 'IfNotPresent',
        env: environmentOf(component),
        ports: [{ name: engine.name, containerPort: engine.port }],
        readinessProbe: { ...engine.readiness, periodSeconds: 1, timeoutSeconds: 3 },
        ...(spec.resources ? { resources: spec.resources } : {}),
        ...(stored ? { volumeMounts: [{ name: dataClaim, mountPath: engine.mountPath }] } : {}),
      },
    ],
    ...(stored && claim ? { volumes: [{ name: dataClaim, persistentVolumeClaim: { claimName: claim } }] } : {}),
  };
}

function metadataOf(component: Component, name: string, more: object = {}): KubeObject['metadata'] {
  const { cluster } = component;
  return {
    name,
    namespace: cluster.metadata.namespace ?? '',
    labels: labelsOf(component),
    ownerReferences: [ownerReference(cluster)],
    ...more,
  };
}

export function credentialsOf(component: Component, password: string): KubeObject {
  const { cluster, engine } = component;
  const host = `${nameOf(component)}.${cluster.metadata.namespace}.svc.cluster.local`;
  const plain = {
    username: engine.username,
    password,
    host,
    port: String(engine.port),
    endpoint: `${nameOf(component)}:${engine.port}`,
  };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: metadataOf(component, secretNameOf(cluster), { labels: clusterLabelsOf(cluster) }),
    stringData: plain,
  };
}

/** The Service of the primary, and the headless one of all pods. */
export function servicesOf(component: Component): KubeObject[] {
  const { cluster, spec, engine } = component;
  const selector = { ...clusterLabelsOf(cluster), 'apps.kubeblocks.io/component-name': spec.name };
  const ports = [
    { name: engine.name === 'postgres' ? 'tcp-postgresql' : engine.name, port: engine.port, targetPort: engine.port },
  ];
  // A sentinel has no roles.
  const primary = engine.credentials ? { 'kubeblocks.io/role': 'primary' } : {};
  const service = (name: string, more: object): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadataOf(component, name),
    spec: { ports, ...more },
  });
  return [
    service(nameOf(component), { selector: { ...selector, ...primary } }),
    service(`${nameOf(component)}-headless`, { selector, clusterIP: 'None', publishNotReadyAddresses: true }),
  ];
}

function claimLabelsOf(component: Component): Record<string, string> {
  return { ...labelsOf(component), 'apps.kubeblocks.io/vct-name': dataClaim };
}

/** 0.8: a StatefulSet below a ReplicatedStateMachine. */
export function statefulSetOf(component: Component, owner: KubeObject): KubeObject {
  const selector = {
    'app.kubernetes.io/instance': component.cluster.metadata.name,
    'apps.kubeblocks.io/component-name': component.spec.name,
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: metadataOf(component, nameOf(component), {
      ownerReferences: [ownerReference(owner)],
    }),
    spec: {
      replicas: replicasOf(component),
      serviceName: `${nameOf(component)}-headless`,
      podManagementPolicy: 'Parallel',
      selector: { matchLabels: selector },
      template: { metadata: { labels: podLabelsOf(component) }, spec: podSpecOf(component) },
      volumeClaimTemplates: (component.spec.volumeClaimTemplates ?? []).map(({ name, spec }) => ({
        metadata: { name, labels: claimLabelsOf(component) },
        spec,
      })),
    },
  };
}

/** The object between Cluster and pods: what 0.8 and 0.9 are told apart by. */
export function workloadOf(component: Component): KubeObject {
  const kind = component.version === '0.8.2' ? 'ReplicatedStateMachine' : 'InstanceSet';
  const spec = {
    replicas: replicasOf(component),
    selector: { matchLabels: { 'app.kubernetes.io/instance': component.cluster.metadata.name } },
  };
  return {
    apiVersion: 'workloads.kubeblocks.io/v1alpha1',
    kind,
    metadata: metadataOf(component, nameOf(component)),
    spec,
  };
}

/** 0.9: claims and pods that belong to the InstanceSet directly. The claims have no owner: they outlive it. */
export function claimsOf(component: Component, ordinal: number): KubeObject[] {
  return (component.spec.volumeClaimTemplates ?? []).map(({ name, spec }) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: `${name}-${nameOf(component)}-${ordinal}`,
      namespace: component.cluster.metadata.namespace ?? '',
      labels: claimLabelsOf(component),
    },
    spec,
  }));
}

const templateAnnotation = 'apps.kubeblocks.io/template-hash';

/** Whether a pod must make way for the one that is wanted. */
export const isOutdated = (pod: Pod, wanted: KubeObject): boolean =>
  pod.metadata.annotations?.[templateAnnotation] !== wanted.metadata.annotations?.[templateAnnotation] ||
  pod.status?.phase === 'Failed';

export function podOf(component: Component, ordinal: number, owner: KubeObject): Pod {
  const name = `${nameOf(component)}-${ordinal}`;
  const spec = podSpecOf(component, `${dataClaim}-${name}`);
  const template = createHash('sha256').update(JSON.stringify(spec)).digest('hex').slice(0, 16);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: metadataOf(component, name, {
      labels: { ...podLabelsOf(component), 'apps.kubeblocks.io/pod-name': name },
      annotations: { [templateAnnotation]: template },
      ownerReferences: [ownerReference(owner)],
    }),
    spec: { hostname: name, subdomain: `${nameOf(component)}-headless`, ...spec },
  };
}

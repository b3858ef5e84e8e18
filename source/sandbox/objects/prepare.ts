/** What the server adds to an object of a built-in kind when it is created, beyond defaults: strategies and built-in admission. */
import type { RandomBytes } from '../../stack/secrets.ts';
import type { KubeObject } from '../../stack/types.ts';
import { kindOf } from '../schema/index.ts';
import { invalid } from '../schema/validate/causes.ts';
import type { Kind, Store } from '../types.ts';
import { randomSuffix } from './metadata.ts';
import { isBuiltIn } from './names.ts';
import { StatusError } from './status-error.ts';
import { isMap, type JsonMap, mapOf, withEntry } from './values.ts';

export interface Preparation {
  readonly store: Store;
  readonly randomBytes: RandomBytes;
}

type Prepare = (object: KubeObject, preparation: Preparation, kind: Kind) => KubeObject;

/** @throws StatusError 403 for a pod whose service account is not there, 422 for a cluster IP that is taken. */
export function prepared(kind: Kind, object: KubeObject, preparation: Preparation): KubeObject {
  const prepare = isBuiltIn(kind) ? preparations[kind.kind] : undefined;
  return prepare ? prepare(object, preparation, kind) : object;
}

/** Status of a built-in kind before anybody looked at the object; custom resources begin without one. */
const firstStatus: Readonly<Record<string, object>> = {
  Pod: { phase: 'Pending' },
  Service: { loadBalancer: {} },
  Ingress: { loadBalancer: {} },
  PersistentVolumeClaim: { phase: 'Pending' },
  PersistentVolume: { phase: 'Pending' },
  Namespace: { phase: 'Active' },
  StatefulSet: { availableReplicas: 0, replicas: 0 },
  ReplicaSet: { replicas: 0 },
  PodDisruptionBudget: { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 },
  HorizontalPodAutoscaler: { currentMetrics: null, desiredReplicas: 0 },
};

/** The object with the status it begins with, whatever was asked for. */
export function withFirstStatus(kind: Kind, object: KubeObject): KubeObject {
  if (!kind.subresources.includes('status')) return object;
  if (!isBuiltIn(kind)) return withEntry(object, 'status', undefined);
  const quality = kind.kind === 'Pod' && { qosClass: qualityOf(specOf(object)) };
  return { ...object, status: { ...firstStatus[kind.kind], ...quality } };
}

const preparations: Readonly<Record<string, Prepare>> = {
  Pod: (pod, preparation, kind) => withTolerations(withServiceAccount(pod, preparation, kind)),
  Job: withJobLabels,
  Service: withClusterIp,
  PersistentVolumeClaim: (claim) => withFinalizer(claim, 'kubernetes.io/pvc-protection'),
  Namespace: withNamespaceName,
};

const specOf = (object: KubeObject): JsonMap => mapOf(object['spec']);
const withSpec = (object: KubeObject, spec: JsonMap): KubeObject => ({
  ...object,
  spec: { ...specOf(object), ...spec },
});
const mapsOf = (value: unknown): readonly JsonMap[] => (Array.isArray(value) ? value.filter(isMap) : []);

const tokenPath = '/var/run/secrets/kubernetes.io/serviceaccount';

function withServiceAccount(pod: KubeObject, { store, randomBytes }: Preparation, kind: Kind): KubeObject {
  const spec = specOf(pod);
  const name = String(spec['serviceAccountName'] || 'default');
  const { namespace, name: podName } = pod.metadata;
  const accounts = kindOf('v1', 'ServiceAccount');
  const account = accounts && store.get(accounts, namespace, name);
  if (!account)
    throw StatusError.forbidden(
      kind,
      podName,
      `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`,
    );
  const named = withSpec(pod, { serviceAccountName: name, serviceAccount: name });
  const mounts = spec['automountServiceAccountToken'] ?? account['automountServiceAccountToken'] ?? true;
  return mounts ? withToken(named, `kube-api-access-${randomSuffix(randomBytes)}`) : named;
}

function withToken(pod: KubeObject, volume: string): KubeObject {
  const spec = specOf(pod);
  const mounted = (container: JsonMap): JsonMap => {
    const mounts = mapsOf(container['volumeMounts']);
    if (mounts.some(({ mountPath }) => mountPath === tokenPath)) return container;
    return { ...container, volumeMounts: [...mounts, { name: volume, readOnly: true, mountPath: tokenPath }] };
  };
  const sources = [
    { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    {
      downwardAPI: {
        items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
      },
    },
  ];
  return withSpec(pod, {
    volumes: [...mapsOf(spec['volumes']), { name: volume, projected: { sources, defaultMode: 420 } }],
    containers: mapsOf(spec['containers']).map(mounted),
    ...(spec['initContainers'] !== undefined && { initContainers: mapsOf(spec['initContainers']).map(mounted) }),
  });
}

/** Admission plugins DefaultTolerationSeconds and Priority. */
function withTolerations(pod: KubeObject): KubeObject {
  const given = mapsOf(specOf(pod)['tolerations']);
  const missing = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].filter(
    (taint) => !given.some(({ key, effect }) => (!key || key === taint) && (!effect || effect === 'NoExecute')),
  );
  const added = missing.map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }));
  return withSpec(pod, { priority: 0, preemptionPolicy: 'PreemptLowerPriority', tolerations: [...given, ...added] });
}

function qualityOf(spec: JsonMap): string {
  const all = [...mapsOf(spec['containers']), ...mapsOf(spec['initContainers'])].map(({ resources }) =>
    mapOf(resources),
  );
  const compute = (map: unknown): readonly (string | undefined)[] =>
    ['cpu', 'memory'].map((name) => mapOf(map)[name] as string);
  const asked = all.some(({ requests, limits }) => [...compute(requests), ...compute(limits)].some(Boolean));
  if (!asked) return 'BestEffort';
  const isFixed = ({ requests, limits }: JsonMap): boolean => {
    const [wanted, most] = [compute(requests), compute(limits)];
    return most.every((limit, index) => limit !== undefined && (wanted[index] ?? limit) === limit);
  };
  return all.every(isFixed) ? 'Guaranteed' : 'Burstable';
}

function withJobLabels(job: KubeObject): KubeObject {
  const spec = specOf(job);
  if (spec['manualSelector'] === true) return job;
  const { uid, name } = job.metadata;
  const prefix = 'batch.kubernetes.io/';
  const generated = { [`${prefix}controller-uid`]: uid, [`${prefix}job-name`]: name };
  const template = mapOf(spec['template']);
  const metadata = mapOf(template['metadata']);
  const labels = { ...mapOf(metadata['labels']), 'controller-uid': uid, 'job-name': name, ...generated };
  // A Job without labels takes those of its template: to Go they are one map.
  const own = mapOf(job.metadata.labels);
  const isUnlabelled = Object.entries(own).every(([key, value]) => mapOf(metadata['labels'])[key] === value);
  const labelled = isUnlabelled
    ? { ...job, metadata: { ...job.metadata, labels: labels as Record<string, string> } }
    : job;
  return withSpec(labelled, {
    selector: { matchLabels: { [`${prefix}controller-uid`]: uid } },
    template: { ...template, metadata: { ...metadata, labels } },
  });
}

/** 10.96.0.0/16, in order; .0.1 is the API server's own and .0.10 the DNS'. */
const firstIp = 11;

function withClusterIp(service: KubeObject, { store }: Preparation, kind: Kind): KubeObject {
  const { clusterIP, type, selector, ipFamilyPolicy } = specOf(service);
  if (type === 'ExternalName') return service;
  const taken = new Set(store.list(kind).map((other) => specOf(other)['clusterIP']));
  if (clusterIP && clusterIP !== 'None' && taken.has(clusterIP)) throw ipTaken(kind, service, String(clusterIP));
  const given = clusterIP || freeIp(taken);
  // Whoever fills in the endpoints of a headless service decides what addresses they have.
  const isOpen = given === 'None' && !selector;
  return withSpec(service, {
    clusterIP: given,
    clusterIPs: [given],
    ipFamilies: isOpen ? ['IPv4', 'IPv6'] : ['IPv4'],
    ipFamilyPolicy: ipFamilyPolicy ?? (isOpen ? 'RequireDualStack' : 'SingleStack'),
  });
}

/** What an update leaves out although the server allocated it: a Service keeps its addresses. */
export function retained(kind: Kind, before: KubeObject, wanted: KubeObject, preparation: Preparation): KubeObject {
  const spec = specOf(wanted);
  if (kind.group !== '' || kind.kind !== 'Service' || spec['clusterIP'] || spec['type'] === 'ExternalName')
    return wanted;
  const { clusterIP, clusterIPs, ipFamilies, ipFamilyPolicy } = specOf(before);
  if (!clusterIP) return withClusterIp(wanted, preparation, kind);
  return { ...wanted, spec: { clusterIP, clusterIPs, ipFamilies, ipFamilyPolicy, ...spec } };
}

function freeIp(taken: ReadonlySet<unknown>): string {
  for (let host = firstIp; host < 65_535; host++) {
    const ip = `10.96.${host >> 8}.${host & 255}`;
    if (!taken.has(ip)) return ip;
  }
  throw StatusError.internal('failed to allocate a serviceIP: range is full');
}

function ipTaken(kind: Kind, service: KubeObject, ip: string): StatusError {
  const why = `failed to allocate IP ${ip}: provided IP is already allocated`;
  return StatusError.invalid(kind, service.metadata.name, [invalid('spec.clusterIPs', [ip], why)]);
}

function withFinalizer(object: KubeObject, finalizer: string): KubeObject {
  const finalizers = object.metadata.finalizers ?? [];
  if (finalizers.includes(finalizer)) return object;
  return { ...object, metadata: { ...object.metadata, finalizers: [...finalizers, finalizer] } };
}

function withNamespaceName(namespace: KubeObject): KubeObject {
  const { name, labels } = namespace.metadata;
  const named = { ...labels, 'kubernetes.io/metadata.name': name };
  return withSpec({ ...namespace, metadata: { ...namespace.metadata, labels: named } }, { finalizers: ['kubernetes'] });
}

/** How objects are addressed. Only kinds this program reads or writes; a static table saves discovery. */
import type { KindRef } from './types.ts';

const plurals: Readonly<Record<string, readonly string[]>> = {
  v1: [
    'ConfigMap',
    'Event',
    'LimitRange',
    'Namespace',
    'PersistentVolumeClaim',
    'Pod',
    'ResourceQuota',
    'Secret',
    'Service',
    'ServiceAccount',
  ],
  'apps/v1': ['Deployment', 'ReplicaSet', 'StatefulSet'],
  'autoscaling/v2': ['HorizontalPodAutoscaler'],
  'batch/v1': ['Job'],
  'networking.k8s.io/v1': ['Ingress'],
  'rbac.authorization.k8s.io/v1': ['Role', 'RoleBinding'],
  'coordination.k8s.io/v1': ['Lease'],
  'discovery.k8s.io/v1': ['EndpointSlice'],
  'apps.kubeblocks.io/v1alpha1': ['Cluster'],
  'objectstorage.sealos.io/v1': ['ObjectStorageBucket'],
  'app.sealos.io/v1': ['App', 'Instance'],
  'metrics.k8s.io/v1beta1': ['PodMetrics'],
};

/** The name in paths: lower case, plural. Throws a RangeError for kinds that are not in the table. */
export function pluralOf({ apiVersion, kind }: KindRef): string {
  if (!plurals[apiVersion]?.includes(kind)) throw new RangeError(`unknown kind ${apiVersion} ${kind}`);
  // What is measured of a pod goes by the pod's own name.
  if (kind === 'PodMetrics') return 'pods';
  const lower = kind.toLowerCase();
  if (lower.endsWith('s')) return `${lower}es`;
  return lower.endsWith('y') ? `${lower.slice(0, -1)}ies` : `${lower}s`;
}

/** Path of one object, or of all of a kind in a namespace. */
export function pathOf(kind: KindRef, namespace: string, name?: string, subresource?: string): string {
  const { apiVersion } = kind;
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const within = kind.kind === 'Namespace' ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return [`${root}${within}/${pluralOf(kind)}`, name === undefined ? undefined : encodeURIComponent(name), subresource]
    .filter((part) => part !== undefined)
    .join('/');
}

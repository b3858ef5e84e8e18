/** The kinds that controllers act on, and who they are. */
import { kindOf } from '../schema/index.ts';
import type { Kind, User } from '../types.ts';

/** @throws RangeError for what this sandbox does not serve */
export function kindNamed(apiVersion: string, name: string): Kind {
  const kind = kindOf(apiVersion, name);
  if (!kind) throw new RangeError(`${name} of ${apiVersion} is not served`);
  return kind;
}

export const known = {
  pods: kindNamed('v1', 'Pod'),
  nodes: kindNamed('v1', 'Node'),
  claims: kindNamed('v1', 'PersistentVolumeClaim'),
  volumes: kindNamed('v1', 'PersistentVolume'),
  services: kindNamed('v1', 'Service'),
  endpoints: kindNamed('v1', 'Endpoints'),
  secrets: kindNamed('v1', 'Secret'),
  configMaps: kindNamed('v1', 'ConfigMap'),
  events: kindNamed('v1', 'Event'),
  namespaces: kindNamed('v1', 'Namespace'),
  quotas: kindNamed('v1', 'ResourceQuota'),
  accounts: kindNamed('v1', 'ServiceAccount'),
  slices: kindNamed('discovery.k8s.io/v1', 'EndpointSlice'),
  deployments: kindNamed('apps/v1', 'Deployment'),
  replicaSets: kindNamed('apps/v1', 'ReplicaSet'),
  statefulSets: kindNamed('apps/v1', 'StatefulSet'),
  revisions: kindNamed('apps/v1', 'ControllerRevision'),
  jobs: kindNamed('batch/v1', 'Job'),
  classes: kindNamed('storage.k8s.io/v1', 'StorageClass'),
  ingresses: kindNamed('networking.k8s.io/v1', 'Ingress'),
} as const;

export const systemUser = (name: string): User =>
  name.startsWith('system:serviceaccount:')
    ? { name, groups: ['system:serviceaccounts', 'system:authenticated'] }
    : { name, groups: ['system:masters', 'system:authenticated'] };

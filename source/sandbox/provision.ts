/**
 * A workspace as Sealos makes one (sealos-platform 1.1, 1.3, 1.4, 5.3), as objects: the sandbox begins with them, and the test
 * cluster applies them to a real API server.
 */
import type { KubeObject } from '../stack/types.ts';

export interface Workspace {
  /** Eight lower-case letters and digits, as Sealos makes them. */
  readonly id: string;
  readonly namespace: string;
  /** Of the cloud: `posthog.` + this is a public address. */
  readonly domain: string;
}

const rbac = 'rbac.authorization.k8s.io/v1';
const systemNamespaces = ['user-system', 'app-system', 'objectstorage-system', 'kb-system'];

export type Rule = Readonly<{ apiGroups: readonly string[]; resources: readonly string[]; verbs: readonly string[] }>;

const everything: readonly Rule[] = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];

export const defaultQuota: Readonly<Record<string, string>> = {
  'limits.cpu': '16',
  'limits.memory': '64Gi',
  'limits.ephemeral-storage': '100Gi',
  'requests.storage': '100Gi',
  pods: '20',
  'services.nodeports': '10',
  'objectstorage/size': '20Gi',
  'objectstorage/bucket': '5',
};

const namespaceOf = (name: string, more: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, ...more },
});

/** The user's namespace itself; what is in it needs it first. */
export function workspaceNamespace({ id, namespace }: Workspace): KubeObject {
  const restricted = ['audit', 'warn'].flatMap((mode) => [
    [`pod-security.kubernetes.io/${mode}`, 'restricted'],
    [`pod-security.kubernetes.io/${mode}-version`, 'v1.25'],
  ]);
  return namespaceOf(namespace, {
    labels: {
      'user.sealos.io/owner': id,
      'pod-security.kubernetes.io/enforce': 'baseline',
      'pod-security.kubernetes.io/enforce-version': 'v1.25',
      ...Object.fromEntries(restricted),
    },
    annotations: {
      'user.sealos.io/creator': id,
      'user.sealos.io/owner': id,
      'sealos.io/namespace': namespace,
      'debt.sealos/status': 'Normal',
    },
  });
}

/** Rights, quota and limits of the user's namespace. */
export function workspaceObjects({ id, namespace }: Workspace): readonly KubeObject[] {
  const metadata = (name: string) => ({ name, namespace });
  const role = (name: string, rules: readonly Rule[]) => ({
    apiVersion: rbac,
    kind: 'Role',
    metadata: metadata(name),
    rules,
  });
  const limits = { cpu: '50m', memory: '64Mi', 'ephemeral-storage': '100Mi' };
  return [
    role('Owner', everything),
    role('Manager', everything),
    role('Developer', [{ apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch'] }]),
    {
      apiVersion: rbac,
      kind: 'RoleBinding',
      metadata: metadata(id),
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'Owner' },
      subjects: [{ kind: 'ServiceAccount', name: id, namespace: 'user-system' }],
    },
    {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: metadata(`quota-${namespace}`),
      spec: { hard: defaultQuota },
    },
    {
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: metadata(namespace),
      spec: { limits: [{ type: 'Container', default: limits, defaultRequest: limits }] },
    },
  ];
}

/** The icons of the platform's own apps, whose addresses tell the domain. */
const platformApps = (domain: string): readonly KubeObject[] =>
  ['template', 'applaunchpad', 'dbprovider'].map((name) => ({
    apiVersion: 'app.sealos.io/v1',
    kind: 'App',
    metadata: { name: `system-${name}`, namespace: 'app-system' },
    spec: { name, type: 'iframe', icon: '', data: { url: `https://${name}.${domain}`, desc: name } },
  }));

export const platformNamespaces: readonly KubeObject[] = systemNamespaces.map((name) => namespaceOf(name));

/** What exists once in a cluster: the user's identity, what everybody may read, and that. */
export function platformObjects({ id, domain }: Workspace): readonly KubeObject[] {
  const appReader = { name: 'app-reader', namespace: 'app-system' };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: id, namespace: 'user-system' } },
    {
      apiVersion: rbac,
      kind: 'Role',
      metadata: appReader,
      rules: [{ apiGroups: ['app.sealos.io'], resources: ['apps'], verbs: ['get', 'list'] }],
    },
    {
      apiVersion: rbac,
      kind: 'RoleBinding',
      metadata: appReader,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'app-reader' },
      subjects: [{ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'system:serviceaccounts' }],
    },
    ...platformApps(domain),
  ];
}

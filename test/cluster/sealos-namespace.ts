/** The user's namespace, as Sealos makes one (`sealos-platform.md` 1.1, 1.3, 1.4, 5.3), and the little that he may see outside. */
import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Api, KubeObject } from './api.ts';
import { domain, type Layout, userNamespace, workspace } from './layout.ts';
import { waitFor } from './waiting.ts';

const rbac = 'rbac.authorization.k8s.io/v1';
const systemNamespaces = ['user-system', 'app-system', 'objectstorage-system', 'kb-system'];
const everything = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];

export type Rule = Readonly<{ apiGroups: readonly string[]; resources: readonly string[]; verbs: readonly string[] }>;

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

const namespaceOf = (name: string, more: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, ...more },
});

function userNamespaceObject(): object {
  const restricted = ['audit', 'warn'].flatMap((mode) => [
    [`pod-security.kubernetes.io/${mode}`, 'restricted'],
    [`pod-security.kubernetes.io/${mode}-version`, 'v1.25'],
  ]);
  return namespaceOf(userNamespace, {
    labels: {
      'user.sealos.io/owner': workspace,
      'pod-security.kubernetes.io/enforce': 'baseline',
      'pod-security.kubernetes.io/enforce-version': 'v1.25',
      ...Object.fromEntries(restricted),
    },
    annotations: {
      'user.sealos.io/creator': workspace,
      'user.sealos.io/owner': workspace,
      'sealos.io/namespace': userNamespace,
      'debt.sealos/status': 'Normal',
    },
  });
}

function roleOf(name: string, rules: readonly Rule[]): object {
  return { apiVersion: rbac, kind: 'Role', metadata: { name, namespace: userNamespace }, rules };
}

const account = { kind: 'ServiceAccount', name: workspace, namespace: 'user-system' };

function objectsInNamespace(): object[] {
  const metadata = (name: string): object => ({ name, namespace: userNamespace });
  const limits = { cpu: '50m', memory: '64Mi', 'ephemeral-storage': '100Mi' };
  return [
    roleOf('Owner', everything),
    roleOf('Manager', everything),
    roleOf('Developer', [{ apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch'] }]),
    {
      apiVersion: rbac,
      kind: 'RoleBinding',
      metadata: metadata(workspace),
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'Owner' },
      subjects: [account],
    },
    {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: metadata(`quota-${userNamespace}`),
      spec: { hard: defaultQuota },
    },
    {
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: metadata(userNamespace),
      spec: { limits: [{ type: 'Container', default: limits, defaultRequest: limits }] },
    },
  ];
}

/** The icons of the platform's own apps, whose addresses tell the domain. */
function platformApps(): object[] {
  return ['template', 'applaunchpad', 'dbprovider'].map((name) => ({
    apiVersion: 'app.sealos.io/v1',
    kind: 'App',
    metadata: { name: `system-${name}`, namespace: 'app-system' },
    spec: { name, type: 'iframe', icon: '', data: { url: `https://${name}.${domain}`, desc: name } },
  }));
}

/** What exists once in a cluster: system namespaces, the user's identity, the grants for everybody. */
export async function applyPlatform(api: Api, signal: AbortSignal): Promise<void> {
  await Promise.all(systemNamespaces.map((name) => api.apply(namespaceOf(name), signal)));
  const appReader = { name: 'app-reader', namespace: 'app-system' };
  const objects = [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: workspace, namespace: 'user-system' } },
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
    ...platformApps(),
  ];
  await Promise.all(objects.map((object) => api.apply(object, signal)));
}

/** Makes the user's namespace and waits until pods can be made in it. */
export async function provisionNamespace(api: Api, signal: AbortSignal): Promise<void> {
  await api.apply(userNamespaceObject(), signal);
  await Promise.all(objectsInNamespace().map((object) => api.apply(object, signal)));
  const quota = { apiVersion: 'v1', kind: 'ResourceQuota', namespace: userNamespace, name: `quota-${userNamespace}` };
  await waitFor(
    async () =>
      api.find({ apiVersion: 'v1', kind: 'ServiceAccount', namespace: userNamespace, name: 'default' }, signal),
    {
      what: 'the default service account',
      signal,
    },
  );
  await waitFor(
    async () =>
      (await api.find<KubeObject & { status?: { hard?: object } }>(quota, signal))?.status?.hard !== undefined,
    {
      what: 'the quota of the namespace',
      signal,
    },
  );
}

/** What the user's token may do in his namespace from now on. */
export async function applyRights(api: Api, rules: readonly Rule[], signal: AbortSignal): Promise<void> {
  const reference = { apiVersion: rbac, kind: 'Role', namespace: userNamespace, name: 'Owner' };
  await api.patch(reference, { rules }, signal);
}

interface Discovery {
  readonly groupVersion: string;
  readonly resources: readonly {
    readonly name: string;
    readonly namespaced: boolean;
    readonly verbs: readonly string[];
  }[];
}

/** The addresses of all collections in the namespace that can be deleted as a whole. */
async function collections(api: Api, signal: AbortSignal): Promise<string[]> {
  const { groups } = await api.call<{ groups: { preferredVersion: { groupVersion: string } }[] }>(
    'GET',
    '/apis',
    signal,
  );
  const versions = ['/api/v1', ...groups.map(({ preferredVersion }) => `/apis/${preferredVersion.groupVersion}`)];
  const found = await Promise.all(
    versions.map(async (path) => ({ path, ...(await api.call<Discovery>('GET', path, signal)) })),
  );
  return found.flatMap(({ path, resources }) =>
    resources
      .filter(({ namespaced, verbs }) => namespaced && verbs.includes('deletecollection'))
      .map(({ name }) => `${path}/namespaces/${userNamespace}/${name}`),
  );
}

const lasting = [
  'pods',
  'persistentvolumeclaims',
  'clusters',
  'deployments',
  'replicasets',
  'statefulsets',
  'jobs',
  'instances',
];

/**
 * Deletes everything in the namespace and provisions it again, as if it were new. The namespace itself stays: its controller
 * waits five seconds before it even begins to delete one.
 */
export async function renewNamespace(api: Api, signal: AbortSignal): Promise<void> {
  const clusters = { apiVersion: 'apps.kubeblocks.io/v1alpha1', kind: 'Cluster', namespace: userNamespace };
  for (const { metadata } of await api.list(clusters, signal))
    await api.patch({ ...clusters, name: metadata.name }, { spec: { terminationPolicy: 'WipeOut' } }, signal);
  const paths = await collections(api, signal);
  const pods = paths.filter((path) => path.endsWith('/pods'));
  const others = paths.filter((path) => !pods.includes(path));
  const removeAll = (path: string, more: object): Promise<unknown> =>
    api.call('DELETE', path, signal, { propagationPolicy: 'Background', ...more });
  await waitFor(
    async () => {
      // Pods last, so that nobody makes new ones; and at once: what they hold is thrown away.
      await Promise.all(others.map((path) => removeAll(path, {})));
      await Promise.all(pods.map((path) => removeAll(path, { gracePeriodSeconds: 0 })));
      const left = await Promise.all(
        paths
          .filter((path) => lasting.some((name) => path.endsWith(`/${name}`)))
          .map((path) => api.call<{ items: object[] }>('GET', path, signal)),
      );
      return left.every(({ items }) => items.length === 0);
    },
    { what: 'an empty namespace', signal },
  );
  await provisionNamespace(api, signal);
}

const tokenSecrets = { apiVersion: 'v1', kind: 'Secret', namespace: 'user-system' } as const;

/**
 * Writes the user's kubeconfig with a new token bound to a Secret, and deletes the Secrets of earlier ones: these answer 401 as
 * soon as the API server's cache of tokens has forgotten them (10 s).
 */
export async function issueToken(api: Api, layout: Layout, signal: AbortSignal): Promise<void> {
  const label = 'user.sealos.io/token-of';
  const earlier = await api.list(tokenSecrets, signal, `?labelSelector=${encodeURIComponent(`${label}=${workspace}`)}`);
  const name = `sealos-token-${workspace}-${randomBytes(3).toString('hex')}`;
  const { namespace: _, ...kind } = tokenSecrets;
  const secret = await api.apply<KubeObject>(
    { ...kind, metadata: { name, namespace: 'user-system', labels: { [label]: workspace } } },
    signal,
  );
  const answer = await api.call<{ status: { token: string } }>(
    'POST',
    `/api/v1/namespaces/user-system/serviceaccounts/${workspace}/token`,
    signal,
    {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {
        expirationSeconds: 1_000_000_000,
        boundObjectRef: { apiVersion: 'v1', kind: 'Secret', name, uid: secret.metadata.uid },
      },
    },
  );
  await writeUserKubeconfig(layout, answer.status.token);
  for (const { metadata } of earlier) await api.remove({ ...tokenSecrets, name: metadata.name }, signal);
}

async function writeUserKubeconfig(layout: Layout, token: string): Promise<void> {
  const ca = await readFile(join(layout.pki, 'ca.crt'));
  const context = `${workspace}@sealos`;
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'sealos',
        cluster: { server: `https://${domain}:6443`, 'certificate-authority-data': ca.toString('base64') },
      },
    ],
    users: [{ name: workspace, user: { token } }],
    contexts: [{ name: context, context: { cluster: 'sealos', user: workspace, namespace: userNamespace } }],
    'current-context': context,
  };
  // In one step, so that nobody reads half a file.
  await writeFile(`${layout.userKubeconfig}.new`, JSON.stringify(config, null, 2), { mode: 0o600 });
  await rename(`${layout.userKubeconfig}.new`, layout.userKubeconfig);
}

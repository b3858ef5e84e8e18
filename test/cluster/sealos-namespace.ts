/** The user's namespace on the real API server: made, emptied, and its token. */
import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  platformNamespaces,
  platformObjects,
  type Rule,
  type Workspace,
  workspaceNamespace,
  workspaceObjects,
} from '../../source/sandbox/provision.ts';
import type { Api, KubeObject } from './api.ts';
import { domain, type Layout, userNamespace, workspace } from './layout.ts';
import { waitFor } from './waiting.ts';

const rbac = 'rbac.authorization.k8s.io/v1';
const sealosWorkspace: Workspace = { id: workspace, namespace: userNamespace, domain };

/** What exists once in a cluster. */
export async function applyPlatform(api: Api, signal: AbortSignal): Promise<void> {
  await Promise.all(platformNamespaces.map((each) => api.apply(each, signal)));
  await Promise.all(platformObjects(sealosWorkspace).map((each) => api.apply(each, signal)));
}

/** Makes the user's namespace and waits until pods can be made in it, and none that were there before count any more. */
export async function provisionNamespace(api: Api, signal: AbortSignal): Promise<void> {
  await api.apply(workspaceNamespace(sealosWorkspace), signal);
  await Promise.all(workspaceObjects(sealosWorkspace).map((each) => api.apply(each, signal)));
  const quota = { apiVersion: 'v1', kind: 'ResourceQuota', namespace: userNamespace, name: `quota-${userNamespace}` };
  await waitFor(
    async () =>
      api.find({ apiVersion: 'v1', kind: 'ServiceAccount', namespace: userNamespace, name: 'default' }, signal),
    {
      what: 'the default service account',
      signal,
    },
  );
  const isUnused = async () => {
    const found = await api.find<KubeObject & { status?: { used?: Record<string, string> } }>(quota, signal);
    return ['pods', 'requests.storage'].every((resource) => found?.status?.used?.[resource] === '0');
  };
  await waitFor(isUnused, { what: 'the quota of the namespace', signal });
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

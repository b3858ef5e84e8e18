/**
 * What cluster tests do to the cluster. All of it is called inside its network (`cli.ts exec`), with the rights of the
 * administrator, and touches only this cluster. Every function takes the signal that a test may give, and ends with it.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { defaultQuota, type Rule } from '../../source/sandbox/provision.ts';
import { refusePodStatus } from './admission.ts';
import { type Api, connectApi, type KubeObject } from './api.ts';
import { installKubeblocksResources } from './crds.ts';
import { ctrOf, importedNameOf, stackImages, storedName } from './images.ts';
import {
  domain as clusterDomain,
  type KubeblocksVersion,
  layoutOf,
  userNamespace as namespaceOfUser,
} from './layout.ts';
import * as sandbox from './on-sandbox.ts';
import { unpackPackages } from './packages.ts';
import { applyRights, issueToken, renewNamespace } from './sealos-namespace.ts';
import { run } from './shell.ts';
import { restartApiServer as restart, restartKubelet as restartNode } from './up.ts';
import { waitFor } from './waiting.ts';

const layout = layoutOf(process.env);
const existing = process.env['CLUSTER_EXISTING'] !== undefined;
const silent = (): void => undefined;
const never = new AbortController().signal;

/** Hooks of vitest are called with their context, which is no signal. */
function signalOf(given: unknown): AbortSignal {
  return given instanceof AbortSignal ? given : never;
}

export const userNamespace: string = sandbox.isSandbox ? sandbox.namespace : namespaceOfUser;
/** Where public addresses end: `posthog.` + this. */
export const domain = (): string => clusterDomain;
/** The path of what Sealos gives its user. */
export const userKubeconfig = (): string => (existing ? (process.env['KUBECONFIG'] ?? '') : layout.userKubeconfig);
/** The path of a kubeconfig that may do everything; its default namespace is the user's. */
export const adminKubeconfig = (): string =>
  sandbox.isSandbox ? sandbox.adminKubeconfig() : existing ? userKubeconfig() : layout.adminKubeconfig;
/** The certificate of the gateway's authority, as PEM. */
export const gatewayCa = (): Promise<string> => readFile(layout.gatewayCa, 'utf8');

async function withApi<T>(work: (api: Api) => Promise<T>): Promise<T> {
  if (existing) throw new Error('this test changes the cluster and runs only on the one that test/cluster brings up');
  const api = await connectApi(layout);
  try {
    return await work(api);
  } finally {
    await api.close();
  }
}

/** kubectl with the administrator's rights, in the user's namespace; gives back its stdout, throws with its stderr. */
export async function kubectl(...args: readonly string[]): Promise<string> {
  return await run('kubectl', ['--kubeconfig', adminKubeconfig(), ...args], { signal: never });
}

/** Everything that an install may have left in a namespace that is not ours to empty. */
const installed =
  'instances.app.sealos.io,apps.app.sealos.io,ingresses,deployments,statefulsets,jobs,services,configmaps,secrets,leases,clusters.apps.kubeblocks.io,objectstoragebuckets.objectstorage.sealos.io,pvc';

async function uninstallFromExisting(): Promise<void> {
  const ours = ['-l', 'cloud.sealos.io/deploy-on-sealos=posthog'];
  const clusters = await kubectl('get', 'clusters.apps.kubeblocks.io', ...ours, '-o', 'name');
  for (const name of clusters.split('\n').filter(Boolean))
    await kubectl('patch', name, '--type', 'merge', '-p', '{"spec":{"terminationPolicy":"WipeOut"}}');
  await kubectl('delete', installed, ...ours, '--timeout', '180s');
}

/** Makes the user's namespace as new: nothing in it, full quota and rights, a new token. */
export async function resetNamespace(given?: unknown): Promise<void> {
  if (sandbox.isSandbox) return sandbox.reset();
  if (existing) return uninstallFromExisting();
  const signal = signalOf(given);
  await withApi(async (api) => {
    await renewNamespace(api, signal);
    await issueToken(api, layout, signal);
  });
}

/** A test that has to come in between: on the sandbox, work takes some time from now on; elsewhere it does by itself. */
export async function takeTime(speed = '60'): Promise<void> {
  if (sandbox.isSandbox) await sandbox.setSpeed(speed);
}

/** Ends the API server and starts it again; returns when it answers. */
export async function restartApiServer(given?: unknown): Promise<void> {
  if (sandbox.isSandbox) return void (await sandbox.restartApiServer());
  await restart(layout, process.env, signalOf(given));
}

export async function restartKubelet(given?: unknown): Promise<void> {
  await restartNode(layout, process.env, signalOf(given));
}

/**
 * Keeps the API server from learning what becomes of a pod of the user, as when its node cannot reach it; returns when
 * it does. What is returned ends it.
 */
export async function hidePodStatus(pod: string, given?: unknown): Promise<() => Promise<void>> {
  const signal = signalOf(given);
  await withApi(async (api) => {
    await refusePodStatus(api, true, signal);
    const status = { apiVersion: 'v1', kind: 'Pod', namespace: userNamespace, name: pod, subresource: 'status' };
    const isRefused = () =>
      api.patch(status, {}, signal).then(
        () => false,
        () => true,
      );
    await waitFor(isRefused, { what: 'the refusal of status', signal });
  });
  return () => withApi((api) => refusePodStatus(api, false, signal));
}

/** Sets the quota of the namespace: the usual one, with these values instead. Returns when it is in force. */
export async function setQuota(hard: Readonly<Record<string, string>>, given?: unknown): Promise<void> {
  if (sandbox.isSandbox) return sandbox.setQuota(hard);
  const signal = signalOf(given);
  const reference = {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    namespace: userNamespace,
    name: `quota-${userNamespace}`,
  };
  const wanted = { ...defaultQuota, ...hard };
  await withApi(async (api) => {
    await api.patch(reference, { spec: { hard: wanted } }, signal);
    const inForce = async (): Promise<boolean> => {
      const quota = await api.find<KubeObject & { status?: { hard?: Record<string, string> } }>(reference, signal);
      return Object.entries(wanted).every(([name, value]) => quota?.status?.hard?.[name] === value);
    };
    await waitFor(inForce, { what: 'the new quota', signal });
  });
}

/** What the user's token may do in his namespace: read-only, nothing (no rules), or as before (`resetNamespace`). */
export async function setRights(rules: readonly Rule[], given?: unknown): Promise<void> {
  if (sandbox.isSandbox) return sandbox.setRights(rules);
  await withApi((api) => applyRights(api, rules, signalOf(given)));
}

/** Gives the user a new token in his kubeconfig; the one before answers 401 within 10 seconds. */
export async function rotateToken(given?: unknown): Promise<void> {
  if (sandbox.isSandbox) return sandbox.expireToken();
  await withApi((api) => issueToken(api, layout, signalOf(given)));
}

/** Whoever was told that his login has ended logs in again; on a cluster the new token is in the kubeconfig already. */
export async function logInAgain(): Promise<void> {
  if (sandbox.isSandbox) await sandbox.renewToken();
}

/** Plays another version of KubeBlocks from now on. Databases of the one before are lost: the namespace is made new. */
export async function useKubeblocks(version: KubeblocksVersion, given?: unknown): Promise<void> {
  if (sandbox.isSandbox) return sandbox.reset(version === '0.8.2' ? 'old-kubeblocks' : 'fresh');
  const signal = signalOf(given);
  await resetNamespace(signal);
  await writeFile(layout.kubeblocksVersion, version);
  await withApi((api) => installKubeblocksResources(api, version, signal));
}

export interface StackImage {
  /** Registry and path, without tag and digest. */
  readonly repository: string;
  readonly reference: string;
}

async function referencesOf(name: string): Promise<readonly string[]> {
  const references = (await stackImages()).get(name);
  if (!references) throw new Error(`no release has an image named ${name}`);
  return references;
}

const repositoryOf = (reference: string): string => reference.replace(/@.*$/, '').replace(/:[^:/]+$/, '');

/** Takes an image of the stack, by its name in the release file, off the node, where its registry does not answer. */
export async function removeImage(name: string, given?: unknown): Promise<StackImage> {
  const references = await referencesOf(name);
  const signal = signalOf(given);
  const ctr = ctrOf(layout, await unpackPackages(layout, silent, signal), signal);
  for (const reference of references) await ctr(['images', 'rm', '--sync', storedName(reference)]);
  const [reference = ''] = references;
  return { reference, repository: repositoryOf(reference) };
}

/** Brings it back, under its own registry or under that of a mirror. */
export async function restoreImage(name: string, mirror?: string, given?: unknown): Promise<void> {
  const signal = signalOf(given);
  const ctr = ctrOf(layout, await unpackPackages(layout, silent, signal), signal);
  for (const reference of await referencesOf(name)) {
    const stored = storedName(reference);
    const target = mirror === undefined ? stored : `${mirror}${stored.slice(stored.indexOf('/'))}`;
    await ctr(['images', 'tag', '--force', importedNameOf(reference), target]);
  }
}

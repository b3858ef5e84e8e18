/** Stand-in for KubeBlocks: makes real servers of Clusters in the legacy shape, the way 0.8 and 0.9 do. */
import { randomBytes } from 'node:crypto';
import {
  apiVersion,
  type Cluster,
  type Component,
  claimsOf,
  componentsOf,
  credentialsOf,
  finalizer,
  isOutdated,
  podOf,
  replicasOf,
  secretNameOf,
  servicesOf,
  statefulSetOf,
  workloadOf,
} from '../../../source/sandbox/controllers/kubeblocks/objects.ts';
import { refusedStatusOf, rolesFor, statusOf } from '../../../source/sandbox/controllers/kubeblocks/status.ts';
import type { Pod } from '../../../source/sandbox/controllers/model.ts';
import type { KubeObject } from '../../../source/stack/types.ts';
import { type Api, ApiError } from '../api.ts';
import type { KubeblocksVersion } from '../layout.ts';
import { follow, loop } from './follow.ts';
import { runOf } from './kubeblocks-servers.ts';

const managed = 'labelSelector=app.kubernetes.io%2Fmanaged-by%3Dkubeblocks';

export interface KubeblocksOptions {
  readonly api: Api;
  /** Asked again at each run: the resources of the other version may have been installed meanwhile. */
  readonly version: () => KubeblocksVersion;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

/** Runs until the signal ends it. */
export function runKubeblocks({ api, version, now, signal }: KubeblocksOptions): void {
  const changed = (): void => poke();
  const clusters = follow<Cluster>(api, { apiVersion, kind: 'Cluster' }, changed, signal);
  const pods = follow<Pod>(api, { apiVersion: 'v1', kind: 'Pod' }, changed, signal, managed);
  const claims = follow<KubeObject>(api, { apiVersion: 'v1', kind: 'PersistentVolumeClaim' }, changed, signal, managed);
  const namespaces = follow<KubeObject>(api, { apiVersion: 'v1', kind: 'Namespace' }, changed, signal);
  /** What was applied last, by the uid of its Cluster: applying it again would tell nothing. */
  const applied = new Map<string, { readonly content: string; readonly result: KubeObject }>();
  const told = new Map<string, string>();

  const reference = (
    { metadata }: Cluster,
    subresource?: string,
  ): { apiVersion: string; kind: string; namespace: string; name: string; subresource?: string } => ({
    ...{ apiVersion, kind: 'Cluster', namespace: metadata.namespace ?? '', name: metadata.name },
    ...(subresource ? { subresource } : {}),
  });
  const ofCluster = <T extends KubeObject>(objects: Iterable<T>, cluster: Cluster): T[] =>
    [...objects].filter(
      ({ metadata }) =>
        metadata.namespace === cluster.metadata.namespace &&
        metadata.labels?.['app.kubernetes.io/instance'] === cluster.metadata.name,
    );
  const podsOf = ({ cluster, spec }: Component): Pod[] =>
    ofCluster(pods.values(), cluster)
      .filter(({ metadata }) => metadata.labels?.['apps.kubeblocks.io/component-name'] === spec.name)
      .sort((one, other) => one.metadata.name.localeCompare(other.metadata.name));

  async function applyOnce(cluster: Cluster, object: KubeObject, signal: AbortSignal): Promise<KubeObject> {
    const { kind, metadata } = object;
    const key = `${cluster.metadata.uid}/${kind}/${metadata.name}`;
    const content = JSON.stringify(object);
    const before = applied.get(key);
    if (before?.content === content) return before.result;
    const result = await api.apply<KubeObject>(object, signal);
    applied.set(key, { content, result });
    return result;
  }

  /** Made once and never written again, not even when the Cluster changes. */
  async function ensureCredentials(components: readonly Component[], signal: AbortSignal): Promise<void> {
    const component = components.find(({ engine }) => engine.credentials);
    if (!component) return;
    const { cluster } = component;
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      namespace: cluster.metadata.namespace,
      name: secretNameOf(cluster),
    };
    if (await api.find(secret, signal)) return;
    await api.apply(credentialsOf(component, randomBytes(12).toString('base64url').replace(/[-_]/g, 'x')), signal);
  }

  async function ensureInstances(component: Component, signal: AbortSignal): Promise<void> {
    const owner = await applyOnce(component.cluster, workloadOf(component), signal);
    const present = new Map(podsOf(component).map((pod) => [pod.metadata.name, pod]));
    for (let ordinal = 0; ordinal < replicasOf(component); ordinal++) {
      for (const claim of claimsOf(component, ordinal)) await applyOnce(component.cluster, claim, signal);
      const wanted = podOf(component, ordinal, owner);
      const { name } = wanted.metadata;
      const pod = present.get(name);
      if (!pod) await create(wanted, signal);
      if (!pod || !isOutdated(pod, wanted)) present.delete(name);
    }
    for (const pod of present.values()) await removePod(pod, signal);
  }

  async function create(pod: KubeObject, signal: AbortSignal): Promise<void> {
    try {
      await api.call('POST', `/api/v1/namespaces/${pod.metadata.namespace}/pods`, signal, pod);
    } catch (error) {
      // Ours, only not seen yet.
      if (error instanceof ApiError && error.code === 409) return;
      throw error;
    }
  }

  async function removePod({ metadata }: KubeObject, signal: AbortSignal): Promise<void> {
    if (metadata.deletionTimestamp) return;
    await api.remove({ apiVersion: 'v1', kind: 'Pod', namespace: metadata.namespace, name: metadata.name }, signal);
  }

  async function assignRoles(component: Component, signal: AbortSignal): Promise<void> {
    for (const [{ metadata }, change] of rolesFor(component, podsOf(component))) {
      const pod = { apiVersion: 'v1', kind: 'Pod', namespace: metadata.namespace, name: metadata.name };
      await api.patch(pod, change, signal);
    }
  }

  async function tell(cluster: Cluster, status: object, signal: AbortSignal): Promise<void> {
    const content = JSON.stringify(status);
    if (told.get(cluster.metadata.uid ?? '') === content) return;
    await api.patch(reference(cluster, 'status'), { status }, signal);
    told.set(cluster.metadata.uid ?? '', content);
  }

  async function terminate(cluster: Cluster, signal: AbortSignal): Promise<void> {
    const namespaceEnds = namespaces.get(`/${cluster.metadata.namespace}`)?.metadata.deletionTimestamp !== undefined;
    const policy = namespaceEnds ? 'WipeOut' : cluster.spec.terminationPolicy;
    // The object stays, with everything below it, until somebody changes the policy.
    if (policy === 'DoNotTerminate' || !cluster.metadata.finalizers?.includes(finalizer)) return;
    if (cluster.status?.phase !== 'Deleting')
      await api.patch(reference(cluster, 'status'), { status: { phase: 'Deleting' } }, signal);
    if (policy !== 'Halt')
      for (const { metadata } of ofCluster(claims.values(), cluster))
        await api.remove(
          { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: metadata.namespace, name: metadata.name },
          signal,
        );
    const finalizers = cluster.metadata.finalizers.filter((each) => each !== finalizer);
    await api.patch(reference(cluster), { metadata: { finalizers } }, signal);
  }

  async function reconcile(cluster: Cluster, signal: AbortSignal): Promise<void> {
    if (cluster.metadata.deletionTimestamp) return terminate(cluster, signal);
    if (!cluster.metadata.finalizers?.includes(finalizer)) {
      await api.patch(
        reference(cluster),
        { metadata: { finalizers: [...(cluster.metadata.finalizers ?? []), finalizer] } },
        signal,
      );
      return;
    }
    const moment = `${now().toISOString().slice(0, 19)}Z`;
    const components = componentsOf(cluster, version(), runOf);
    if ('missing' in components) return tell(cluster, refusedStatusOf(cluster, components.missing, moment), signal);
    await ensureCredentials(components, signal);
    for (const component of components) {
      for (const service of servicesOf(component)) await applyOnce(cluster, service, signal);
      if (component.version === '0.8.2')
        await applyOnce(
          cluster,
          statefulSetOf(component, await applyOnce(cluster, workloadOf(component), signal)),
          signal,
        );
      else await ensureInstances(component, signal);
      await assignRoles(component, signal);
    }
    await tell(cluster, statusOf(cluster, components, podsOf, moment), signal);
  }

  const poke = loop(
    'kubeblocks',
    async (signal) => {
      const failures: Error[] = [];
      // One that cannot be made, for instance for want of quota, must not hold up the others.
      for (const cluster of clusters.values())
        await reconcile(cluster, signal).catch((error: Error) => failures.push(error));
      const [failure] = failures;
      if (failure) throw failure;
    },
    signal,
  );
}

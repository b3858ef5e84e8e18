/** What a failed install leaves in the cluster, what of it costs, and how to remove it. */
import type { Cluster } from '../cluster/types.ts';
import type { Say } from '../messages/index.ts';
import { instanceLabel } from '../stack/conventions.ts';
import { removal } from '../stack/removal.ts';

/** Undefined when nothing is left. */
export async function remains(cluster: Cluster, app: string, signal: AbortSignal): Promise<Say | undefined> {
  const labelSelector = `${instanceLabel}=${app}`;
  const count = async (apiVersion: string, kind: string) =>
    (await cluster.list({ apiVersion, kind }, { labelSelector, signal })).items.length;
  const [deployments, sets, claims, databases, buckets] = await Promise.all([
    count('apps/v1', 'Deployment'),
    count('apps/v1', 'StatefulSet'),
    count('v1', 'PersistentVolumeClaim'),
    count('apps.kubeblocks.io/v1alpha1', 'Cluster'),
    count('objectstorage.sealos.io/v1', 'ObjectStorageBucket').catch(() => 0),
  ]);
  const workloads = deployments + sets;
  if (workloads + claims + databases + buckets === 0) return undefined;
  return (t) =>
    t.install.remains.left({ workloads, volumes: claims, databases, buckets }, removal(cluster.namespace, app));
}

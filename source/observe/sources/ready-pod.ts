/** Which pod of a component is asked. */
import type { Cluster } from '../../cluster/types.ts';
import { componentLabel, objectName } from '../../stack/components.ts';
import { instanceMarker } from '../../stack/conventions.ts';
import type { ComponentId, KubeObject } from '../../stack/types.ts';

/** No pod of the component is ready. */
export class NoPodError extends Error {
  readonly component: ComponentId;

  constructor(component: ComponentId) {
    super(`no pod of ${component} is ready`);
    this.name = 'NoPodError';
    this.component = component;
  }
}

/**
 * Name of a ready pod, of databases the one that takes writes; their pods carry KubeBlocks' labels (sealos-platform 4.4)
 * instead of ours. @throws NoPodError
 */
export async function readyPod(
  cluster: Pick<Cluster, 'list'>,
  app: string,
  component: ComponentId,
  signal: AbortSignal,
): Promise<string> {
  const database = component === 'redis' || component === 'postgres';
  const labelSelector = database
    ? `app.kubernetes.io/instance=${objectName(component, app)}`
    : `${instanceMarker}=${app},${componentLabel}=${component}`;
  const { items } = await cluster.list({ apiVersion: 'v1', kind: 'Pod' }, { labelSelector, signal });
  const servers = database ? items.filter(({ metadata }) => /-(redis|postgresql)-\d+$/.test(metadata.name)) : items;
  const pod = servers.filter(isReady).sort((a, b) => Number(isPrimary(b)) - Number(isPrimary(a)))[0];
  if (!pod) throw new NoPodError(component);
  return pod.metadata.name;
}

const isPrimary = ({ metadata }: KubeObject) => metadata.labels?.['kubeblocks.io/role'] === 'primary';

function isReady(pod: KubeObject): boolean {
  const { conditions = [] } = (pod.status ?? {}) as {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
  return (
    pod.metadata.deletionTimestamp === undefined &&
    conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
  );
}

/** Which pod of a component is asked. */
import type { Cluster } from '../../cluster/types.ts';
import { componentLabel, componentOf, objectName } from '../../stack/components.ts';
import { instanceMarker } from '../../stack/conventions.ts';
import type { ComponentId, KubeObject } from '../../stack/types.ts';
import { podStatus } from '../lookups.ts';

/** No pod of the component is ready. */
export class NoPodError extends Error {
  readonly component: ComponentId;

  constructor(component: ComponentId) {
    super(`no pod of ${component} is ready`);
    this.name = 'NoPodError';
    this.component = component;
  }
}

const isDatabase = (component: ComponentId): boolean => componentOf(component).kind === 'Cluster';

/** Finds what a component's pods are among; what belongs to a database carries KubeBlocks' labels instead of ours (sealos-platform 4.4). */
export const selectorOf = (component: ComponentId, app: string): string =>
  isDatabase(component)
    ? `app.kubernetes.io/instance=${objectName(component, app)}`
    : `${instanceMarker}=${app},${componentLabel}=${component}`;

/** Name of a ready pod, of databases the one that takes writes. @throws NoPodError */
export async function readyPod(
  cluster: Pick<Cluster, 'list'>,
  app: string,
  component: ComponentId,
  signal: AbortSignal,
): Promise<string> {
  const labelSelector = selectorOf(component, app);
  const { items } = await cluster.list({ apiVersion: 'v1', kind: 'Pod' }, { labelSelector, signal });
  const servers = isDatabase(component)
    ? items.filter(({ metadata }) => /-(redis|postgresql)-\d+$/.test(metadata.name))
    : items;
  const pod = servers.filter(isReady).sort((a, b) => Number(isPrimary(b)) - Number(isPrimary(a)))[0];
  if (!pod) throw new NoPodError(component);
  return pod.metadata.name;
}

const isPrimary = ({ metadata }: KubeObject) => metadata.labels?.['kubeblocks.io/role'] === 'primary';

const isReady = (pod: KubeObject): boolean =>
  pod.metadata.deletionTimestamp === undefined &&
  (podStatus(pod).conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True');

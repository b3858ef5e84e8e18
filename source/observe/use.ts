/** What components use now, as metrics.k8s.io tells it. Pure. */
import { parseQuantity } from '../stack/quantity.ts';
import type { ComponentId, KubeObject } from '../stack/types.ts';
import { partOf } from './part-of.ts';

export interface Use {
  /** Cores. */
  readonly cpu: number;
  /** Bytes. */
  readonly memory: number;
}

/** Of each component, all its pods together. @param metrics `PodMetrics`, which may lack the labels of their pods */
export function useOf(metrics: readonly KubeObject[], app: string): ReadonlyMap<ComponentId, Use> {
  const found = new Map<ComponentId, Use>();
  for (const { metadata, ...rest } of metrics) {
    const component = partOf({ kind: 'Pod', metadata }, app);
    if (component === undefined) continue;
    const { containers = [] } = rest as {
      readonly containers?: readonly { readonly usage: { readonly cpu: string; readonly memory: string } }[];
    };
    const before = found.get(component) ?? { cpu: 0, memory: 0 };
    found.set(component, {
      cpu: containers.reduce((sum, { usage }) => sum + parseQuantity(usage.cpu), before.cpu),
      memory: containers.reduce((sum, { usage }) => sum + parseQuantity(usage.memory), before.memory),
    });
  }
  return found;
}

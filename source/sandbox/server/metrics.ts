/** metrics.k8s.io: what containers use now, asked of the world with each request. */
import type { KubeObject } from '../../stack/types.ts';
import { StatusError } from '../objects/index.ts';
import type { Kind, Objects, World } from '../types.ts';
import { podSpec, podStatus } from './containers.ts';
import { served } from './served.ts';

interface Usage {
  readonly cpu: number;
  readonly memory: number;
}

/** As metrics-server writes them: nanocores and kibibytes. */
const quantities = ({ cpu, memory }: Usage) => ({
  cpu: `${Math.round(cpu * 1e9)}n`,
  memory: `${Math.round(memory / 1024)}Ki`,
});

function usageOf(world: World, pod: KubeObject): readonly (Usage & { readonly name: string })[] {
  const running = (podStatus(pod).containerStatuses ?? []).filter(({ state }) => state?.running);
  return running.map(({ name }) => ({ name, ...world.usage(pod.metadata.uid ?? '', name) }));
}

const sum = (all: readonly Usage[]): Usage => ({
  cpu: all.reduce((total, { cpu }) => total + cpu, 0),
  memory: all.reduce((total, { memory }) => total + memory, 0),
});

/** Metrics of all pods, or of all nodes. @param now an RFC 3339 time to the second */
export function metricsOf(
  kind: Kind,
  namespace: string | undefined,
  objects: Objects,
  world: World,
  now: string,
): readonly KubeObject[] {
  const pods = objects.store.list(served('', 'pods'), namespace);
  const measured = ({ metadata: { name, namespace: place, labels } }: KubeObject, more: object): KubeObject => ({
    kind: kind.kind,
    apiVersion: 'metrics.k8s.io/v1beta1',
    metadata: { name, ...(place && { namespace: place }), ...(labels && { labels }), creationTimestamp: now },
    timestamp: now,
    window: '15s',
    ...more,
  });
  if (kind.plural === 'nodes')
    return objects.store.list(served('', 'nodes')).map((node) => {
      const own = pods.filter((pod) => podSpec(pod).nodeName === node.metadata.name);
      return measured(node, { usage: quantities(sum(own.flatMap((pod) => usageOf(world, pod)))) });
    });
  return pods.flatMap((pod) => {
    const containers = usageOf(world, pod).map(({ name, ...usage }) => ({ name, usage: quantities(usage) }));
    return containers.length > 0 ? [measured(pod, { containers })] : [];
  });
}

/** @throws StatusError 404 */
export function metricOf(kind: Kind, metrics: readonly KubeObject[], name: string): KubeObject {
  const found = metrics.find(({ metadata }) => metadata.name === name);
  if (!found) throw StatusError.notFound(kind, name);
  return found;
}

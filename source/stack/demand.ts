/** What objects ask of a namespace's quota, which counts limits (sealos-platform 5.3). Pure arithmetic. */
import { componentOf } from './components.ts';
import type { JsonObject } from './manifests.ts';
import { parseQuantity } from './quantity.ts';
import type { KubeObject, RenderedObject } from './types.ts';

/** Pods as a count, CPU in cores, the others in bytes. */
export interface Demand {
  readonly pods: number;
  readonly cpu: number;
  readonly memory: number;
  readonly ephemeral: number;
  readonly storage: number;
}

export const noDemand: Demand = { pods: 0, cpu: 0, memory: 0, ephemeral: 0, storage: 0 };

export function add(a: Demand, b: Demand): Demand {
  return combine(a, b, (x, y) => x + y);
}

export function times(a: Demand, factor: number): Demand {
  return combine(a, a, (x) => x * factor);
}

const largest = (demands: readonly Demand[]): Demand => demands.reduce((a, b) => combine(a, b, Math.max), noDemand);

/** Number by number. */
export function combine(a: Demand, b: Demand, of: (x: number, y: number) => number): Demand {
  return {
    pods: of(a.pods, b.pods),
    cpu: of(a.cpu, b.cpu),
    memory: of(a.memory, b.memory),
    ephemeral: of(a.ephemeral, b.ephemeral),
    storage: of(a.storage, b.storage),
  };
}

/** What one object keeps in use while it runs: all replicas and their volumes. Jobs count as one pod. */
export function demandOf(object: KubeObject): Demand {
  const spec = (object['spec'] ?? {}) as JsonObject;
  if (object.kind === 'Cluster')
    return (spec['componentSpecs'] as readonly JsonObject[]).map(databaseDemand).reduce(add, noDemand);
  const pod = ((spec['template'] as JsonObject | undefined)?.['spec'] ?? undefined) as JsonObject | undefined;
  if (pod === undefined) return noDemand;
  const replicas = Number(spec['replicas'] ?? 1);
  const claims = (spec['volumeClaimTemplates'] ?? []) as readonly JsonObject[];
  return times(
    add(podDemand(pod), { ...noDemand, storage: claims.map(claimBytes).reduce((a, b) => a + b, 0) }),
    replicas,
  );
}

/**
 * Of a pod's spec. Init containers run before the others: the larger of the two counts, as the API server counts it.
 */
export function podDemand(pod: JsonObject): Demand {
  const limits = (containers: unknown) =>
    ((containers ?? []) as readonly JsonObject[]).map((each) => limitDemand((each['resources'] ?? {}) as JsonObject));
  const running = limits(pod['containers']).reduce(add, noDemand);
  return { ...combine(running, largest(limits(pod['initContainers'])), Math.max), pods: 1 };
}

function limitDemand(resources: JsonObject): Demand {
  const limits = (resources['limits'] ?? {}) as JsonObject;
  const read = (key: string) => parseQuantity(String(limits[key] ?? '0'));
  return { pods: 0, cpu: read('cpu'), memory: read('memory'), ephemeral: read('ephemeral-storage'), storage: 0 };
}

function databaseDemand(component: JsonObject): Demand {
  const claims = (component['volumeClaimTemplates'] ?? []) as readonly JsonObject[];
  const one = add(limitDemand(component['resources'] as JsonObject), {
    ...noDemand,
    pods: 1,
    storage: claims.map(claimBytes).reduce((a, b) => a + b, 0),
  });
  return times(one, Number(component['replicas']));
}

function claimBytes(claim: JsonObject): number {
  const requests = ((claim['spec'] as JsonObject)['resources'] as JsonObject)['requests'] as JsonObject;
  return parseQuantity(String(requests['storage']));
}

/** Everything that keeps running once the install is done. */
export function steadyDemand(objects: readonly RenderedObject[]): Demand {
  return objects
    .filter(({ object }) => object.kind !== 'Job')
    .map(({ object }) => demandOf(object))
    .reduce(add, noDemand);
}

/**
 * The most that is needed at once. A first install runs its Jobs before the app, and nothing rolls; a change rolls one
 * component at a time beside everything else and a Job (DESIGN section 4, Order), so never more than one surge pod.
 */
export function peakDemand(objects: readonly RenderedObject[], during: 'install' | 'upgrade'): Demand {
  const job = largest(objects.filter(({ object }) => object.kind === 'Job').map(({ object }) => demandOf(object)));
  if (during === 'install')
    return largest([
      steadyDemand(objects),
      add(steadyDemand(objects.filter(({ component }) => !isApp(component))), job),
    ]);
  const surges = objects
    .filter(({ object }) => surgesByOne(object))
    .map(({ object }) => times(demandOf(object), 1 / replicasOf(object)));
  return [steadyDemand(objects), largest(surges), job].reduce(add, noDemand);
}

const isApp = (component: RenderedObject['component']) =>
  component !== 'instance' && componentOf(component).phase === 'app';

const replicasOf = (object: KubeObject) => Math.max(1, Number((object['spec'] as JsonObject)['replicas'] ?? 1));

function surgesByOne(object: KubeObject): boolean {
  if (object.kind !== 'Deployment') return false;
  const rolling = ((object['spec'] as JsonObject)['strategy'] as JsonObject | undefined)?.['rollingUpdate'] as
    | JsonObject
    | undefined;
  return rolling?.['maxSurge'] === 1;
}

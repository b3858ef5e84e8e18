/** What there is of each component that can be scaled, out of its live objects. Pure. */
import { rootCause } from '../../observe/cause.ts';
import { componentHealth, conditionOf } from '../../observe/health.ts';
import { isOver, mainObject, podsOf } from '../../observe/lookups.ts';
import { isPatient, isSettled, type Snapshot } from '../../observe/types.ts';
import { componentOf } from '../../stack/components.ts';
import { add, type Demand, noDemand, podDemand } from '../../stack/demand.ts';
import type { JsonObject } from '../../stack/manifests.ts';
import type { ComponentId, KubeObject } from '../../stack/types.ts';
import type { Amounts } from './types.ts';

export interface Current extends Amounts {
  readonly component: ComponentId;
  /** What one pod takes of the quota: all its containers. */
  readonly podCost: Demand;
  /** Pods that run beside the old ones while it rolls. */
  readonly surge: number;
  /** Pods that are counted beside the others while it rolls: such, and those that are still ending. */
  readonly overlap: number;
  readonly isPaused: boolean;
  /** Undefined once it is ready, and no older pod is left. */
  readonly rollout: Rollout | undefined;
  /** Variables of its main container that have a value of their own. */
  readonly env: ReadonlyMap<string, string>;
}

/** What there is while it is not as it shall be. */
export interface Rollout {
  /** Whether it does not come by itself: somebody has to do something about it. */
  readonly isStuck: boolean;
  /** What the pods that are there take of the quota. */
  readonly held: Demand;
  /** What those of them that are ready may take: also as it was before. */
  readonly ready: readonly Pick<Amounts, 'cpu' | 'memory'>[];
}

interface Container {
  readonly name: string;
  /** Of a database only. */
  readonly replicas?: number;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly resources?: { readonly limits?: Readonly<Record<string, string>> };
}

interface Workload {
  readonly metadata: KubeObject['metadata'];
  readonly spec?: {
    readonly replicas?: number;
    readonly paused?: boolean;
    readonly strategy?: { readonly type?: string; readonly rollingUpdate?: { readonly maxSurge?: number | string } };
    readonly template?: { readonly spec?: { readonly containers?: readonly Container[] } };
    /** Of a KubeBlocks Cluster. */
    readonly componentSpecs?: readonly Container[];
  };
}

/** The one that is the component: it is named like it, here and in the one-click template; the first where none is. */
export const mainOf = <C extends { readonly name?: string }>(containers: readonly C[], object: string): C | undefined =>
  containers.find(({ name }) => name === object) ?? containers[0];

/** Undefined when it is not there, or has nothing that could be scaled. */
function currentOf(id: ComponentId, snapshot: Snapshot): Current | undefined {
  const { kind } = componentOf(id);
  if (kind !== 'Deployment' && kind !== 'StatefulSet' && kind !== 'Cluster') return undefined;
  const object = mainObject(id, snapshot) as Workload | undefined;
  if (!object?.spec) return undefined;
  const { spec } = object;
  const containers = spec.template?.spec?.containers ?? spec.componentSpecs ?? [];
  const main = mainOf(containers, object.metadata.name);
  if (!main) return undefined;
  const replicas = spec.replicas ?? main.replicas ?? 1;
  return {
    component: id,
    replicas,
    ...limitsOf(main),
    podCost: podDemand((kind === 'Cluster' ? { containers: [main] } : spec.template?.spec) as unknown as JsonObject),
    ...(kind === 'Deployment' ? rollOf(spec.strategy, replicas) : { surge: 0, overlap: 0 }),
    isPaused: spec.paused === true || object.metadata.annotations?.['deploy.cloud.sealos.io/pause'] !== undefined,
    rollout: isSettled(componentHealth(id, snapshot).state) ? undefined : rolloutOf(id, object.metadata.name, snapshot),
    env: new Map((main.env ?? []).flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]))),
  };
}

const limitsOf = (container: Container | undefined): Pick<Amounts, 'cpu' | 'memory'> => ({
  cpu: container?.resources?.limits?.['cpu'] ?? '',
  memory: container?.resources?.limits?.['memory'] ?? '',
});

function rolloutOf(id: ComponentId, object: string, snapshot: Snapshot): Rollout {
  const cause = rootCause(id, snapshot, { phaseStartedAt: 0 });
  const specs = podsOf(id, snapshot)
    .filter((pod) => !isOver(pod))
    .map((pod) => ({ pod, spec: (pod['spec'] ?? {}) as JsonObject }));
  return {
    isStuck: cause !== undefined && !isPatient(cause),
    held: specs.map(({ spec }) => podDemand(spec)).reduce(add, noDemand),
    ready: specs
      .filter(({ pod }) => conditionOf(pod, 'Ready')?.status === 'True')
      .map(({ spec }) => limitsOf(mainOf((spec['containers'] ?? []) as unknown as readonly Container[], object))),
  };
}

/**
 * How many pods come beside the others. A Deployment waits for none of its pods to end, unless it is recreated as a whole;
 * a StatefulSet does.
 */
function rollOf(
  strategy: NonNullable<Workload['spec']>['strategy'],
  replicas: number,
): Pick<Current, 'surge' | 'overlap'> {
  if (strategy?.type === 'Recreate' || replicas === 0) return { surge: 0, overlap: 0 };
  const share = strategy?.rollingUpdate?.maxSurge ?? '25%';
  // Kubernetes rounds a share up; without a word it is a quarter.
  const surge = typeof share === 'number' ? share : Math.ceil((Number.parseFloat(share) / 100) * replicas);
  // The only pod ends when nothing more has to come.
  return { surge, overlap: surge > 0 && replicas === 1 ? surge : surge + 1 };
}

/** Those of the components that could be scaled. */
export function currentsOf(ids: readonly ComponentId[], snapshot: Snapshot): ReadonlyMap<ComponentId, Current> {
  return new Map(
    ids.flatMap((id) => {
      const current = currentOf(id, snapshot);
      return current ? [[id, current] as const] : [];
    }),
  );
}

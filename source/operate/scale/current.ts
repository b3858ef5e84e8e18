/** What there is of each component that can be scaled, out of its live objects. Pure. */
import { componentHealth } from '../../observe/health.ts';
import { mainObject } from '../../observe/lookups.ts';
import { isSettled, type Snapshot } from '../../observe/types.ts';
import { componentOf } from '../../stack/components.ts';
import { type Demand, noDemand } from '../../stack/demand.ts';
import { parseQuantity } from '../../stack/quantity.ts';
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
  /** Ready, and no older pod left. */
  readonly isSettled: boolean;
  /** Variables of its main container that have a value of their own. */
  readonly env: ReadonlyMap<string, string>;
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
    cpu: main.resources?.limits?.['cpu'] ?? '',
    memory: main.resources?.limits?.['memory'] ?? '',
    podCost: kind === 'Cluster' ? costOf([main]) : costOf(containers),
    ...(kind === 'Deployment' ? rollOf(spec.strategy, replicas) : { surge: 0, overlap: 0 }),
    isPaused: spec.paused === true || object.metadata.annotations?.['deploy.cloud.sealos.io/pause'] !== undefined,
    isSettled: isSettled(componentHealth(id, snapshot).state),
    env: new Map((main.env ?? []).flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]))),
  };
}

const costOf = (containers: readonly Container[]): Demand => {
  const sum = (resource: string) =>
    containers.reduce((all, { resources }) => all + parseQuantity(resources?.limits?.[resource] ?? '0'), 0);
  return { ...noDemand, pods: 1, cpu: sum('cpu'), memory: sum('memory'), ephemeral: sum('ephemeral-storage') };
};

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

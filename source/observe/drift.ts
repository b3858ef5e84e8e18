/** What others have changed of the workloads since they were applied: what is there against what is planned. Pure. */
import { fieldManager } from '../stack/conventions.ts';
import { parseQuantity } from '../stack/quantity.ts';
import type { KubeObject } from '../stack/types.ts';

export type DriftField = 'replicas' | 'cpu' | 'memory' | 'image';

export interface Drift {
  /** `Deployment/posthog-web` */
  readonly object: string;
  readonly field: DriftField;
  readonly planned: string;
  readonly live: string;
  /** The field manager that holds it now. */
  readonly by: string;
}

/** @param planned Deployments and StatefulSets as they are rendered. @param live those of the cluster, with their managed fields */
export function driftOf(planned: readonly KubeObject[], live: readonly KubeObject[]): readonly Drift[] {
  const there = new Map(live.map((object) => [nameOf(object), object]));
  return planned.flatMap((object) => {
    const found = there.get(nameOf(object));
    return found ? differences(object as Workload, found as Workload) : [];
  });
}

const nameOf = ({ kind, metadata }: KubeObject): string => `${kind}/${metadata.name}`;

interface Container {
  readonly name: string;
  readonly image?: string;
  readonly resources?: { readonly limits?: Readonly<Record<string, string>> };
}

interface Workload extends KubeObject {
  readonly spec?: {
    readonly replicas?: number;
    readonly template?: { readonly spec?: { readonly containers?: readonly Container[] } };
  };
}

function differences(planned: Workload, live: Workload): readonly Drift[] {
  const drift = (field: DriftField, path: readonly string[], want: unknown, have: unknown): readonly Drift[] => {
    const by = managerOf(live, path);
    // A difference that we hold ourselves is one between versions of this program, or a change that is on its way.
    if (by === undefined || by === fieldManager) return [];
    return [{ object: nameOf(live), field, planned: String(want ?? '-'), live: String(have ?? '-'), by }];
  };
  const [want, have] = [planned.spec?.replicas ?? 1, live.spec?.replicas ?? 1];
  const replicas = want === have ? [] : drift('replicas', ['f:spec', 'f:replicas'], want, have);
  const containers = containersOf(planned).flatMap((container) => {
    const found = containersOf(live).find(({ name }) => name === container.name);
    if (!found) return [];
    const at = ['f:spec', 'f:template', 'f:spec', 'f:containers', `k:{"name":"${container.name}"}`];
    const limits = (['cpu', 'memory'] as const).flatMap((resource) => {
      const [limit, other] = [container.resources?.limits?.[resource], found.resources?.limits?.[resource]];
      if (sameAmount(limit, other)) return [];
      return drift(resource, [...at, 'f:resources', 'f:limits', `f:${resource}`], limit, other);
    });
    const image =
      container.image === found.image ? [] : drift('image', [...at, 'f:image'], container.image, found.image);
    return [...limits, ...image];
  });
  return [...replicas, ...containers];
}

const containersOf = ({ spec }: Workload): readonly Container[] => spec?.template?.spec?.containers ?? [];

/** `1` and `1000m` are the same. */
const sameAmount = (one: string | undefined, other: string | undefined): boolean =>
  one === other || (one !== undefined && other !== undefined && parseQuantity(one) === parseQuantity(other));

/** Who set the field last, when the server tells it. */
function managerOf({ metadata }: KubeObject, path: readonly string[]): string | undefined {
  const holders = (metadata.managedFields ?? []).filter((entry) => holds((entry as Managed).fieldsV1, path));
  return holders.toSorted((one, other) => (other.time ?? '').localeCompare(one.time ?? ''))[0]?.manager;
}

interface Managed {
  readonly fieldsV1?: unknown;
}

const holds = (fields: unknown, path: readonly string[]): boolean =>
  path.reduce((at, step) => (at as Readonly<Record<string, unknown>> | undefined)?.[step], fields) !== undefined;

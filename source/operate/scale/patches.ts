/** What a change writes into the object of a component, as little as that can be said with. Pure. */
import { parseQuantity } from '../../stack/quantity.ts';
import type { KubeObject } from '../../stack/types.ts';
import { mainOf } from './current.ts';
import type { Change } from './types.ts';
import { formatAmount } from './words.ts';

export interface Sized {
  readonly name?: string;
  readonly resources?: {
    readonly limits?: Readonly<Record<string, string>>;
    readonly requests?: Readonly<Record<string, string>>;
  };
}

/** The container that is the component. @param object a Deployment or StatefulSet */
export function mainContainerOf({ metadata, ...rest }: KubeObject): Sized | undefined {
  const { template } = (rest['spec'] ?? {}) as {
    readonly template?: { readonly spec?: { readonly containers?: readonly Sized[] } };
  };
  return mainOf(template?.spec?.containers ?? [], metadata.name);
}

/** The parts of a database, the one that is the component first. @param object a Cluster of KubeBlocks */
export const databasePartsOf = (object: KubeObject): readonly Sized[] =>
  ((object['spec'] ?? {}) as { readonly componentSpecs?: readonly Sized[] }).componentSpecs ?? [];

export const replicasIn = (changes: readonly Change[]): string | undefined =>
  changes.find(({ field }) => field === 'replicas')?.to;

/** @param changes of one Deployment or StatefulSet */
export function patchOf(object: KubeObject, changes: readonly Change[]): object {
  const { metadata } = object;
  const [replicas, container] = [replicasIn(changes), mainContainerOf(object)];
  const resources = container && resourcesOf(container, changes);
  return {
    metadata: {
      resourceVersion: metadata.resourceVersion,
      // The platform's own console shows these.
      ...(replicas === undefined
        ? {}
        : {
            annotations: {
              'deploy.cloud.sealos.io/minReplicas': replicas,
              'deploy.cloud.sealos.io/maxReplicas': replicas,
            },
          }),
    },
    spec: {
      ...(replicas === undefined ? {} : { replicas: Number(replicas) }),
      ...(resources ? { template: { spec: { containers: [{ name: container.name, resources }] } } } : {}),
    },
  };
}

/** Of a database, whose parts no patch can name one of. @param changes of one Cluster of KubeBlocks */
export function databasePatchOf(object: KubeObject, changes: readonly Change[]): object {
  const { metadata } = object;
  const [first, ...others] = databasePartsOf(object);
  const { limits, requests } = first?.resources ?? {};
  const more = first && resourcesOf(first, changes);
  const resources = { limits: { ...limits, ...more?.limits }, requests: { ...requests, ...more?.requests } };
  return {
    metadata: { resourceVersion: metadata.resourceVersion },
    spec: { componentSpecs: [{ ...first, resources }, ...others] },
  };
}

/** Limits that change, and what is reserved in proportion; undefined where none does. */
export function resourcesOf(
  { resources: { requests = {} } = {} }: Sized,
  changes: readonly Change[],
): Sized['resources'] {
  const limits = changes.flatMap(({ field, from, to }) => (field === 'replicas' ? [] : [{ field, from, to }]));
  if (limits.length === 0) return undefined;
  const reserved = limits.flatMap(({ field, from, to }): readonly (readonly [string, string])[] => {
    const before = requests[field];
    if (before === undefined || from === '') return [];
    return [[field, formatAmount(field, (parseQuantity(before) * parseQuantity(to)) / parseQuantity(from))]];
  });
  return {
    limits: Object.fromEntries(limits.map(({ field, to }) => [field, to])),
    ...(reserved.length === 0 ? {} : { requests: Object.fromEntries(reserved) }),
  };
}

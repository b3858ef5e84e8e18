/** Environments of containers: groups by name (`- $group: pg`), so that a variable is written once for all who need it. */
import type { JsonObject, Manifests } from './manifests.ts';
import type { Json } from './types.ts';

/** Replaces a group by another one, or by nothing (undefined), for what the answers or the databases call for. */
export type GroupChoice = (group: string) => string | undefined;

/** The items with every group in place of its name. Throws a RangeError for unknown groups, repeated names and references to later names. */
export function expandEnv(items: readonly Json[], groups: Manifests['env'], choose: GroupChoice): JsonObject[] {
  const flat = flatten(items, groups, choose);
  const seen = new Set<string>();
  for (const item of flat) {
    const name = String(item['name']);
    if (seen.has(name)) throw new RangeError(`environment variable ${name} stands twice`);
    for (const [, reference] of String(item['value'] ?? '').matchAll(/\$\(([A-Za-z0-9_]+)\)/g)) {
      // Kubernetes leaves a reference to a name that comes later as it is, silently.
      if (!seen.has(reference as string))
        throw new RangeError(`${name} refers to ${reference}, which is not defined before it`);
    }
    seen.add(name);
  }
  return flat;
}

function flatten(items: readonly Json[], groups: Manifests['env'], choose: GroupChoice): JsonObject[] {
  return items.flatMap((item) => {
    const group = (item as JsonObject)['$group'];
    if (group === undefined) return [item as JsonObject];
    const chosen = choose(String(group));
    if (chosen === undefined) return [];
    const members = groups[chosen];
    if (!members) throw new RangeError(`unknown environment group ${chosen}`);
    return flatten(members, groups, choose);
  });
}

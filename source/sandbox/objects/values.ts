/** JSON values as the objects hold them. */
export type JsonMap = Readonly<Record<string, unknown>>;

export const isMap = (value: unknown): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value as a map, or an empty one. */
export const mapOf = (value: unknown): JsonMap => (isMap(value) ? value : {});

/** Equal as JSON; the order of keys does not count. */
export function equal(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (Array.isArray(left))
    return (
      Array.isArray(right) && left.length === right.length && left.every((item, index) => equal(item, right[index]))
    );
  if (!isMap(left) || !isMap(right)) return false;
  const keys = definedKeys(left);
  return keys.length === definedKeys(right).length && keys.every((key) => equal(left[key], right[key]));
}

const definedKeys = (map: JsonMap): readonly string[] => Object.keys(map).filter((key) => map[key] !== undefined);

/** The map with one entry replaced, or taken out when the value is undefined. */
export function withEntry<T extends object>(map: T, key: string, value: unknown): T {
  const { [key]: _before, ...rest } = map as JsonMap;
  return (value === undefined ? rest : { ...map, [key]: value }) as T;
}

/** With the keys of all maps in their order, as Go writes maps. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isMap(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key])]));
}

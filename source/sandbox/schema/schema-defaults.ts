/** Defaults of custom kinds stand in their schemas. */
import type { Schema } from '../types.ts';

/** `value` with the defaults of its schema, as deep as `value` goes. */
export function withSchemaDefaults(schema: Schema, value: unknown): unknown {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? value.map((each) => withSchemaDefaults(items, each)) : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  const { properties = {}, additionalProperties } = schema;
  const missing = Object.entries(properties).flatMap(([name, { default: given }]) =>
    given === undefined || name in value ? [] : [[name, given]],
  );
  return Object.fromEntries(
    [...Object.entries(value), ...missing].map(([name, each]) => {
      const below = properties[name as string] ?? additionalProperties;
      return [name, below ? withSchemaDefaults(below, each) : each];
    }),
  );
}

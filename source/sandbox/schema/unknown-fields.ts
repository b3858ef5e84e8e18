/** Fields that no schema knows, in the words of strict decoding. */
import type { KubeObject } from '../../stack/types.ts';
import type { Kind, Schema } from '../types.ts';
import { schemaOf } from './kinds.ts';

/** In the order in which they stand, as `unknown field "spec.replicaz"`. */
export function unknownFields(kind: Kind, object: KubeObject): readonly string[] {
  return unknownBelow(schemaOf(kind), object, '').map((path) => `unknown field "${path}"`);
}

function unknownBelow(schema: Schema, value: unknown, path: string): readonly string[] {
  if (schema.preserveUnknown) return [];
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? value.flatMap((each, index) => unknownBelow(items, each, `${path}[${index}]`)) : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  const { properties, additionalProperties } = schema;
  if (!properties && !additionalProperties) return [];
  return Object.entries(value).flatMap(([name, each]) => {
    const below = properties?.[name] ?? additionalProperties;
    const at = path === '' ? name : `${path}.${name}`;
    return below ? unknownBelow(below, each, at) : [at];
  });
}

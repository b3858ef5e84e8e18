/** How a value is owned and merged, read off its schema as kube-openapi's schemaconv does it for the server. */
import type { Schema } from '../types.ts';
import { isMap, type JsonMap, mapOf } from './values.ts';

/** What nothing is known of: maps are merged key by key, lists are replaced. */
const anything: Schema = { preserveUnknown: true };

export type Shape =
  | { readonly kind: 'scalar' }
  /** Replaced as a whole. */
  | { readonly kind: 'atom' }
  | { readonly kind: 'map' }
  | { readonly kind: 'list'; readonly keys: readonly string[] };

const scalar: Shape = { kind: 'scalar' };
const atom: Shape = { kind: 'atom' };
const map: Shape = { kind: 'map' };

/** @param values where the schema leaves it open, the first that is there decides. */
export function shapeOf(schema: Schema, ...values: readonly unknown[]): Shape {
  if (isAnything(schema)) {
    const value = values.find((each) => each !== undefined && each !== null);
    return Array.isArray(value) ? atom : isMap(value) ? map : scalar;
  }
  if (schema.type === 'array') return shapeOfList(schema);
  if (schema.type !== 'object' && !schema.properties && !schema.additionalProperties) return scalar;
  return schema.atomic ? atom : map;
}

function shapeOfList({ listType, listMapKeys = [] }: Schema): Shape {
  if (listType === 'map') return { kind: 'list', keys: listMapKeys.toSorted() };
  return listType === 'set' ? { kind: 'list', keys: [] } : atom;
}

export const isAnything = (schema: Schema): boolean =>
  !schema.type && !schema.properties && !schema.additionalProperties && !schema.intOrString;

/** Whether the schema names the field, as the field of a struct; keys of maps are not named. */
export const names = (schema: Schema, field: string): boolean => Object.hasOwn(schema.properties ?? {}, field);

/** The schema of a field; undefined when the field is unknown. */
export function fieldOf(schema: Schema, field: string): Schema | undefined {
  if (names(schema, field)) return schema.properties?.[field];
  if (schema.additionalProperties) return schema.additionalProperties;
  return isAnything(schema) || schema.preserveUnknown || !schema.properties ? anything : undefined;
}

export const itemOf = (schema: Schema): Schema => schema.items ?? anything;

/** How a set of fields calls an item; a text that says why it cannot be called anything. */
export function elementOf(
  schema: Schema,
  keys: readonly string[],
  item: unknown,
): { element: string } | { why: string } {
  return keys.length ? keyedElement(itemOf(schema), keys, item) : valueElement(item);
}

/** A key that must be there counts as the zero of its type. */
function missingKey({ properties, required }: Schema, key: string): unknown {
  const field = properties?.[key];
  return field?.default ?? (required?.includes(key) ? (field?.type === 'string' ? '' : 0) : undefined);
}

function keyedElement(schema: Schema, keys: readonly string[], item: unknown): { element: string } | { why: string } {
  if (item === null) return { why: 'associative list with keys may not have a null element' };
  if (!isMap(item)) return { why: 'associative list with keys may not have non-map elements' };
  const known = keys.flatMap((key) => {
    const value = Object.hasOwn(item, key) ? item[key] : missingKey(schema, key);
    return value === undefined ? [] : [[key, value] as const];
  });
  if (known.length) return { element: `k:${JSON.stringify(Object.fromEntries(known))}` };
  const list = `[${keys.map((key) => `"${key}"`).join(' ')}]`;
  return {
    why: `associative list with keys has an element that omits all key fields ${list} (and doesn't have default values for any key fields)`,
  };
}

function valueElement(item: unknown): { element: string } | { why: string } {
  if (item === null) return { why: "associative list without keys has an element that's an explicit null" };
  if (isMap(item)) return { why: "associative list without keys has an element that's a map type" };
  if (Array.isArray(item)) return { why: 'not supported: associative list with lists as elements' };
  return { element: `v:${JSON.stringify(item)}` };
}

/** Items by element, in their order; undefined marks one that is there twice. */
export function indexed(schema: Schema, keys: readonly string[], list: unknown): ReadonlyMap<string, unknown> {
  const items = new Map<string, unknown>();
  for (const item of itemsOf(list)) {
    const called = elementOf(schema, keys, item);
    if ('element' in called) items.set(called.element, items.has(called.element) ? undefined : item);
  }
  return items;
}

export const itemsOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const entriesOf = (value: unknown): readonly (readonly [string, unknown])[] =>
  Object.entries(mapOf(value) satisfies JsonMap).filter(([, entry]) => entry !== undefined);

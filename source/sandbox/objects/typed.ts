/**
 * What server-side apply does with typed values: list their fields, compare, merge and take fields out. Follows
 * sigs.k8s.io/structured-merge-diff v6 (typed/tofieldset.go, compare.go, merge.go, remove.go), duplicates in lists aside.
 */
import type { Schema } from '../types.ts';
import { type FieldSet, has, insert, isEmpty } from './field-set.ts';
import { elementOf, entriesOf, fieldOf, indexed, itemOf, itemsOf, names, shapeOf } from './shape.ts';
import { equal, isMap } from './values.ts';

const unknown: Schema = {};
const below = (schema: Schema, field: string): Schema => fieldOf(schema, field) ?? unknown;
const isNone = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  (Array.isArray(value) ? value.length === 0 : isMap(value) && isEmpty(value as FieldSet));

/** The fields that a value has. */
export function fieldSetOf(schema: Schema, value: unknown): FieldSet {
  const set: FieldSet = {};
  collect(schema, value, [], set);
  return set;
}

function collect(schema: Schema, value: unknown, path: readonly string[], set: FieldSet): void {
  const shape = shapeOf(schema, value);
  if (shape.kind === 'map')
    for (const [field, entry] of entriesOf(value)) {
      const deeper = [...path, `f:${field}`];
      collect(below(schema, field), entry, deeper, set);
      if (entry === null || (isMap(entry) && isNone(entry)) || !names(schema, field)) insert(set, deeper);
    }
  else if (shape.kind === 'list')
    for (const [element, item] of indexed(schema, shape.keys, value)) {
      const deeper = [...path, element];
      if (item !== undefined) collect(itemOf(schema), item, deeper, set);
      insert(set, deeper);
    }
  else insert(set, path);
}

export interface Comparison {
  readonly removed: FieldSet;
  readonly modified: FieldSet;
  readonly added: FieldSet;
}

/** What fields make the difference. */
export function compared(schema: Schema, before: unknown, after: unknown): Comparison {
  const comparison: Comparison = { removed: {}, modified: {}, added: {} };
  compare(schema, before, after, [], comparison);
  return comparison;
}

function compare(schema: Schema, before: unknown, after: unknown, path: readonly string[], found: Comparison): void {
  // Most of two objects is the same value, because a write keeps what it does not change.
  if (before === after) return;
  const shape = shapeOf(schema, before, after);
  const isLeaf = shape.kind === 'scalar' || shape.kind === 'atom' || (isNone(before) && isNone(after));
  if (!isLeaf) {
    const [left, right] = [childrenOf(schema, before), childrenOf(schema, after)];
    for (const element of new Set([...left.keys(), ...right.keys()])) {
      const child = shape.kind === 'list' ? itemOf(schema) : below(schema, element.slice(2));
      compare(child, left.get(element), right.get(element), [...path, element], found);
    }
  } else if (before !== undefined && after !== undefined && !equal(before, after)) insert(found.modified, path);
  if (path.length === 0) return;
  if (before === undefined) insert(found.added, path);
  else if (after === undefined) insert(found.removed, path);
}

function childrenOf(schema: Schema, value: unknown): ReadonlyMap<string, unknown> {
  const shape = shapeOf(schema, value);
  if (shape.kind === 'list') return indexed(schema, shape.keys, value);
  return new Map(entriesOf(value).map(([field, entry]) => [`f:${field}`, entry]));
}

/** What is live, overlaid with what is applied. */
export function merged(schema: Schema, live: unknown, applied: unknown): unknown {
  if (applied === undefined) return live;
  const shape = shapeOf(schema, applied, live);
  if (live === undefined && shape.kind !== 'map') return applied;
  if (shape.kind === 'scalar' || shape.kind === 'atom' || (isNone(live) && isNone(applied))) return applied;
  return shape.kind === 'map' ? mergedMap(schema, live, applied) : mergedList(schema, shape.keys, live, applied);
}

function mergedMap(schema: Schema, live: unknown, applied: unknown): unknown {
  const result = Object.fromEntries(entriesOf(live));
  for (const [field, entry] of entriesOf(applied)) result[field] = merged(below(schema, field), result[field], entry);
  return result;
}

/** Items of both take the order in which they are applied; the others stay between the neighbours they had. */
function mergedList(schema: Schema, keys: readonly string[], live: unknown, applied: unknown): unknown {
  const [liveItems, appliedItems] = [indexed(schema, keys, live), indexed(schema, keys, applied)];
  const shared = [...appliedItems.keys()].filter((element) => liveItems.has(element));
  const left = itemsOf(live).flatMap((item) => {
    const called = elementOf(schema, keys, item);
    return 'element' in called ? [{ element: called.element, item }] : [];
  });
  const result: unknown[] = [];
  const keepUpTo = (next: string | undefined): void => {
    const end = left.findIndex(({ element }) => element === next);
    for (const { element, item } of left.splice(0, end < 0 ? left.length : end))
      if (!appliedItems.has(element)) result.push(item);
  };
  for (const [element, item] of appliedItems) {
    keepUpTo(shared[0]);
    result.push(merged(itemOf(schema), liveItems.get(element), item));
    if (shared[0] !== element) continue;
    shared.shift();
    left.shift();
  }
  keepUpTo(undefined);
  return result;
}

/** The value without the fields of the set; undefined when nothing is left of it. */
export function withoutFields(schema: Schema, value: unknown, set: FieldSet): unknown {
  const shape = shapeOf(schema, value);
  if (isNone(value) || shape.kind === 'atom') return undefined;
  if (shape.kind === 'scalar') return value;
  if (shape.kind === 'map') {
    const kept = entriesOf(value).flatMap(([field, entry]) =>
      keptOf(set, `f:${field}`, below(schema, field), entry, field),
    );
    return kept.length ? Object.fromEntries(kept) : undefined;
  }
  const kept = itemsOf(value).flatMap((item) => {
    const called = elementOf(schema, shape.keys, item);
    return 'element' in called ? keptOf(set, called.element, itemOf(schema), item, '') : [];
  });
  return kept.length ? kept.map(([, item]) => item) : undefined;
}

function keptOf(set: FieldSet, element: string, schema: Schema, value: unknown, name: string): [string, unknown][] {
  if (has(set, element)) return [];
  const inside = set[element];
  const kept = inside ? withoutFields(schema, value, inside) : value;
  return kept === undefined ? [] : [[name, kept]];
}

/** The set with the structs that it only passes through: taking them out takes out what was left in them. */
export function withStructs(schema: Schema, set: FieldSet): FieldSet {
  const result: Record<string, FieldSet> = {};
  for (const element in set) {
    const node = set[element] ?? {};
    const isField = element.startsWith('f:');
    const child = isField ? below(schema, element.slice(2)) : itemOf(schema);
    const inside = element === '.' ? node : withStructs(child, node);
    const isStruct = isField && names(schema, element.slice(2)) && !isEmpty(inside);
    result[element] = isStruct ? { '.': {}, ...inside } : inside;
  }
  return result;
}

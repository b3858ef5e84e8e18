/** Strategic merge patch, as k8s.io/apimachinery util/strategicpatch 0.34 merges one into an object. */
import type { Schema } from '../types.ts';
import { fieldOf, itemOf } from './shape.ts';
import { StatusError } from './status-error.ts';
import { goText } from './type-errors.ts';
import { equal, isMap, type JsonMap, withEntry } from './values.ts';

const directive = '$patch';
const retainKeys = '$retainKeys';
const orderPrefix = '$setElementOrder/';
const deletePrefix = '$deleteFromPrimitiveList/';

/** @throws StatusError 400 for directives that make no sense, 500 for lists that cannot be merged. */
export function strategicMerged(schema: Schema, original: unknown, patch: JsonMap): JsonMap {
  const mode = patch[directive];
  if (mode === 'replace') return withEntry(patch, directive, undefined);
  if (mode === 'delete') return {};
  if (mode !== undefined) throw StatusError.unexpected(`unknown patch type: ${String(mode)} in map: ${goText(patch)}`);
  let result = retained(isMap(original) ? original : {}, patch);
  for (const [key, value] of Object.entries(patch)) {
    if (key === retainKeys || key.startsWith(orderPrefix)) continue;
    const field = key.startsWith(deletePrefix) ? key.slice(deletePrefix.length) : key;
    const child = fieldOf(schema, field) ?? {};
    const before = result[field];
    const after =
      field === key
        ? patchedField(child, before, value)
        : (before as readonly unknown[] | undefined)?.filter((item) => !isIn(value, item));
    result = withEntry(result, field, after);
  }
  for (const [key, order] of Object.entries(patch)) {
    if (!key.startsWith(orderPrefix)) continue;
    const field = key.slice(orderPrefix.length);
    const list = result[field];
    const before = isMap(original) ? original[field] : undefined;
    const { patchMergeKey } = fieldOf(schema, field) ?? {};
    if (Array.isArray(list) && Array.isArray(order))
      result = withEntry(result, field, ordered(list, order, Array.isArray(before) ? before : [], patchMergeKey));
  }
  return result;
}

const isIn = (list: unknown, item: unknown): boolean => Array.isArray(list) && list.some((each) => equal(each, item));

function retained(original: JsonMap, patch: JsonMap): JsonMap {
  const keys = patch[retainKeys];
  if (keys === undefined) return original;
  const extra = Object.entries(patch).some(
    ([key, value]) => value !== null && !key.startsWith('$') && !isIn(keys, key),
  );
  if (!Array.isArray(keys) || extra) throw StatusError.badRequest('invalid patch format of retainKeys');
  return Object.fromEntries(Object.entries(original).filter(([key]) => keys.includes(key)));
}

function patchedField(schema: Schema, before: unknown, patch: unknown): unknown {
  if (patch === null) return undefined;
  if (isMap(patch) && isMap(before)) return strategicMerged(schema, before, patch);
  if (!Array.isArray(patch) || !Array.isArray(before)) return withoutDirectives(patch);
  return schema.patchStrategy?.includes('merge') ? mergedList(schema, before, patch) : patch;
}

/** What is new has nothing to direct. */
function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDirectives).filter((item) => item !== undefined);
  if (!isMap(value)) return value;
  if (directive in value) return undefined;
  const entries = Object.entries(value).filter(([, entry]) => entry !== null);
  return Object.fromEntries(entries.map(([key, entry]) => [key, withoutDirectives(entry)]));
}

function mergedList(schema: Schema, before: readonly unknown[], patch: readonly unknown[]): readonly unknown[] {
  const key = schema.patchMergeKey;
  if (![...before, ...patch].some(isMap)) {
    const all = [...before, ...patch].filter((item, index, list) => list.indexOf(item) === index);
    return ordered(all, patch, before, undefined);
  }
  if (!key) throw StatusError.unexpected('cannot merge lists without merge key');
  if (![...before, ...patch].every(isMap)) throw StatusError.unexpected('the items of a list are not of one type');
  const items = patch as readonly JsonMap[];
  for (const item of items)
    if (item[key] === undefined && item[directive] !== 'replace')
      throw StatusError.unexpected(`map: ${goText(item)} does not contain declared merge key: ${key}`);
  const plain = items.filter((item) => !(directive in item));
  if (items.some((item) => item[directive] === 'replace')) return plain;
  const deleted = items.filter((item) => item[directive] === 'delete').map((item) => item[key]);
  const kept = (before as readonly JsonMap[]).filter((item) => !isIn(deleted, item[key]));
  const merged = kept.map((item) =>
    plain
      .filter((each) => equal(each[key], item[key]))
      .reduce((into, each) => strategicMerged(itemOf(schema), into, each), item),
  );
  const fresh = plain.filter((item) => !kept.some((each) => equal(each[key], item[key])));
  return ordered([...merged, ...(fresh.map(withoutDirectives) as JsonMap[])], plain, kept, key);
}

/** Items that the order names take that order; the server's own stay before those that followed them. */
function ordered(
  list: readonly unknown[],
  order: readonly unknown[],
  before: readonly unknown[],
  key: string | undefined,
): readonly unknown[] {
  const keyOf = (item: unknown): unknown => (key && isMap(item) ? item[key] : item);
  const placeIn = (places: readonly unknown[], item: unknown): number =>
    places.findIndex((each) => equal(keyOf(each), keyOf(item)));
  const named = list.filter((item) => placeIn(order, item) >= 0);
  named.sort((left, right) => placeIn(order, left) - placeIn(order, right));
  const others = list.filter((item) => placeIn(order, item) < 0);
  const result: unknown[] = [];
  while (named.length || others.length) {
    const [mine, other] = [named[0], others[0]];
    const [place, otherPlace] = [placeIn(before, mine), placeIn(before, other)];
    const otherFirst = named.length === 0 || (others.length > 0 && otherPlace >= 0 && place >= 0 && otherPlace < place);
    result.push(otherFirst ? others.shift() : named.shift());
  }
  return result;
}

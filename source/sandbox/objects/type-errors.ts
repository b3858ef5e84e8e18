/** What is wrong with an applied configuration before it is merged, in the words of structured-merge-diff (typed/validate.go). */
import type { Schema } from '../types.ts';
import { textOf } from './field-set.ts';
import { elementOf, entriesOf, fieldOf, isAnything, itemOf, shapeOf } from './shape.ts';
import { isMap } from './values.ts';

/** One line a problem: `.spec.replicaz: field not declared in schema`. */
export function typeErrors(schema: Schema, value: unknown, path = ''): readonly string[] {
  if (value === null || value === undefined || isAnything(schema)) return [];
  const say = (what: string): readonly string[] => [path ? `${path}: ${what}` : what];
  if (schema.type === 'array') {
    if (!Array.isArray(value)) return say(`expected list, got ${goValue(value)}`);
    return itemErrors(schema, value, path, say);
  }
  if (schema.type === 'object' || schema.properties) {
    if (!isMap(value)) return say(`expected map, got ${goValue(value)}`);
    return entriesOf(value).flatMap(([field, entry]) => {
      const child = fieldOf(schema, field);
      return child ? typeErrors(child, entry, `${path}.${field}`) : [`${path}.${field}: field not declared in schema`];
    });
  }
  const what = scalarError(schema, value);
  return what ? say(what) : [];
}

function itemErrors(
  schema: Schema,
  list: readonly unknown[],
  path: string,
  say: (what: string) => readonly string[],
): readonly string[] {
  const shape = shapeOf(schema);
  const seen = new Set<string>();
  const errors: string[] = [];
  for (const [index, item] of list.entries()) {
    const called = shape.kind === 'list' ? elementOf(schema, shape.keys, item) : { element: `i:${index}` };
    // An item that cannot be named ends the reading of its list.
    if ('why' in called) return [...errors, ...say(`element ${index}: ${called.why}`)];
    const name = shape.kind === 'list' ? textOf(called.element) : `[${index}]`;
    if (seen.has(called.element)) errors.push(...say(`duplicate entries for key ${name}`));
    seen.add(called.element);
    errors.push(...typeErrors(itemOf(schema), item, path + name));
  }
  return errors;
}

function scalarError({ type, format, intOrString }: Schema, value: unknown): string | undefined {
  const isScalar = typeof value !== 'object';
  if (intOrString || format === 'quantity') return isScalar ? undefined : `expected any scalar, got ${goValue(value)}`;
  if ((type === 'integer' || type === 'number') && typeof value !== 'number')
    return `expected numeric (int or float), got ${goType(value)}`;
  if (type === 'string' && typeof value !== 'string')
    return `expected string, got &value.valueUnstructured{Value:${JSON.stringify(value)}}`;
  if (type === 'boolean' && typeof value !== 'boolean') return `expected boolean, got ${goValue(value)}`;
  return undefined;
}

/** As Go calls its type. */
const goType = (value: unknown): string => (typeof value === 'boolean' ? 'bool' : typeof value);

/** As Go prints the wrapped value with %v. */
const goValue = (value: unknown): string => `&{${goText(value)}}`;

/** As Go prints it with %v. */
export function goText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (!isMap(value)) return value === null ? '<nil>' : String(value);
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `map[${entries.map(([key, entry]) => `${key}:${goText(entry)}`).join(' ')}]`;
}

/** Values that a Go type of the server cannot take, in the words of its JSON decoder. */
import type { Schema } from '../types.ts';
import { isQuantity, isSoundQuantity, noQuantity } from './quantities.ts';
import { entriesOf, fieldOf, isAnything, itemOf } from './shape.ts';
import { isMap } from './values.ts';

/** The first value that does not fit; undefined when all do. @param owner of the field: the struct that holds it. */
export function misfit(schema: Schema, value: unknown, path: readonly string[] = [], owner = ''): string | undefined {
  if (value === null || value === undefined || isAnything(schema)) return undefined;
  if (isQuantity(schema)) return isSoundQuantity(value) ? undefined : noQuantity;
  const fail = () =>
    `json: cannot unmarshal ${jsonType(value)} into Go struct field ${owner}.${path.join('.')} of type ${goType(schema)}`;
  if (schema.type === 'array')
    return Array.isArray(value) ? firstOf(value, (item) => misfit(itemOf(schema), item, path, owner)) : fail();
  if (schema.type === 'object' || schema.properties) {
    if (!isMap(value)) return fail();
    return firstOf(entriesOf(value), ([key, entry]) => {
      const child = fieldOf(schema, key);
      if (!child) return undefined;
      return schema.additionalProperties
        ? misfit(child, entry, path, owner)
        : misfit(child, entry, [...path, key], schema.name);
    });
  }
  if (!isScalarOf(schema, value)) return fail();
  return schema.format === 'byte' ? misfitOfBase64(String(value)) : undefined;
}

/** Where Go's decoder stumbles: at a letter that is none of its own, or at four that are not four. */
function misfitOfBase64(text: string): string | undefined {
  const stranger = text.search(/[^A-Za-z0-9+/=\r\n]/);
  const [letters = '', padding = ''] = /^([^=]*)(.*)$/s.exec(text.replace(/[\r\n]/g, ''))?.slice(1) ?? [];
  const isWhole = (letters.length + padding.length) % 4 === 0 && /^={0,2}$/.test(padding);
  if (stranger < 0 && isWhole) return undefined;
  return `illegal base64 data at input byte ${stranger < 0 ? letters.length - (letters.length % 4) : stranger}`;
}

function firstOf<T>(items: readonly T[], check: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = check(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isScalarOf({ type, intOrString }: Schema, value: unknown): boolean {
  if (intOrString) return typeof value === 'string' || Number.isInteger(value);
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type;
}

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'number' && !Number.isInteger(value) ? `number ${value}` : typeof value;
}

function goType(schema: Schema): string {
  if (schema.type === 'array') return `[]${goType(itemOf(schema))}`;
  if (schema.properties) return `v1.${schema.name}`;
  if (schema.additionalProperties) return `map[string]${goType(schema.additionalProperties)}`;
  if (schema.intOrString) return 'int32';
  if (schema.type === 'integer') return schema.format ?? 'int64';
  if (schema.type === 'number') return 'float64';
  return schema.type === 'boolean' ? 'bool' : (schema.type ?? 'object');
}

/** From a request's body to an object of the kind, as the server decodes one. */
import type { KubeObject } from '../../stack/types.ts';
import { schemaOf } from '../schema/index.ts';
import type { Kind, Schema } from '../types.ts';
import { misfit } from './misfits.ts';
import { apiVersionOf, groupVersion, isBuiltIn } from './names.ts';
import { canonicalQuantity, isQuantity } from './quantities.ts';
import { fieldOf, itemOf } from './shape.ts';
import { StatusError } from './status-error.ts';
import { isMap, type JsonMap, mapOf } from './values.ts';

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

/** @param given the kind and @param version the version that the body names. */
export type Refuse = (why: string, given?: unknown, version?: unknown) => StatusError;

export interface Decoded {
  readonly object: KubeObject;
  readonly warnings: readonly string[];
}

/**
 * The object without what its kind does not know.
 * @param refuse makes the error from its text, for values that do not fit and for strict validation.
 * @throws StatusError 400 for a body of another kind, with values of other types or, when validation is strict, with unknown fields.
 */
export function decode(
  kind: Kind,
  body: JsonMap,
  validation: FieldValidation = 'Warn',
  refuse: Refuse = (why, given, version) => StatusError.badRequest(`${cannotHandle(kind, given, version)}: ${why}`),
): Decoded {
  const object = { ...body, apiVersion: body['apiVersion'] ?? apiVersionOf(kind), kind: body['kind'] ?? kind.kind };
  refuseOtherKind(kind, object.apiVersion, object.kind, refuse);
  const why = misfitIn(kind, object);
  if (why) throw refuse(why);
  const whole = { ...object, metadata: mapOf(body['metadata']) } as unknown as KubeObject;
  const unknown: string[] = [];
  const known = knownIn(schemaOf(kind), whole, isBuiltIn(kind), (path) => unknown.push(`unknown field "${path}"`));
  if (validation === 'Strict' && unknown.length) throw refuse(`strict decoding error: ${unknown.join(', ')}`);
  return { object: known as KubeObject, warnings: validation === 'Ignore' ? [] : unknown };
}

const cannotHandle = ({ kind, version }: Kind, name: unknown = kind, given: unknown = version): string =>
  `${name} in version "${given}" cannot be handled as a ${kind}`;

/** Of a custom resource only the metadata is a Go type; the rest is for its validation to judge. */
function misfitIn(kind: Kind, object: JsonMap): string | undefined {
  const schema = schemaOf(kind);
  return isBuiltIn(kind) ? misfit(schema, object) : misfit(schema.properties?.['metadata'] ?? {}, object['metadata']);
}

function refuseOtherKind(kind: Kind, apiVersion: unknown, name: unknown, refuse: Refuse): void {
  const expected = apiVersionOf(kind);
  if (name === kind.kind && apiVersion === expected) return;
  const version = String(apiVersion).split('/').at(-1);
  if (!isBuiltIn(kind))
    throw StatusError.badRequest(
      name === kind.kind
        ? `the API version in the data (${apiVersion}) does not match the expected API version (${expected})`
        : `invalid object type: ${groupVersion(apiVersion)}, Kind=${name}`,
    );
  const why =
    name === kind.kind
      ? `no kind "${name}" is registered for version "${apiVersion}" in scheme "pkg/runtime/scheme.go:110"`
      : `converting (${version}.${name}) to (${kind.group.split('.')[0] || 'core'}.${kind.kind}): unknown conversion`;
  throw refuse(why, name, name === kind.kind ? apiVersion : version);
}

/**
 * Without unknown fields, which are told in the order in which they stand. In types of Go also without what these do not tell
 * apart from nothing (null, empty lists and empty maps), and with quantities as the server writes them.
 */
function knownIn(
  schema: Schema,
  value: unknown,
  isTyped: boolean,
  tell: (path: string) => void,
  path: readonly string[] = [],
): unknown {
  if (isTyped && isQuantity(schema)) return canonicalQuantity(value);
  if (Array.isArray(value)) {
    const place = (index: number) => [...path.slice(0, -1), `${path.at(-1)}[${index}]`];
    const items = value.map((item, index) => knownIn(itemOf(schema), item, isTyped, tell, place(index)));
    // What stays as it is stays the same value: comparing it with what was there costs nothing then.
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  if (!isMap(value)) return value;
  const result: Record<string, unknown> = {};
  let isSame = true;
  for (const key in value) {
    const [child, entry, at] = [fieldOf(schema, key), value[key], [...path, key]];
    if (!child) tell(at.join('.'));
    const isKept = child && !(isTyped && isNothing(child, key, entry));
    if (isKept) result[key] = knownIn(child, entry, isTyped, tell, at);
    if (!isKept || result[key] !== entry) isSame = false;
  }
  return isSame ? value : result;
}

/** Always written, even when they are empty. */
const alwaysThere = ['rules', 'endpoints'];

/** Fields of Go that `false` and nothing are the same for; a pointer tells them apart, these do not. */
const absentWhenFalse = new Set([
  ...['paused', 'hostNetwork', 'hostPID', 'hostIPC', 'stdin', 'stdinOnce', 'tty', 'readOnly'],
  ...['publishNotReadyAddresses', 'setHostnameAsFQDN'],
]);

function isNothing(schema: Schema, key: string, value: unknown): boolean {
  if (value === null || (value === false && absentWhenFalse.has(key))) return true;
  if (Array.isArray(value)) return value.length === 0 && !alwaysThere.includes(key) && Boolean(schema.type);
  return isMap(value) && Boolean(schema.additionalProperties) && isEmptyMap(value);
}

const isEmptyMap = (value: JsonMap): boolean => Object.keys(value).length === 0;

/** A configuration to apply, as it came. @throws StatusError 400 for a body of another kind. */
export function configOf(kind: Kind, body: JsonMap): KubeObject {
  const { apiVersion, kind: name } = body;
  if (apiVersion !== apiVersionOf(kind) || name !== kind.kind)
    throw StatusError.badRequest(`invalid object type: ${groupVersion(apiVersion)}, Kind=${name ?? ''}`);
  return { ...body, metadata: mapOf(body['metadata']) } as unknown as KubeObject;
}

/** What a user asks about himself: `kubectl auth can-i`, `auth can-i --list`, `auth whoami`. */

import { StatusError } from '../objects/index.ts';
import { apiVersionOf } from '../objects/names.ts';
import { isMap, mapOf } from '../objects/values.ts';
import { invalid } from '../schema/validate/causes.ts';
import type { Kind, Store, User } from '../types.ts';
import { grantsFor, groupsOf, reasonFor } from './rbac.ts';
import type { Attributes } from './request-info.ts';

/** The fields that kubectl sends as protobuf, by number: names only, as all of them are texts. */
const fields: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  review: { 2: 'spec' },
  spec: { 1: 'resourceAttributes', 2: 'nonResourceAttributes' },
  resourceAttributes: {
    1: 'namespace',
    2: 'verb',
    3: 'group',
    4: 'version',
    5: 'resource',
    6: 'subresource',
    7: 'name',
  },
  nonResourceAttributes: { 1: 'path', 2: 'verb' },
  rulesSpec: { 1: 'namespace' },
};

const protobufMark = Buffer.from('k8s\0');
/** Of `runtime.Unknown`: the object itself. */
const rawField = 2;

function* messageFields(bytes: Buffer): Generator<readonly [number, Buffer]> {
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at] as number;
    // All that is read has its length, which is below 128 for the fields, and below 16384 for the whole.
    if ((tag & 7) !== 2) return;
    const long = ((bytes[at + 1] ?? 0) & 128) > 0;
    const length = ((bytes[at + 1] ?? 0) & 127) + (long ? (bytes[at + 2] ?? 0) * 128 : 0);
    const start = at + (long ? 3 : 2);
    yield [tag >> 3, bytes.subarray(start, start + length)];
    at = start + length;
  }
}

function decoded(message: string, bytes: Buffer, rules: boolean): unknown {
  const names = fields[message];
  if (!names) return bytes.toString('utf8');
  const entries = [...messageFields(bytes)].flatMap(([number, value]) => {
    const name = names[number];
    const next = name === 'spec' && rules ? 'rulesSpec' : (name ?? '');
    return name ? [[name, decoded(next, value, rules)] as const] : [];
  });
  return Object.fromEntries(entries);
}

/** Reviews are the only bodies that kubectl sends as protobuf alone. @returns undefined for anything else. */
export function decodeReview(body: Buffer, kind: Kind): unknown {
  if (!body.subarray(0, 4).equals(protobufMark)) return undefined;
  const raw = [...messageFields(body.subarray(4))].find(([number]) => number === rawField)?.[1];
  return raw && decoded('review', raw, kind.plural === 'selfsubjectrulesreviews');
}

interface Asking {
  readonly user: User;
  readonly manager: string;
  /** An RFC 3339 time. */
  readonly now: string;
}

/** The answer's object. @throws StatusError 400, 422 */
export function review(store: Store, kind: Kind, asked: unknown, { user, manager, now }: Asking): object {
  const spec = withoutEmpty(mapOf(asked)['spec']);
  const typed = { kind: kind.kind, apiVersion: apiVersionOf(kind) };
  if (kind.plural === 'selfsubjectreviews') {
    const { name: username, uid } = user;
    const extra = { 'authentication.kubernetes.io/credential-id': [`JTI=${uid}`] };
    const userInfo = { username, ...(uid && { uid }), groups: groupsOf(user), ...(uid && { extra }) };
    return { ...typed, metadata: { creationTimestamp: now }, status: { userInfo } };
  }
  if (kind.plural === 'selfsubjectaccessreviews') {
    const reason = reasonFor(store, user, attributesOf(spec));
    const status = reason === undefined ? { allowed: false } : { allowed: true, reason };
    const written = { manager, operation: 'Update', apiVersion: typed.apiVersion, time: now, fieldsType: 'FieldsV1' };
    const managedFields = [{ ...written, fieldsV1: { 'f:spec': fieldsOf(spec) } }];
    return { ...typed, metadata: { managedFields }, spec, status };
  }
  const { namespace } = spec;
  if (typeof namespace !== 'string' || !namespace) throw StatusError.badRequest('no namespace on request');
  const rules = grantsFor(store, user, namespace).map(({ rule }) => rule);
  const status = {
    resourceRules: rules.filter(({ resources }) => resources),
    nonResourceRules: rules.filter(({ nonResourceURLs }) => nonResourceURLs),
    incomplete: false,
  };
  return { ...typed, metadata: {}, spec: {}, status };
}

/** Go writes no empty texts. */
function withoutEmpty(value: unknown): Readonly<Record<string, unknown>> {
  const entries = Object.entries(mapOf(value)).filter(([, each]) => each !== '');
  return Object.fromEntries(entries.map(([name, each]) => [name, isMap(each) ? withoutEmpty(each) : each]));
}

/** A review is owned by who asks, as any object. */
const fieldsOf = (spec: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(
    Object.entries(spec).map(([field, value]) => {
      const names = Object.keys(mapOf(value)).toSorted();
      return [`f:${field}`, { '.': {}, ...Object.fromEntries(names.map((name) => [`f:${name}`, {}])) }];
    }),
  );

/** @throws StatusError 422 */
function attributesOf(spec: Readonly<Record<string, unknown>>): Attributes {
  const { resourceAttributes: resource, nonResourceAttributes: other } = spec;
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  if (isMap(other) && !isMap(resource)) return { verb: text(other['verb']), path: text(other['path']) };
  if (isMap(other) || !isMap(resource)) {
    const why = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
    const nameless = { group: 'authorization.k8s.io', kind: '' };
    throw StatusError.invalid(nameless, '', [invalid('spec.resourceAttributes', null, why)]);
  }
  const given = Object.entries(resource).filter(([, value]) => typeof value === 'string' && value);
  const plain = { group: '', version: '', resource: '', ...Object.fromEntries(given) };
  return { verb: text(resource['verb']), path: '', resource: plain };
}

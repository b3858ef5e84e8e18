/** What a user asks about himself: `kubectl auth can-i`, `auth can-i --list`, `auth whoami`. */

import { StatusError } from '../objects/index.ts';
import { apiVersionOf } from '../objects/names.ts';
import type { Kind, Store, User } from '../types.ts';
import { failure } from './failure.ts';
import { isRecord } from './media.ts';
import { authorize, groupsOf, rulesFor } from './rbac.ts';

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

/** The answer's object. @throws StatusError 400, 422 */
export function review(store: Store, user: User, kind: Kind, asked: unknown, now: string): object {
  const spec = isRecord(asked) && isRecord(asked['spec']) ? asked['spec'] : {};
  const typed = { kind: kind.kind, apiVersion: apiVersionOf(kind) };
  if (kind.plural === 'selfsubjectreviews') {
    const userInfo = { username: user.name, ...(user.uid && { uid: user.uid }), groups: groupsOf(user) };
    return { ...typed, metadata: { creationTimestamp: now }, status: { userInfo } };
  }
  if (kind.plural === 'selfsubjectaccessreviews')
    return { ...typed, metadata: {}, spec, status: { allowed: isAllowed(store, user, spec) } };
  const { namespace } = spec;
  if (typeof namespace !== 'string' || !namespace) throw StatusError.badRequest('no namespace on request');
  return { ...typed, metadata: {}, spec: {}, status: rulesStatus(store, user, namespace) };
}

function isAllowed(store: Store, user: User, spec: Readonly<Record<string, unknown>>): boolean {
  const { resourceAttributes: resource, nonResourceAttributes: other } = spec;
  if (isRecord(resource) === isRecord(other)) {
    const message = 'Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified';
    const field = 'spec.resourceAttributes';
    const details = { group: 'authorization.k8s.io', causes: [{ reason: 'FieldValueInvalid', message, field }] };
    throw failure(422, 'Invalid', `.authorization.k8s.io "" is invalid: ${field}: ${message}`, details);
  }
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  if (isRecord(other)) return authorize(store, user, { verb: text(other['verb']), path: text(other['path']) });
  const of = (name: string): string => text((resource as Readonly<Record<string, unknown>>)[name]);
  const optional = (name: string) => (of(name) ? { [name]: of(name) } : {});
  return authorize(store, user, {
    verb: of('verb'),
    path: '',
    resource: {
      group: of('group'),
      version: of('version'),
      resource: of('resource'),
      ...optional('subresource'),
      ...optional('namespace'),
      ...optional('name'),
    },
  });
}

function rulesStatus(store: Store, user: User, namespace: string): object {
  const rules = rulesFor(store, user, namespace);
  return {
    resourceRules: rules.filter(({ resources }) => resources),
    nonResourceRules: rules.filter(({ nonResourceURLs }) => nonResourceURLs),
    incomplete: false,
  };
}

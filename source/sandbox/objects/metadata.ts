/** What the server decides of an object's metadata, whatever the request says. */
import type { RandomBytes } from '../../stack/secrets.ts';
import type { KubeObject } from '../../stack/types.ts';
import type { Kind } from '../types.ts';
import { isBuiltIn } from './names.ts';
import { equal, type JsonMap, withEntry } from './values.ts';

/** RFC 3339 with seconds, as all times of metadata. @param now epoch milliseconds. */
export const timestamp = (now: number): string => `${new Date(now).toISOString().slice(0, 19)}Z`;

/** Built-in kinds whose changes are counted. */
const counted = [
  '/pods',
  'apps/deployments',
  'apps/statefulsets',
  'apps/replicasets',
  'apps/daemonsets',
  'batch/jobs',
  'batch/cronjobs',
  'networking.k8s.io/ingresses',
  'networking.k8s.io/networkpolicies',
  'policy/poddisruptionbudgets',
  'discovery.k8s.io/endpointslices',
];

const isCounted = (kind: Kind): boolean => !isBuiltIn(kind) || counted.includes(`${kind.group}/${kind.plural}`);

const decidedByServer = ['deletionTimestamp', 'deletionGracePeriodSeconds', 'selfLink', 'resourceVersion'];

export function bornMetadata(kind: Kind, object: KubeObject, now: number, randomBytes: RandomBytes): KubeObject {
  const given: JsonMap = object.metadata as unknown as JsonMap;
  const metadata = decidedByServer.reduce((all, key) => withEntry(all, key, undefined), object.metadata);
  return {
    ...object,
    metadata: {
      ...metadata,
      name: metadata.name || generatedName(given['generateName'], randomBytes),
      uid: uuid(randomBytes),
      creationTimestamp: timestamp(now),
      ...(isCounted(kind) && { generation: 1 }),
    },
  };
}

/** An update decides none of this; the generation follows what it changes. */
export function keptMetadata(kind: Kind, live: KubeObject, next: KubeObject, subresource?: string): KubeObject {
  const fixed = ['uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'generation'];
  const before = live.metadata as unknown as JsonMap;
  const metadata = [...fixed, 'resourceVersion'].reduce((all, key) => withEntry(all, key, before[key]), next.metadata);
  const kept = { ...next, metadata };
  return subresource !== 'status' && isCounted(kind) && isOtherGeneration(kind, live, kept)
    ? nextGeneration(kept)
    : kept;
}

/** The object, counted as changed once more. */
export function nextGeneration(object: KubeObject): KubeObject {
  const generation = object.metadata['generation'];
  return typeof generation === 'number'
    ? { ...object, metadata: { ...object.metadata, generation: generation + 1 } }
    : object;
}

function isOtherGeneration(kind: Kind, live: KubeObject, next: KubeObject): boolean {
  if (!isBuiltIn(kind)) return !equal(desiredOf(live), desiredOf(next));
  if (!equal(live['spec'], next['spec'])) return true;
  // Deployments hand their annotations down to their ReplicaSets.
  return kind.plural === 'deployments' && !equal(live.metadata['annotations'], next.metadata['annotations']);
}

const desiredOf = ({ metadata: _metadata, status: _status, ...desired }: KubeObject): object => desired;

const nameAlphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** Five letters and digits without vowels, as the server appends them. */
export function randomSuffix(randomBytes: RandomBytes): string {
  return [...randomBytes(5)].map((byte) => nameAlphabet.charAt(byte % nameAlphabet.length)).join('');
}

function generatedName(base: unknown, randomBytes: RandomBytes): string {
  return typeof base === 'string' && base ? base.slice(0, 58) + randomSuffix(randomBytes) : '';
}

/** A random (version 4) UUID. */
export function uuid(randomBytes: RandomBytes): string {
  const hex = Buffer.from(randomBytes(16)).toString('hex');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, variant + hex.slice(17, 20), hex.slice(20)].join(
    '-',
  );
}

/** The object without the times at which its managers wrote, and without its version: whether a write changed anything. */
export function withoutTimes(object: KubeObject): unknown {
  const { managedFields, resourceVersion: _version, ...metadata } = object.metadata;
  return {
    ...object,
    metadata: { ...metadata, managedFields: managedFields?.map(({ time: _time, ...entry }) => entry) },
  };
}

/** What the recorded requests do not show: time, order and what is told to others. */
import { beforeEach, describe, expect, it } from 'vitest';
import { createObjects, createStore } from '../../../source/sandbox/objects/index.ts';
import { kindOf } from '../../../source/sandbox/schema/index.ts';
import type { AdmissionReview, Change, Kind, Objects } from '../../../source/sandbox/types.ts';
import type { KubeObject } from '../../../source/stack/types.ts';

const user = { name: 'admin', groups: [] };
const kind = (name: string, apiVersion = 'v1'): Kind => {
  const found = kindOf(apiVersion, name);
  if (!found) throw new Error(`${name} is not served`);
  return found;
};
const [namespaces, configMaps, pods, services] = ['Namespace', 'ConfigMap', 'Pod', 'Service'].map((name) =>
  kind(name),
) as [Kind, Kind, Kind, Kind];
const jobs = kind('Job', 'batch/v1');

let now = 0;
let objects: Objects;
let changes: Change[];
let reviews: AdmissionReview[];

const make = (of: Kind, name: string, more: object = {}): KubeObject =>
  objects.create(of, of.namespaced ? 'n' : undefined, { metadata: { name }, ...more }, { user, fieldManager: 'me' })
    .object;

beforeEach(() => {
  now = Date.parse('2026-01-01T00:00:00Z');
  [changes, reviews] = [[], []];
  const store = createStore();
  const admit = (review: AdmissionReview): KubeObject => {
    reviews.push(review);
    return review.object;
  };
  objects = createObjects({
    store,
    admission: { admit },
    clock: { now: () => now },
    randomBytes: (count) => new Uint8Array(count).fill(7),
  });
  make(namespaces, 'n');
  make(kind('ServiceAccount'), 'default');
  store.onChange((change) => changes.push(change));
});

const told = (): readonly string[] =>
  changes.map(({ type, object }) => `${type} ${object.kind} ${object.metadata.name}`);

describe('a dry run', () => {
  it('tells nobody, and asks admission all the same', () => {
    const options = { user, dryRun: true };
    objects.create(configMaps, 'n', { metadata: { name: 'a' } }, options);
    make(configMaps, 'b');
    objects.patch(configMaps, 'n', 'b', 'merge', { data: { x: '1' } }, options);
    objects.remove(configMaps, 'n', 'b', options);
    expect(told()).toEqual(['ADDED ConfigMap b']);
    const asked = reviews.filter(({ dryRun }) => dryRun).map(({ operation, name }) => `${operation} ${name}`);
    expect(asked).toEqual(['CREATE a', 'UPDATE b', 'DELETE b']);
  });
});

describe('a write that changes nothing', () => {
  it('keeps version and times', () => {
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { x: '1' } };
    const apply = () => objects.patch(configMaps, 'n', 'a', 'apply', body, { user, fieldManager: 'me' }).object;
    const first = apply();
    now += 60_000;
    expect(apply()).toEqual(first);
    expect(objects.update(configMaps, 'n', 'a', body, { user, fieldManager: 'other' }).object).toEqual(first);
    expect(told()).toEqual(['ADDED ConfigMap a']);
  });
});

describe('a scheduled pod', () => {
  const spec = { nodeName: 'node-1', containers: [{ name: 'a', image: 'b' }] };
  const remove = (graceSeconds?: number) =>
    objects.remove(pods, 'n', 'p', { user, ...(graceSeconds !== undefined && { graceSeconds }) });
  const marks = ({ metadata }: KubeObject) => metadata as unknown as Readonly<Record<string, unknown>>;

  it('stays for its grace, which can only be shortened, until the kubelet ends it', () => {
    make(pods, 'p', { spec });
    expect(marks(remove().object)).toMatchObject({
      deletionTimestamp: '2026-01-01T00:00:30Z',
      deletionGracePeriodSeconds: 30,
      generation: 2,
    });
    now += 5000;
    expect(marks(remove(60).object)).toMatchObject({ deletionTimestamp: '2026-01-01T00:00:30Z' });
    expect(marks(remove(10).object)).toMatchObject({
      deletionTimestamp: '2026-01-01T00:00:10Z',
      deletionGracePeriodSeconds: 10,
    });
    expect(told()).toEqual(['ADDED Pod p', 'MODIFIED Pod p', 'MODIFIED Pod p']);
    expect(remove(0).gone).toBe(true);
    expect(told().at(-1)).toBe('DELETED Pod p');
  });

  it('goes at once when it has ended', () => {
    make(pods, 'p', { spec });
    objects.patch(pods, 'n', 'p', 'merge', { status: { phase: 'Succeeded' } }, { user, subresource: 'status' });
    expect(remove().gone).toBe(true);
  });

  it('with a finalizer waits for it after its grace, too', () => {
    make(pods, 'p', { metadata: { name: 'p', finalizers: ['a.b/c'] }, spec });
    expect(remove(0).gone).toBe(false);
    objects.patch(pods, 'n', 'p', 'merge', { metadata: { finalizers: null } }, { user });
    expect(told().at(-1)).toBe('DELETED Pod p');
  });
});

describe('deletion', () => {
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'b' }] } };
  it.each([
    [undefined, ['orphan']],
    ['Orphan', ['orphan']],
    ['Foreground', ['foregroundDeletion']],
  ] as const)('of a Job with propagation %s leaves it with %j', (propagation, finalizers) => {
    make(jobs, 'j', { spec: { template } });
    const { object } = objects.remove(jobs, 'n', 'j', { user, ...(propagation && { propagation }) });
    expect(object.metadata.finalizers).toEqual(finalizers);
  });

  it('of a namespace refuses new content, and ends with its finalizers', () => {
    objects.remove(namespaces, undefined, 'n', { user });
    objects.patch(namespaces, undefined, 'n', 'merge', { metadata: { labels: { a: 'b' } } }, { user });
    expect(objects.get(namespaces, undefined, 'n')['status']).toEqual({ phase: 'Terminating' });
    expect(() => make(configMaps, 'late')).toThrow(
      'configmaps "late" is forbidden: unable to create new content in namespace n because it is being terminated',
    );
    objects.patch(namespaces, undefined, 'n', 'merge', { spec: { finalizers: null } }, { user });
    expect(told().at(-1)).toBe('DELETED Namespace n');
  });
});

describe('services', () => {
  const address = (name: string): unknown =>
    (objects.get(services, 'n', name)['spec'] as { clusterIP?: string }).clusterIP;
  const spec = { ports: [{ port: 80 }] };

  it('get the next free address, and keep it when an update leaves it out', () => {
    for (const name of ['a', 'b']) make(services, name, { spec });
    expect(['a', 'b'].map(address)).toEqual(['10.96.0.11', '10.96.0.12']);
    objects.remove(services, 'n', 'a', { user });
    make(services, 'c', { spec });
    expect(address('c')).toBe('10.96.0.11');
    objects.update(services, 'n', 'b', { metadata: { name: 'b' }, spec: { ports: [{ port: 81 }] } }, { user });
    expect(address('b')).toBe('10.96.0.12');
  });

  it('refuse an address that is taken', () => {
    make(services, 'a', { spec });
    expect(() => make(services, 'b', { spec: { ...spec, clusterIP: '10.96.0.11' } })).toThrow(
      'Service "b" is invalid: spec.clusterIPs: Invalid value: ["10.96.0.11"]: failed to allocate IP 10.96.0.11: provided IP is already allocated',
    );
  });
});

/**
 * A namespace in memory for the logic that only reads and writes objects: versions, conflicts, merges. What a real API
 * server does beyond that (server-side apply, watches, admission) is tested on one in `test/cluster`.
 */
import { ApiError } from '../../source/cluster/index.ts';
import type { Cluster, Discovery, ListOptions } from '../../source/cluster/types.ts';
import type { KubeObject, ObjectRef } from '../../source/stack/types.ts';

const key = ({ apiVersion, kind }: { apiVersion: string; kind: string }, name: string) =>
  `${apiVersion}/${kind}/${name}`;
const status = (code: number, reason: string, message: string) => new ApiError({ code, reason, message });

export class MemoryCluster {
  readonly namespace = 'ns-abcd1234';
  readonly server = new URL('https://sealos.example.com:6443');
  readonly context = 'test';
  readonly objects = new Map<string, KubeObject>();
  /** Every write, as `verb Kind/name`. */
  readonly writes: string[] = [];
  /** Throws instead of the next calls that fit; removed when it returns false. */
  failing: ((call: string) => Error | undefined) | undefined;
  discovered: Record<string, readonly string[]> = {};
  #version = 0;

  constructor(...objects: readonly KubeObject[]) {
    for (const object of objects) this.put(object);
  }

  put(object: KubeObject): KubeObject {
    const before = this.objects.get(key(object, object.metadata.name));
    const uid = object.metadata.uid ?? before?.metadata.uid ?? `uid-${++this.#version}`;
    const stored = {
      ...object,
      metadata: { namespace: this.namespace, ...object.metadata, uid, resourceVersion: String(++this.#version) },
    };
    this.objects.set(key(object, object.metadata.name), stored);
    return stored;
  }

  /** As the contract's type; only what is above is there. */
  asCluster(): Cluster {
    return this as unknown as Cluster;
  }

  #call(verb: string, ref: { kind: string }, name: string): void {
    const call = `${verb} ${ref.kind}/${name}`;
    const failure = this.failing?.(call);
    if (failure) throw failure;
    if (!['get', 'list', 'plan'].includes(verb)) this.writes.push(call);
  }

  async get(ref: ObjectRef): Promise<KubeObject | undefined> {
    this.#call('get', ref, ref.name);
    return this.objects.get(key(ref, ref.name));
  }

  async list(
    kind: { apiVersion: string; kind: string },
    { labelSelector = '' }: ListOptions = {},
  ): Promise<{ resourceVersion: string; items: KubeObject[] }> {
    this.#call('list', kind, '');
    const wanted = labelSelector
      .split(',')
      .filter(Boolean)
      .map((term) => term.split('='));
    const fits = ({ metadata: { labels = {} } }: KubeObject) =>
      wanted.every(([name, value]) =>
        value === undefined ? (name as string) in labels : labels[name as string] === value,
      );
    const items = [...this.objects.values()].filter(
      (object) => object.apiVersion === kind.apiVersion && object.kind === kind.kind && fits(object),
    );
    return { resourceVersion: String(this.#version), items };
  }

  async create(object: KubeObject): Promise<KubeObject> {
    this.#call('create', object, object.metadata.name);
    if (this.objects.has(key(object, object.metadata.name))) throw status(409, 'AlreadyExists', 'already exists');
    return this.put(object);
  }

  async replace(object: KubeObject): Promise<KubeObject> {
    this.#call('replace', object, object.metadata.name);
    const live = this.objects.get(key(object, object.metadata.name));
    if (!live) throw status(404, 'NotFound', 'not found');
    if (live.metadata.resourceVersion !== object.metadata.resourceVersion)
      throw status(409, 'Conflict', 'the object has been modified');
    return this.put(object);
  }

  async apply(object: KubeObject, { dryRun = false }: { dryRun?: boolean } = {}): Promise<KubeObject> {
    this.#call(dryRun ? 'plan' : 'apply', object, object.metadata.name);
    const live = this.objects.get(key(object, object.metadata.name));
    const merged = live ? (merge(live, object) as KubeObject) : object;
    return dryRun ? { ...merged } : this.put(merged);
  }

  async patch(ref: ObjectRef, _: string, body: unknown): Promise<KubeObject> {
    this.#call('patch', ref, ref.name);
    const live = this.objects.get(key(ref, ref.name));
    if (!live) throw status(404, 'NotFound', 'not found');
    return this.put(merge(live, body) as KubeObject);
  }

  async delete(
    ref: ObjectRef,
    { uid, resourceVersion }: { uid?: string; resourceVersion?: string } = {},
  ): Promise<boolean> {
    this.#call('delete', ref, ref.name);
    const live = this.objects.get(key(ref, ref.name));
    if (!live) return false;
    if (uid !== undefined && live.metadata.uid !== uid) throw status(409, 'Conflict', 'the UID does not match');
    if (resourceVersion !== undefined && live.metadata.resourceVersion !== resourceVersion)
      throw status(409, 'Conflict', 'the resourceVersion does not match');
    return this.objects.delete(key(ref, ref.name));
  }

  async discovery(): Promise<Discovery> {
    const resources = new Map(Object.entries(this.discovered).map(([api, names]) => [api, new Set(names)]));
    return { resources, has: (api, resource) => resources.get(api)?.has(resource) ?? false };
  }
}

function merge(target: unknown, patch: unknown): unknown {
  const isMap = (value: unknown): value is Record<string, unknown> =>
    value !== null && typeof value === 'object' && !Array.isArray(value);
  if (!isMap(target) || !isMap(patch)) return patch;
  const merged: Record<string, unknown> = { ...target };
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else merged[name] = merge(target[name], value);
  }
  return merged;
}

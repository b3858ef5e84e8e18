/**
 * A namespace in memory whose controllers answer: what is applied becomes ready, unless a test holds it back. For the engine's
 * own decisions (order, waiting, giving up, refusing); the real servers' behaviour is tested in `test/cluster`.
 */
import type { AccessQuestion, KindRef, WatchEvent } from '../../source/cluster/types.ts';
import type { Outside } from '../../source/install/contract.ts';
import type { KubeObject } from '../../source/stack/types.ts';
import { MemoryCluster } from './memory-cluster.ts';
import { testContext } from './test-context.ts';

const apis = {
  'app.sealos.io/v1': ['instances', 'apps'],
  'apps.kubeblocks.io/v1alpha1': ['clusters', 'componentversions'],
  'objectstorage.sealos.io/v1': ['objectstoragebuckets'],
  'apps/v1': ['deployments', 'statefulsets'],
  'batch/v1': ['jobs'],
  'networking.k8s.io/v1': ['ingresses'],
  'coordination.k8s.io/v1': ['leases'],
  'discovery.k8s.io/v1': ['endpointslices'],
};

export class LivingCluster extends MemoryCluster {
  /** Names of objects that never become ready. */
  readonly held = new Set<string>();
  readonly gitVersion = 'v1.30.0';
  may: (question: AccessQuestion) => boolean = () => true;
  readonly #readers = new Map<string, Set<(event: WatchEvent) => void>>();

  constructor(...objects: readonly KubeObject[]) {
    super();
    this.discovered = apis;
    for (const object of objects) this.put(object);
  }

  override put(object: KubeObject): KubeObject {
    const stored = super.put(object);
    for (const tell of this.#readers?.get(object.kind) ?? []) tell({ type: 'modified', object: stored });
    return stored;
  }

  override async delete(...given: Parameters<MemoryCluster['delete']>): Promise<boolean> {
    const [ref] = given;
    const object = [...this.objects.values()].find(
      ({ kind, metadata }) => kind === ref.kind && metadata.name === ref.name,
    );
    const isDeleted = await super.delete(...given);
    if (isDeleted && object) for (const tell of this.#readers.get(ref.kind) ?? []) tell({ type: 'deleted', object });
    return isDeleted;
  }

  override async apply(object: KubeObject, options: { dryRun?: boolean } = {}): Promise<KubeObject> {
    const wanted = await super.apply(object, { dryRun: true });
    if (options.dryRun) return wanted;
    const { kind, metadata } = object;
    this.writes.push(`apply ${kind}/${metadata.name}`);
    const { generation = 0 } = wanted.metadata;
    // Written once, with its new state: nobody may see the old state as that of the new object.
    const applied = { ...wanted, metadata: { ...wanted.metadata, generation: generation + 1 } };
    return this.held.has(metadata.name) ? this.put(unready(applied)) : this.#live(applied);
  }

  /** Lets what was held become ready. */
  release(kind: string, name: string): void {
    this.held.delete(name);
    const found = [...this.objects.values()].find((each) => each.kind === kind && each.metadata.name === name);
    if (found) this.#live(found);
  }

  #live(object: KubeObject): KubeObject {
    const { name } = object.metadata;
    if (object.kind === 'Cluster') {
      this.put({ apiVersion: 'v1', kind: 'Secret', metadata: { name: `${name}-conn-credential` }, data: connection });
      this.put({
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name: `${name}-x`, labels: { 'kubernetes.io/service-name': `${name}-x` } },
        endpoints: [{ addresses: ['10.0.0.1'] }],
      });
    }
    if (object.kind === 'ObjectStorageBucket')
      this.put({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: `object-storage-key-abcd1234-${name}` },
        data: bucket,
      });
    return this.put({ ...object, status: statusOf(object) });
  }

  async *watch({ kind }: KindRef, { signal }: { signal?: AbortSignal } = {}): AsyncGenerator<WatchEvent> {
    const waiting: WatchEvent[] = [];
    let wake = () => {};
    const readers = this.#readers.get(kind) ?? new Set();
    this.#readers.set(kind, readers);
    readers.add((event) => {
      waiting.push(event);
      wake();
    });
    signal?.addEventListener('abort', () => wake());
    yield { type: 'synced', items: [...this.objects.values()].filter((object) => object.kind === kind) };
    while (!signal?.aborted) {
      while (waiting.length > 0) yield waiting.shift() as WatchEvent;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }

  async canI(question: AccessQuestion): Promise<boolean> {
    return this.may(question);
  }

  async version() {
    return { gitVersion: this.gitVersion, major: 1, minor: 30 };
  }
}

const base64 = (values: Record<string, string>) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]));
const connection = base64({ host: 'h', port: '1', username: 'u', password: 'p' });
const bucket = base64({ accessKey: 'a', secretKey: 'b', internal: 'c', external: 'd', bucket: 'e' });

function statusOf({ kind, spec, metadata }: KubeObject): object {
  const replicas = (spec as { replicas?: number } | undefined)?.replicas ?? 1;
  const counts = { replicas, updatedReplicas: replicas, readyReplicas: replicas, availableReplicas: replicas };
  const observedGeneration = metadata.generation ?? 0;
  if (kind === 'Job') return { conditions: [{ type: 'Complete', status: 'True' }] };
  return kind === 'Cluster' ? { phase: 'Running' } : { observedGeneration, ...counts };
}

const unready = (object: KubeObject): KubeObject => ({ ...object, status: { replicas: 1, updatedReplicas: 1 } });

/** An address that answers, and a name that DNS knows. */
export function outsideOf(cluster: LivingCluster, context = testContext()) {
  const outside: Outside = {
    cluster: cluster.asCluster(),
    context,
    publicHttp: () => ({
      request: async ({ path }) => ({ status: path === '/_health' ? 200 : 404, headers: {}, body: 'ok' }),
      close: async () => {},
    }),
    lookup: async () => ['203.0.113.7'],
  };
  return { outside, context };
}

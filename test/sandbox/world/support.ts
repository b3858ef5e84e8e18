/** A small install on the simulated world, without a server in between: time passes when a test says so. */
import { Duplex } from 'node:stream';
import type { HttpClient, HttpRequest, HttpResponse, Cluster as Reached } from '../../../source/cluster/types.ts';
import { matchesSelector } from '../../../source/sandbox/objects/index.ts';
import type { Store } from '../../../source/sandbox/types.ts';
import { createWorld, requestOf, type SandboxWorld, type Troubles } from '../../../source/sandbox/world/index.ts';
import { completeSecrets } from '../../../source/stack/secrets.ts';
import { type KubeObject, type Step, steps } from '../../../source/stack/types.ts';
import { stackOf } from '../../stack/fixtures/objects.ts';
import { TestClock } from '../../support/test-clock.ts';
import { testContext } from '../../support/test-context.ts';
import { type Any, admin, Cluster, kind, namespace, workspace } from '../controllers/support.ts';

export const host = `posthog.${workspace.domain}`;
const from = '203.0.113.7';

export interface Site {
  readonly cluster: Cluster;
  readonly world: SandboxWorld;
  readonly clock: TestClock;
}

/** @param directory where it is kept, to go on there later */
export function newSite({
  troubles = {},
  speed = Number.POSITIVE_INFINITY,
  directory,
  store,
  clock = new TestClock(),
}: {
  readonly troubles?: Troubles;
  readonly speed?: number;
  readonly directory?: string;
  /** Of a site that was there before. */
  readonly store?: Store;
  readonly clock?: TestClock;
} = {}): Site {
  let world: SandboxWorld | undefined;
  const cluster = new Cluster({
    speed,
    clock,
    ...(store === undefined ? {} : { store }),
    world(store, pace, random) {
      const { domain } = workspace;
      world = createWorld({ store, pace, random, domain, troubles, ...(directory === undefined ? {} : { directory }) });
      return world;
    },
  });
  return { cluster, clock, world: world as SandboxWorld };
}

const own = completeSecrets({}, (count) => Uint8Array.from({ length: count }, (_, index) => (index * 37) % 240));

function apply({ cluster }: Site, object: KubeObject): void {
  const complete = object.kind === 'Secret' ? { ...object, stringData: own } : object;
  const options = { user: admin, fieldManager: 'posthog-sealos', fieldValidation: 'Strict' } as const;
  const known = kind(object.apiVersion, object.kind);
  cluster.objects.patch(known, namespace, object.metadata.name, 'apply', complete, options);
}

/** Lets time pass in steps until something is so. */
export async function until({ cluster, clock }: Site, so: () => boolean, what: string, seconds = 600): Promise<void> {
  const end = clock.monotonic() + seconds * 1000;
  for (;;) {
    await cluster.controllers.settled();
    if (so()) return;
    if (clock.monotonic() > end) throw new Error(`${what}: not so after ${seconds} s\n${unready(cluster).join('\n')}`);
    await clock.pass(cluster.speed > 100 ? 50 : 1000);
  }
}

const isReady = ({ status }: Any) =>
  status?.conditions?.some(
    (each: Any) => each.type === 'Ready' && (each.status === 'True' || each.reason === 'PodCompleted'),
  );

const unready = (cluster: Cluster): string[] => [
  ...cluster
    .pods()
    .filter((pod) => !isReady(pod))
    .map(
      ({ metadata, status }) =>
        `${metadata.name}: ${JSON.stringify(status?.containerStatuses?.map((each: Any) => each.state))}`,
    ),
  ...cluster
    .list('v1', 'Event')
    .filter(({ type }) => type === 'Warning')
    .map(({ message }) => message)
    .slice(-5),
];

const isUp = (cluster: Cluster): boolean =>
  cluster.pods().every(isReady) &&
  cluster.list('batch/v1', 'Job').every(({ status }) => status?.succeeded === 1) &&
  ['Deployment', 'StatefulSet'].every((name) =>
    cluster.list('apps/v1', name).every(({ spec, status }) => status?.readyReplicas === spec.replicas),
  ) &&
  cluster.list('apps.kubeblocks.io/v1alpha1', 'Cluster').every(({ status }) => status?.phase === 'Running');

/** As the installer does it, step by step. */
export async function install(site: Site, upTo?: Step, seconds = 600): Promise<void> {
  const rendered = stackOf('small', { namespace, host });
  for (const step of steps) {
    for (const each of rendered.filter((one) => one.step === step)) apply(site, each.object);
    await until(site, () => isUp(site.cluster), step, seconds);
    if (step === upTo) return;
  }
}

export const logOf = ({ cluster, world }: Site, container: string): string[] =>
  cluster
    .pods()
    .flatMap(({ metadata }) => (world.logs.read(metadata.uid, container, 0, 0) ?? []).map(({ text }) => text));

function client(
  send: (request: HttpRequest) => Promise<{ status: number; headers?: object; body: string }>,
): HttpClient {
  return {
    request: async (request) => {
      const { status, headers = {}, body } = await send(request);
      return { status, headers: headers as HttpResponse['headers'], body };
    },
    close: async () => {},
  };
}

const asked = (base: string, { path, ...request }: HttpRequest) =>
  requestOf(new URL(path, base), request as { method: string }, from);

/** What the proof and the first user need of a cluster. */
export function outsideOf(site: Site) {
  const { cluster, world, clock } = site;
  const podNamed = (name: string): Any => cluster.find('v1', 'Pod', name);
  const reached: Partial<Reached> = {
    namespace,
    get: async ({ apiVersion, kind: name, name: object }) => cluster.find(apiVersion, name, object),
    list: async ({ apiVersion, kind: name }, { labelSelector = '' } = {}) => {
      const matchLabels = Object.fromEntries(labelSelector.split(',').map((each) => each.split('=')));
      const items = cluster
        .list(apiVersion, name)
        .filter(({ metadata }) => matchesSelector({ matchLabels }, metadata.labels ?? {}));
      return { resourceVersion: '1', items };
    },
    apply: async (object) =>
      cluster.objects.patch(kind(object.apiVersion, object.kind), namespace, object.metadata.name, 'apply', object, {
        user: admin,
        fieldManager: 'posthog-sealos',
        force: true,
      }).object as never,
    exec: (name, command, { stdin = '', container } = {}) => {
      const pod = podNamed(name);
      const signal = new AbortController().signal;
      return world.exec(pod.metadata.uid, container ?? pod.spec.containers[0].name, command, stdin, signal);
    },
    portForward: async (name, port) => {
      const [near, far] = pair();
      if (!world.converse(podNamed(name).status.podIP, port, far)) throw new Error('nobody speaks there');
      return near;
    },
    proxied: async (name, port, path, { headers = {} } = {}) => {
      const request = asked('http://localhost', { path, headers });
      return (await world.http(podNamed(name).status.podIP, port, request)).body;
    },
    podHttp: (name, port) =>
      client((request) => world.http(podNamed(name).status.podIP, port, asked('http://localhost', request))),
  };
  const context = testContext(clock);
  return {
    cluster: reached as Reached,
    context,
    publicHttp: (url: string) => client((request) => world.public(new URL(url).hostname, asked(url, request))),
    lookup: async () => ['127.0.0.1'],
  };
}

/** Two ends of one connection. */
function pair(): readonly [Duplex, Duplex] {
  const ends: Duplex[] = [];
  const end = (other: () => Duplex | undefined): Duplex =>
    new Duplex({
      read() {},
      write(chunk, _encoding, done) {
        other()?.push(chunk);
        done();
      },
      final(done) {
        other()?.push(null);
        done();
      },
    });
  ends.push(
    end(() => ends[1]),
    end(() => ends[0]),
  );
  return ends as unknown as readonly [Duplex, Duplex];
}

/** Lets time pass until a promise is settled. */
export async function during<T>(site: Site, promise: Promise<T>): Promise<T> {
  let over = false;
  const done = promise.finally(() => {
    over = true;
  });
  done.catch(() => {});
  await until(site, () => over, 'a promise');
  return done;
}

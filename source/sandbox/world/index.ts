/** Where the containers of the sandbox run and find each other: network, files, databases, the bucket, and the outside. */
import { join } from 'node:path';
import type { WebRequest, WebResponse } from '../components/host.ts';
import { accessKeyOf, bucketNameOf, storageHost } from '../controllers/index.ts';
import { imageName } from '../images.ts';
import { kindOf } from '../schema/index.ts';
import type { Kind, Pace, Store, World } from '../types.ts';
import { bucketKind, bucketRoom, bucketServer, recordSize } from './bucket.ts';
import { aroundNow, bulkFor } from './bulk.ts';
import { chatter } from './chatter.ts';
import { requestOf } from './container-host.ts';
import { createVolumes } from './files.ts';
import { createLogBook } from './log-book.ts';
import { createNetwork } from './network.ts';
import { createProcesses } from './processes.ts';
import { gateway } from './public.ts';
import { createTraffic, type Traffic } from './traffic.ts';
import { isPastDelay, type Troubles } from './troubles.ts';
import { usageOf } from './usage.ts';

export { scriptMarks } from './scripts.ts';

export type { Traffic } from './traffic.ts';
export type { Troubles } from './troubles.ts';

export interface WorldOptions {
  readonly store: Store;
  readonly pace: Pace;
  /** In [0, 1). */
  readonly random: () => number;
  /** Where logs and volumes are kept; without one they live as long as this. */
  readonly directory?: string;
  /** Of the cloud. */
  readonly domain: string;
  /** Its owner may change it at any time. */
  readonly troubles?: Readonly<Troubles>;
  /** Nothing runs any more when it has aborted. */
  readonly signal?: AbortSignal;
}

export interface SandboxWorld extends World {
  /** A request from outside for a public address. */
  public(host: string, request: WebRequest): Promise<WebResponse>;
  readonly traffic: Traffic;
  /** Hands everything that is to be kept to the system. */
  flush(): void;
}

/** Steps of the migrations of the release, and how long each takes on Sealos (stack-spec E). */
const migrations = { count: 2332, ms: 900 } as const;
const storageAddress = '10.96.255.1';

const claims = kindOf('v1', 'PersistentVolumeClaim') as Kind;

export function createWorld(options: WorldOptions): SandboxWorld {
  const { store, pace, random, domain, directory, troubles = {}, signal } = options;
  const below = (name: string) => (directory === undefined ? undefined : join(directory, name));
  const logs = createLogBook(pace, below('logs'));
  const volumes = createVolumes(below('volumes'));
  const network = createNetwork(store);
  const traffic = createTraffic({
    clock: pace,
    signal,
    around: () => aroundNow(processes.running(), store, network, troubles),
    onTick() {
      chatter(processes.running(), traffic.load, pace.now());
      recordSize(store, traffic.recorded());
    },
    ...(directory === undefined ? {} : { file: join(directory, 'traffic.json') }),
  });
  const fromOutside = gateway(store, network, ({ metadata }) =>
    isPastDelay(pace.now() - Date.parse(metadata.creationTimestamp ?? ''), pace.speed, troubles.ingressDelayMs),
  );

  const accessKey = (bucket: string) =>
    store.list(bucketKind).some(({ metadata: { namespace = '', name } }) => bucketNameOf(namespace, name) === bucket)
      ? accessKeyOf(bucket)
      : undefined;
  const storage = bucketServer({
    accessKeyOf: accessKey,
    folderOf: (bucket) => volumes.of(`bucket ${bucket}`),
    isFull: () => troubles.bucketFull === true || traffic.recorded() >= bucketRoom(store),
  });
  const externalStorage = `objectstorageapi.${domain}`;
  network.name(storageHost, storageAddress);
  for (const port of [80, 9000]) network.listen(storageAddress, port, { web: storage });

  const everywhere = (host: string, request: WebRequest) =>
    host === externalStorage ? storage(request) : fromOutside(host, request);
  const processes = createProcesses({
    surroundings: {
      network,
      pace,
      randomHex: (bytes) => Array.from({ length: bytes * 2 }, () => Math.floor(random() * 16).toString(16)).join(''),
      outside: ({ hostname }, request) =>
        hostname === domain || hostname.endsWith(`.${domain}`) ? everywhere(hostname, request) : undefined,
    },
    volumes,
    logs,
    nameOf: imageName,
    env: () => ({
      STUB_MIGRATIONS: String(migrations.count),
      STUB_MIGRATION_MS: String(migrations.ms * (troubles.slowMigrations ?? 1)),
      ...(troubles.failingMigration === undefined ? {} : { STUB_MIGRATION_FAILS: String(troubles.failingMigration) }),
    }),
    bulkOf: bulkFor(store, traffic, troubles),
    waiting: (queue) => Math.floor(traffic.counters.waiting[queue] ?? 0),
    troubles,
    signal,
  });

  store.onChange(({ type, kind, object }) => {
    // A volume goes with its claim.
    if (type === 'DELETED' && kind === claims && object.metadata.uid) volumes.forget(object.metadata.uid);
  });

  return {
    logs: {
      ...logs,
      forget(uid) {
        logs.forget(uid);
        volumes.forget(uid);
      },
    },
    start: processes.start,
    exec: (uid, container, command, stdin, signal) =>
      Promise.race([processes.exec(uid, container, command, stdin), aborted(signal)]),
    async http(address, port, request) {
      const web = network.at(address, port)?.web;
      if (!web) throw new Error(`connect ECONNREFUSED ${address}:${port}`);
      return web(request);
    },
    listens: (address, port) => network.at(address, port) !== undefined,
    converse(address, port, connection) {
      const stream = network.at(address, port)?.stream;
      stream?.(connection);
      return stream !== undefined;
    },
    usage(uid, container) {
      const found = processes.running().find(({ run }) => run.pod.metadata.uid === uid && run.container === container);
      if (!found) return { cpu: 0, memory: 0 };
      return usageOf(found.run, found.role === undefined ? 0 : traffic.load(found.role), pace.now());
    },
    traffic,
    public: everywhere,
    flush() {
      logs.flush();
      traffic.flush();
    },
  };
}

export { requestOf };

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}

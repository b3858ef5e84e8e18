/** The programs that KubeBlocks' pods run: PostgreSQL below Patroni, Redis, and its sentinel. */
import type { ContainerHost } from './container-host.ts';
import type { Folder } from './files.ts';
import { openPostgres, type Postgres } from './postgres.ts';
import { openRedis } from './redis.ts';
import { speakResp } from './resp.ts';
import type { Troubles } from './troubles.ts';

export interface DatabasePlace {
  readonly host: ContainerHost;
  /** Aborts when the program is over. */
  readonly over: AbortSignal;
  /** The data volume: where a store may keep files of its own, and a folder. */
  readonly file: string | undefined;
  readonly folder: Folder;
  /** What was open before on this volume, when nothing is kept on disk. */
  readonly opened: Map<Folder, Postgres>;
  readonly troubles: Readonly<Troubles>;
  /** Tasks in a queue of Celery that were never put there one by one. */
  readonly waiting: (queue: string) => number;
}

type Program = (place: DatabasePlace) => Promise<void>;

const stamp = (host: ContainerHost) => new Date(host.now()).toISOString().replace('T', ' ').replace('Z', '');

async function runPostgres({ host, over, file, folder, opened, troubles }: DatabasePlace): Promise<void> {
  const say = (text: string) => host.log(`${stamp(host)} INFO: ${text}`);
  const name = host.env['HOSTNAME'] ?? '';
  say(`Lock owner: None; I am ${name}`);
  await host.sleep(6_000);
  while (troubles.postgresNotReady && !over.aborted) {
    say('waiting for leader to bootstrap');
    await host.sleep(5_000);
  }
  const known = opened.get(folder);
  const server =
    known ??
    openPostgres({
      password: host.env['PGPASSWORD_SUPERUSER'] ?? '',
      now: host.now,
      bulkBytes: () => host.bulk?.disk()?.used ?? 0,
      mayCreate: () => troubles.databaseRefused !== true,
      ...(file === undefined ? {} : { file: `${file}/postgres.sqlite` }),
    });
  if (file === undefined) opened.set(folder, server);
  else over.addEventListener('abort', () => server.close(), { once: true });
  if (over.aborted) return;
  host.listen(5432, { sql: (url) => server.connect(url), text: () => '' });
  host.log(`${stamp(host)} UTC [62]: LOG:  database system is ready to accept connections`);
  say(`no action. I am (${name}), the leader with the lock`);
}

/** KubeBlocks' Redis writes its log into a file; hardly anything goes to the container's own. */
async function runRedis({ host, folder, waiting }: DatabasePlace): Promise<void> {
  await host.sleep(2_000);
  const password = host.env['REDIS_PASSWORD'] ?? '';
  const server = openRedis({
    version: '7.0.6',
    password: () => password,
    folder,
    waiting,
    maxMemory: Number(host.env['REDIS_MAXMEMORY'] ?? 0),
    now: host.now,
  });
  host.listen(6379, {
    redis: (url) => server.connect(url),
    stream: (stream) => speakResp(stream, server.session()),
    text: () => '',
  });
  const time = new Date(host.now()).toUTCString().slice(5, 25);
  await host.append('/data/running.log', `1:M ${time}.000 * Ready to accept connections\n`);
}

async function runSentinel({ host }: DatabasePlace): Promise<void> {
  host.listen(26379, { text: () => '' });
  host.log(`1:X ${stamp(host)} * Running mode=sentinel, port=26379.`);
}

const programs: readonly (readonly [
  image: RegExp,
  container: RegExp,
  program: Program,
  role?: 'postgres' | 'redis',
])[] = [
  [/(^|\/)spilo:/, /./, runPostgres, 'postgres'],
  [/(^|\/)redis-stack-server:/, /sentinel/, runSentinel],
  [/(^|\/)redis-stack-server:/, /./, runRedis, 'redis'],
];

const found = (image: string, container: string) =>
  programs.find(([ofImage, ofContainer]) => ofImage.test(image) && ofContainer.test(container));

/** The program of a database's container; undefined for every other one. */
export const databaseProgram = (image: string, container: string): Program | undefined => found(image, container)?.[2];

export const databaseRole = (image: string, container: string): 'postgres' | 'redis' | undefined =>
  found(image, container)?.[3];

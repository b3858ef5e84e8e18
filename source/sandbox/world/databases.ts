/** The programs that KubeBlocks' pods run: PostgreSQL below Patroni, Redis, and its sentinel. */
import type { ContainerHost } from './container-host.ts';
import type { Folder } from './files.ts';
import { openPostgres, type Postgres } from './postgres.ts';
import { openRedis } from './redis.ts';
import { speakResp } from './resp.ts';

export interface DatabasePlace {
  readonly host: ContainerHost;
  /** Aborts when the program is over. */
  readonly over: AbortSignal;
  /** The data volume: where a store may keep files of its own, and a folder. */
  readonly file: string | undefined;
  readonly folder: Folder;
  /** What was open before on this volume, when nothing is kept on disk. */
  readonly opened: Map<Folder, Postgres>;
  /** Whether PostgreSQL may become ready. */
  readonly isReady: () => boolean;
}

type Program = (place: DatabasePlace) => Promise<void>;

const stamp = (host: ContainerHost) => new Date(host.now()).toISOString().replace('T', ' ').replace('Z', '');

async function runPostgres({ host, over, file, folder, opened, isReady }: DatabasePlace): Promise<void> {
  const say = (text: string) => host.log(`${stamp(host)} INFO: ${text}`);
  const name = host.env['HOSTNAME'] ?? '';
  say(`Lock owner: None; I am ${name}`);
  await host.sleep(6_000);
  while (!isReady() && !over.aborted) {
    say('waiting for leader to bootstrap');
    await host.sleep(5_000);
  }
  const known = opened.get(folder);
  const server =
    known ??
    openPostgres({
      password: host.env['PGPASSWORD_SUPERUSER'] ?? '',
      now: host.now,
      ...(file === undefined ? {} : { file: `${file}/postgres.sqlite` }),
    });
  if (file === undefined) opened.set(folder, server);
  else over.addEventListener('abort', () => server.close(), { once: true });
  if (over.aborted) return;
  host.listen(5432, { sql: (url) => server.connect(url), text: () => '' });
  host.log(`${stamp(host)} UTC [62]: LOG:  database system is ready to accept connections`);
  say(`no action. I am (${name}), the leader with the lock`);
}

async function runRedis({ host, folder }: DatabasePlace): Promise<void> {
  await host.sleep(2_000);
  const [version, password] = ['7.0.6', host.env['REDIS_PASSWORD'] ?? ''];
  const server = openRedis({ version, password, folder, usedBytes: () => 2 * 2 ** 20, now: host.now });
  host.listen(6379, {
    redis: (url) => server.connect(url),
    stream: (stream) => speakResp(stream, server.session()),
    text: () => '',
  });
  host.log(`1:M ${stamp(host)} * Ready to accept connections`);
}

async function runSentinel({ host }: DatabasePlace): Promise<void> {
  host.listen(26379, { text: () => '' });
  host.log(`1:X ${stamp(host)} * Running mode=sentinel, port=26379.`);
}

const programs: readonly (readonly [image: RegExp, container: RegExp, program: Program])[] = [
  [/(^|\/)spilo:/, /./, runPostgres],
  [/(^|\/)redis-stack-server:/, /sentinel/, runSentinel],
  [/(^|\/)redis-stack-server:/, /./, runRedis],
];

/** The program of a database's container; undefined for every other one. */
export const databaseProgram = (image: string, container: string): Program | undefined =>
  programs.find(([ofImage, ofContainer]) => ofImage.test(image) && ofContainer.test(container))?.[2];

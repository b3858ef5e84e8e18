/** Scripts of the manifests that loop, told in TypeScript; each is known by a line of its own, which a test holds it to. */
import type { ContainerHost } from './container-host.ts';
import type { CommandIo } from './shell.ts';

interface Script {
  readonly host: ContainerHost;
  readonly io: CommandIo;
  run(argv: readonly string[], out?: (line: string) => void): Promise<number>;
}

type Play = (script: Script) => Promise<number>;

/** What a script has in it, and what it does. */
const scripts: readonly (readonly [mark: string, play: Play])[] = [
  ['rpk topic create "$name" -p "$partitions"', makeTopics],
  ['psql -v ON_ERROR_STOP=1 -c "CREATE DATABASE posthog"', makeDatabase],
  ['exec 3<>/dev/tcp/127.0.0.1/2181', askZookeeper],
];

export const scriptMarks: readonly string[] = scripts.map(([mark]) => mark);

export const knownScript = (text: string): Play | undefined => scripts.find(([mark]) => text.includes(mark))?.[1];

/** manifests/queue/topics.yaml */
async function makeTopics({ host, io, run }: Script): Promise<number> {
  const brokers = ['-X', `brokers=${host.env['KAFKA_HOSTS']}`];
  const listing: string[] = [];
  const list = () => run(['rpk', 'topic', 'list', ...brokers], (line) => void listing.push(line));
  while ((await list()) !== 0) {
    io.out(`Waiting for the broker: ${listing.splice(0).join('\n')}`);
    await host.sleep(2_000);
  }
  const settings = [
    ['log_retention_ms', '86400000'],
    ['retention_bytes', host.env['RETENTION_BYTES'] ?? ''],
    ['log_segment_ms', '3600000'],
  ];
  for (const setting of settings)
    await run(['rpk', 'cluster', 'config', 'set', ...setting, '-X', `admin.hosts=${host.env['KAFKA_ADMIN']}`]);
  const now = new Map(listing.map((line) => line.split(/\s+/) as [string, string]));
  const table = ((await host.read('/topics/topics')) ?? '').trim().split('\n');
  let total = 0;
  for (const row of table) {
    const [name = '', partitions = '1', retentionMs, retentionBytes, segmentBytes] = row.split(' ');
    const config = (flag: string) =>
      [`retention.ms=${retentionMs}`, `retention.bytes=${retentionBytes}`, `segment.bytes=${segmentBytes}`].flatMap(
        (each) => [flag, each],
      );
    const have = Number(now.get(name) ?? 0);
    if (have === 0) {
      const said: string[] = [];
      const made = ['rpk', 'topic', 'create', name, '-p', partitions, '-r', '1', ...config('-c'), ...brokers];
      if ((await run(made, (line) => void said.push(line))) !== 0 && !said.join().includes('TOPIC_ALREADY_EXISTS')) {
        for (const line of said) io.err(line);
        return 1;
      }
    } else {
      const missing = Number(partitions) - have;
      if (missing > 0) await run(['rpk', 'topic', 'add-partitions', name, '--num', String(missing), ...brokers]);
      await run(['rpk', 'topic', 'alter-config', name, ...config('--set'), ...brokers]);
    }
    io.out(`Topic ${++total} ${name}`);
  }
  io.out(`Topics ready ${total}/${total}`);
  return 0;
}

const databaseTries = 60;

/** manifests/app/db-init.yaml */
async function makeDatabase({ host, io, run }: Script): Promise<number> {
  for (let tries = 1; (await run(['pg_isready'])) !== 0; tries++) {
    if (tries >= databaseTries) {
      io.err('PostgreSQL did not answer within 120 seconds');
      return 1;
    }
    await host.sleep(2_000);
  }
  const found: string[] = [];
  const sought = ['psql', '-tAc', "SELECT 1 FROM pg_database WHERE datname = 'posthog'"];
  await run(sought, (line) => void found.push(line));
  if (found.includes('1')) {
    io.out('Database posthog exists');
    return 0;
  }
  const code = await run(['psql', '-v', 'ON_ERROR_STOP=1', '-c', 'CREATE DATABASE posthog']);
  if (code === 0) io.out('Database posthog created');
  return code;
}

/** manifests/stores/zookeeper.yaml */
async function askZookeeper({ host }: Script): Promise<number> {
  const said = await host.text('127.0.0.1', 2181, 'ruok').catch(() => '');
  return said === 'imok' ? 0 : 1;
}

/** The rendered manifests' pods in a town: what the components get is what users' clusters give them. */
import { imageFiles } from '../../../source/sandbox/components/image-files.ts';
import {
  type Container,
  containersOf,
  envNames,
  envValue,
  find,
  manifests,
  objectsOf,
  ofKind,
  type Placed,
  type ServiceSpec,
  selects,
  specOf,
} from '../../stack/fixtures/objects.ts';
import { type Program, type Running, Town } from './town.ts';

const namespace = 'ns-abcd1234';
const objects = objectsOf('small');
const images = new Map(
  Object.values(manifests.releases).flatMap((release) =>
    Object.entries(release?.images ?? {}).map(([name, reference]) => [reference, name] as const),
  ),
);

/** What KubeBlocks, the bucket's controller and the installer put into Secrets. */
const secrets: Readonly<Record<string, string>> = {
  'posthog-pg-conn-credential:host': 'posthog-pg-postgresql',
  'posthog-pg-conn-credential:port': '5432',
  'posthog-pg-conn-credential:username': 'postgres',
  'posthog-pg-conn-credential:password': 'pg-password',
  'posthog-redis-conn-credential:password': 'redis-password',
  'object-storage-key-abcd1234-posthog:internal': 'bucket.test',
  'object-storage-key-abcd1234-posthog:external': 'bucket.example.com',
  'object-storage-key-abcd1234-posthog:bucket': 'abcd1234-posthog',
  'posthog-env:ENCRYPTION_SALT_KEYS': '0123456789abcdef0123456789abcdef',
};
export const internalApiSecret = 'value-of-INTERNAL_API_SECRET';
export const clickhousePassword = 'value-of-CLICKHOUSE_PASSWORD';

function environment(container: Container): Record<string, string> {
  const resolve = (text: string) =>
    text.replace(/<([\w-]+):(\w+)>/g, (_, name, key) => secrets[`${name}:${key}`] ?? `value-of-${key}`);
  return Object.fromEntries(envNames(container).map((name) => [name, resolve(envValue(container, name) ?? '')]));
}

const podName = ({ object }: Placed) =>
  object.kind === 'StatefulSet' ? `${object.metadata.name}-0` : object.metadata.name.replace(/-[0-9a-f]{8}$/, '');

const placed = containersOf(objects);

function placeOf(name: string, init = false): Placed {
  const found = placed.find(({ container, init: isInit }) => container.name === name && isInit === init);
  if (!found) throw new Error(`no container ${name}`);
  return found;
}

/** What a container runs, as the manifests say; parts can be changed. */
export function programOf(name: string, change: Partial<Program> = {}): Program {
  const place = placeOf(name);
  const { container } = place;
  return {
    pod: podName(place),
    image: images.get(container.image) ?? '',
    argv: [...(container.command ?? []), ...(container.args ?? [])],
    env: environment(container),
    ...change,
  };
}

/** Every container that is there all the time. */
export const servers = containersOf(objects, 'StatefulSet', 'Deployment')
  .filter(({ init }) => !init)
  .map(({ container }) => container.name);

/** A town with the stack's names, its ConfigMaps and what its images hold, and nothing running yet. */
export function newTown(): Town {
  const town = new Town();
  town.name('posthog-pg-postgresql', 'postgres');
  town.name(`posthog-redis-redis.${namespace}.svc`, 'redis');
  town.name('bucket.test', 'bucket');
  for (const service of ofKind(objects, 'Service')) {
    const target = placed.find(
      ({ spec, object }) => object.kind !== 'Job' && selects(service, spec.template.metadata?.labels ?? {}),
    );
    if (!target) continue;
    const { name } = service.metadata;
    const pod = podName(target);
    const headless = specOf<ServiceSpec>(service).clusterIP === 'None' ? [`${pod}.${name}`] : [];
    for (const short of [name, ...headless])
      for (const suffix of ['', `.${namespace}`, `.${namespace}.svc`, `.${namespace}.svc.cluster.local`])
        town.name(`${short}${suffix}`, pod);
  }
  for (const place of placed) {
    for (const [path, content] of Object.entries({ ...imageFiles, ...mountedFiles(place) }))
      town.files.set(`${podName(place)}:${path}`, content);
  }
  return town;
}

function mountedFiles({ pod, container }: Placed): Record<string, string> {
  const mounted = (container.volumeMounts ?? []).flatMap(({ name, mountPath, subPath }) => {
    const map = pod.volumes?.find((volume) => volume.name === name)?.configMap?.name;
    const data = map === undefined ? {} : (find(objects, 'ConfigMap', map)['data'] as Record<string, string>);
    return subPath === undefined
      ? Object.entries(data).map(([key, content]) => [`${mountPath}/${key}`, content])
      : [[mountPath, data[subPath] ?? '']];
  });
  return Object.fromEntries(mounted) as Record<string, string>;
}

/** What init containers do: GeoIP databases by `cp`, ClickHouse's functions by the script in the web image. */
async function initialise(town: Town): Promise<void> {
  for (const place of placed.filter(({ init }) => init)) {
    const { container } = place;
    const argv = [...(container.command ?? []), ...(container.args ?? [])];
    const [command, from = '', to = ''] = argv;
    if (command === 'cp') town.files.set(`${podName(place)}:${to}`, town.files.get(`${podName(place)}:${from}`) ?? '');
    if (command === 'python')
      await town.run({
        pod: podName(place),
        image: images.get(container.image) ?? '',
        argv,
        env: environment(container),
      });
  }
}

export interface Stack {
  readonly town: Town;
  readonly running: Map<string, Running>;
  readonly migration: readonly string[];
}

/** The commands of the migrate Job's script, in their order, without what the shell does around them. */
export function migrateCommands(): readonly (readonly string[])[] {
  const script = (find(objects, 'ConfigMap', 'posthog-migrate')['data'] as Record<string, string>)['migrate.sh'] ?? '';
  return script
    .split('\n')
    .map((line) => line.replace(/ (\|\||>) .*/, ''))
    .filter((line) => /^(python|\.\/bin\/)/.test(line))
    .map((line) => [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? ''));
}

/** Topics as the Job's table has them. */
export const topics = (find(objects, 'ConfigMap', 'posthog-topics')['data'] as Record<string, string>)['topics']
  ?.trim()
  .split('\n')
  .map((line) => line.split(' ')) as readonly string[][];

/** Brings the whole stack up in the installer's order: stores, topics, migrations, everything else. */
export async function startStack(): Promise<Stack> {
  const town = newTown();
  await initialise(town);
  const running = new Map<string, Running>();
  const start = (name: string) => running.set(name, town.start(programOf(name)));
  const stores = ['posthog-zookeeper', 'posthog-clickhouse', 'posthog-kafka'];
  for (const name of stores) start(name);
  await town.until(() => stores.every((name) => running.get(name)?.log.length));
  for (const [name = '', partitions = ''] of topics) {
    const argv = ['rpk', 'topic', 'create', name, '-p', partitions, '-r', '1', '-X', 'brokers=posthog-kafka:9092'];
    const made = await town.run(programOf('posthog-kafka-init', { argv }));
    if (made.code !== 0) throw new Error(made.log.join('\n'));
  }
  const migration = await migrate(town);
  for (const name of servers) if (!stores.includes(name)) start(name);
  return { town, running, migration };
}

/** Runs the migrate Job's commands; throws with the log of the one that fails. */
export async function migrate(town: Town): Promise<readonly string[]> {
  const log: string[] = [];
  for (const argv of migrateCommands()) {
    const done = await town.run(programOf('posthog-migrate', { argv }));
    log.push(...done.log);
    if (done.code !== 0) throw new Error(log.join('\n'));
  }
  return log;
}

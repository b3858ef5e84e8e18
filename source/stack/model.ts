/** The values that variables of the manifests stand for. */
import type { Answers } from './answers.ts';
import { objectName } from './components.ts';
import { withMemory } from './following.ts';
import type { JsonObject, Manifests } from './manifests.ts';
import { formatBytes, formatCpu, parseQuantity } from './quantity.ts';
import { topicTable } from './topics.ts';
import type { Json } from './types.ts';
import type { Lookup } from './variables.ts';

/** What the platform decides, found in the cluster or given. */
export interface Platform {
  /** Scheme and port of public addresses; port only where it is not the scheme's own. */
  readonly scheme: 'https' | 'http';
  readonly port?: number;
  /** Secret with the wildcard certificate; the gateway has its own default where the namespace has none. */
  readonly tlsSecret: string;
}

export const defaultPlatform: Platform = { scheme: 'https', tlsSecret: 'wildcard-cert' };

export interface RenderInput {
  readonly answers: Answers;
  readonly namespace: string;
  /** Complete public host. */
  readonly host: string;
  readonly platform: Platform;
  /** The first install may use more CPU for the migrations, because the app does not run yet. */
  readonly migrate: 'install' | 'upgrade';
  /** `encoded`: the databases' passwords are not URL-safe, so complete URLs come from the Secret. */
  readonly urls: 'composed' | 'encoded';
  /** Uid of the live Instance, for ownerReferences; absent in dry runs and in `render`. */
  readonly instanceUid?: string;
  /** Values of the Secrets this program writes, by name; absent where values must not be seen. */
  readonly secrets?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Workspace id, which names the object storage user: the namespace's second part (sealos-platform 4.2). */
export function workspaceOf(namespace: string): string {
  return namespace.split('-')[1] ?? namespace;
}

/** Public address without a trailing slash. */
export function publicUrl(host: string, { scheme, port }: Platform): string {
  return `${scheme}://${host}${port === undefined ? '' : `:${port}`}`;
}

/** Resolves `${path}` for one render. */
export function modelOf(input: RenderInput, manifests: Manifests): Lookup {
  const { answers, namespace, host, platform } = input;
  const { name: app, size } = answers;
  const release = manifests.releases[answers.release];
  if (!release) throw new RangeError(`no release ${answers.release}`);
  const user = workspaceOf(namespace);
  const values: Record<string, Json> = {
    app,
    namespace,
    host,
    hostLabel: host.split('.')[0] ?? host,
    url: publicUrl(host, platform),
    user,
    size,
    release: release.name,
    tls: { secret: platform.tlsSecret },
    image: Object.fromEntries(
      Object.entries(release.images).map(([id, image]) => [id, mirrored(image, answers.mirror)]),
    ),
    telemetry: { optOut: String(!answers.telemetry) },
  };
  const sized = sizedComponents(manifests.sizes[size], answers, input.migrate);
  const named: Record<string, JsonObject> = {
    postgres: { secret: `${objectName('postgres', app)}-conn-credential` },
    redis: {
      secret: `${objectName('redis', app)}-conn-credential`,
      host: `${objectName('redis', app)}-redis.${namespace}.svc`,
    },
    bucket: { secret: `object-storage-key-${user}-${objectName('bucket', app)}` },
    clickhouse: { compatibility: release.clickhouse.compatibility },
    topics: { table: topicTable(size, manifests.topics) },
  };
  for (const [id, tree] of Object.entries(sized)) values[id] = { ...named[id], ...tree };
  for (const [id, tree] of Object.entries(named)) values[id] ??= tree;
  return (path) => {
    let value: Json | undefined = values as JsonObject;
    for (const part of path.split('.')) {
      value =
        value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject)[part] : undefined;
    }
    if (value === undefined) throw new RangeError(`unknown variable \${${path}}`);
    return value;
  };
}

/** An image reference with its registry replaced where a mirror is given; tag and digest stay. */
export function mirrored(image: string, mirrors: Readonly<Record<string, string>>): string {
  const slash = image.indexOf('/');
  const mirror = mirrors[image.slice(0, slash)];
  return mirror === undefined ? image : `${mirror}${image.slice(slash)}`;
}

/** The size's numbers with the user's own on top and `resources` made of them. */
function sizedComponents(
  size: JsonObject,
  answers: Answers,
  migrate: RenderInput['migrate'],
): Record<string, JsonObject> {
  return Object.fromEntries(
    Object.entries(size).map(([id, tree]) => {
      const numbers = tree as JsonObject;
      const chosen = id === 'migrate' ? (numbers[migrate] as JsonObject) : numbers;
      return [id, withResources(override(id, chosen, answers.components[id as keyof Answers['components']]))];
    }),
  );
}

interface Override {
  readonly replicas?: number | undefined;
  readonly cpu?: string | undefined;
  readonly memory?: string | undefined;
}

/** Requests, and what a store's process may take, keep their proportion to the limit: a larger pod also asks for more. */
function override(id: string, numbers: JsonObject, { replicas, cpu, memory }: Override = {}): JsonObject {
  const request = numbers['request'] as JsonObject | undefined;
  const scaled = { ...request };
  if (cpu !== undefined && request?.['cpu'] !== undefined)
    scaled['cpu'] = formatCpu(proportion(request['cpu'], cpu, numbers['cpu']));
  if (memory !== undefined && request?.['memory'] !== undefined) {
    scaled['memory'] = formatBytes(proportion(request['memory'], memory, numbers['memory']));
  }
  return {
    ...(memory === undefined ? numbers : withMemory(id, numbers, memory)),
    ...(replicas === undefined ? {} : { replicas }),
    ...(cpu === undefined ? {} : { cpu }),
    ...(memory === undefined ? {} : { memory }),
    ...(request === undefined ? {} : { request: scaled }),
  };
}

const proportion = (request: Json, limit: string, oldLimit: Json | undefined): number =>
  (parseQuantity(String(request)) * parseQuantity(limit)) / parseQuantity(String(oldLimit));

/** Adds `resources` wherever cpu, memory and ephemeral stand together, at every depth (sub-containers nest). */
function withResources(tree: JsonObject): JsonObject {
  const inner = Object.fromEntries(
    Object.entries(tree).map(([key, value]) => [key, isMap(value) && key !== 'request' ? withResources(value) : value]),
  );
  const { cpu, memory, ephemeral } = tree;
  return cpu === undefined || memory === undefined || ephemeral === undefined
    ? inner
    : { ...inner, resources: resourcesOf(tree) };
}

const isMap = (value: Json): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** Requests that a size does not name are a tenth of the limit, as Launchpad sets them (stack-spec B.9). */
function resourcesOf(numbers: JsonObject): JsonObject {
  const cpu = String(numbers['cpu']);
  const memory = String(numbers['memory']);
  const ephemeral = String(numbers['ephemeral']);
  const request = (numbers['request'] ?? {}) as JsonObject;
  return {
    limits: { cpu, memory, 'ephemeral-storage': ephemeral },
    requests: {
      cpu: request['cpu'] ?? formatCpu(parseQuantity(cpu) / 10),
      memory: request['memory'] ?? formatBytes(parseQuantity(memory) / 10),
      'ephemeral-storage': formatBytes(parseQuantity(ephemeral) / 10),
    },
  };
}

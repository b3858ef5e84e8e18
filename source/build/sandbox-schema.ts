/**
 * Renews what the sandbox knows of kinds and their fields (`source/sandbox/schema/kubernetes.json`), as a real API server of
 * the kubeconfig tells it: `node source/build/sandbox-schema.ts`. Run by hand when the version of Kubernetes changes, on a cluster
 * with KubeBlocks 0.9 and then on one with 0.8: kinds that a server does not have stay as they are known. Another kind is
 * served when its group, version and plural stand among the kinds of the file before.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import { apiVersionOf } from '../sandbox/objects/names.ts';
import {
  type CompactSchema,
  extensions,
  type KindFile,
  referencesIn,
  type ServedKind,
} from '../sandbox/schema/file.ts';

interface Resource {
  readonly name: string;
  readonly singularName: string;
  readonly namespaced: boolean;
  readonly kind: string;
  readonly group?: string;
  readonly version?: string;
  readonly verbs: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
}

type OpenApi = Readonly<Record<string, unknown>>;

async function raw(path: string): Promise<unknown> {
  const { stdout } = await execa('kubectl', ['get', '--raw', path]);
  return JSON.parse(stdout);
}

/** `io.k8s.api.core.v1.Pod` -> `Pod`, unless two share it. */
const shortOf = (id: string) => id.replace(/^io\.k8s\.(api|apimachinery\.pkg\.(apis\.)?)\.?/, '');

function compact(schema: OpenApi): CompactSchema {
  const [only] = (schema['allOf'] ?? []) as OpenApi[];
  const reference = (schema['$ref'] ?? only?.['$ref']) as string | undefined;
  const kept = {
    ...(schema['default'] === undefined || isEmpty(schema['default']) ? {} : { default: schema['default'] }),
    ...Object.assign({}, ...Object.entries(extensions).map(([to, from]) => pick(schema, from, to))),
    ...(schema['x-kubernetes-map-type'] === 'atomic' ? { atomic: true } : {}),
    ...(typeof schema['x-kubernetes-patch-strategy'] === 'string'
      ? { patchStrategy: schema['x-kubernetes-patch-strategy'].split(',') }
      : {}),
  };
  if (reference !== undefined) return { ...kept, ref: shortOf(reference.split('/').at(-1) as string) } as CompactSchema;
  const properties = schema['properties'] as Record<string, OpenApi> | undefined;
  const isAny = schema['format'] === 'int-or-string' || schema['x-kubernetes-int-or-string'] === true;
  return {
    ...kept,
    ...(isAny ? { intOrString: true } : pick(schema, 'type', 'type')),
    ...(isAny ? {} : pick(schema, 'format', 'format')),
    ...pick(schema, 'required', 'required'),
    ...pick(schema, 'enum', 'enum'),
    ...(properties
      ? { properties: Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, compact(each)])) }
      : {}),
    ...(isObject(schema['additionalProperties'])
      ? { additionalProperties: compact(schema['additionalProperties'] as OpenApi) }
      : {}),
    ...(isObject(schema['items']) ? { items: compact(schema['items'] as OpenApi) } : {}),
  } as CompactSchema;
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
/** `default: {}` and `default: ""` say only that a Go struct is never absent. */
const isEmpty = (value: unknown): boolean =>
  value === '' || (isObject(value) && Object.keys(value as object).length === 0);
const pick = (schema: OpenApi, from: string, to: string) => (schema[from] === undefined ? {} : { [to]: schema[from] });

const target = new URL('../sandbox/schema/kubernetes.json', import.meta.url);
const known = JSON.parse(await readFile(target, 'utf8')) as KindFile;
const definitions = new Map(Object.entries(known.definitions));
const { stdout: servedVersions } = await execa('kubectl', ['api-versions']);

/** The kinds of one group and version as the server tells them; notes their definitions. */
async function renewed(apiVersion: string, kinds: readonly ServedKind[]): Promise<readonly ServedKind[]> {
  if (!servedVersions.split('\n').includes(apiVersion)) return kinds;
  const path = apiVersion.includes('/') ? `apis/${apiVersion}` : `api/${apiVersion}`;
  const { resources } = (await raw(`/${path}`)) as { resources: readonly Resource[] };
  const { components } = (await raw(`/openapi/v3/${path}`)) as { components: { schemas: Record<string, OpenApi> } };
  for (const [id, schema] of Object.entries(components.schemas)) {
    const isQuantity = id.endsWith('.resource.Quantity');
    definitions.set(shortOf(id), isQuantity ? { type: 'string', format: 'quantity' } : compact(schema));
  }
  return kinds.map((before) => {
    const { group, version, plural } = before;
    const resource = resources.find(({ name }) => name === plural);
    if (!resource) return before;
    const { kind, singularName: singular, namespaced, verbs, shortNames = [], categories = [] } = resource;
    const isOfKind = (schema: OpenApi) =>
      (
        (schema['x-kubernetes-group-version-kind'] ?? []) as readonly Pick<ServedKind, 'group' | 'version' | 'kind'>[]
      ).some((each) => each.group === group && each.version === version && each.kind === kind);
    const [id] = Object.entries(components.schemas).find(([, schema]) => isOfKind(schema)) ?? [''];
    const subresources = resources
      .filter(({ name }) => name.startsWith(`${plural}/`))
      .map(({ name, kind: answered, group: of, version: at, verbs: its }) => ({
        name: name.slice(plural.length + 1),
        kind: answered,
        ...(of && { group: of }),
        ...(at && { version: at }),
        verbs: its,
      }));
    const schema = id ? shortOf(id) : before.schema;
    return { group, version, kind, plural, singular, shortNames, categories, namespaced, verbs, subresources, schema };
  });
}

const kinds: ServedKind[] = [];
for (const [apiVersion, ofVersion] of Map.groupBy(known.kinds, apiVersionOf))
  kinds.push(...(await renewed(apiVersion, ofVersion)));

const needed = new Map<string, CompactSchema>();
const collect = (id: string): void => {
  const schema = definitions.get(id);
  if (schema === undefined || needed.has(id)) return;
  needed.set(id, schema);
  for (const reference of referencesIn(schema)) collect(reference);
};
for (const { schema } of kinds) collect(schema);

const file: KindFile = {
  version: (await raw('/version')) as KindFile['version'],
  kinds,
  definitions: Object.fromEntries([...needed].sort(([a], [b]) => (a < b ? -1 : 1))),
};
await writeFile(target, `${JSON.stringify(file)}\n`);

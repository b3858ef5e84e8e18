/**
 * Writes what the sandbox knows of kinds and their fields (`source/sandbox/schema/kubernetes.json`), as a real API server of
 * the kubeconfig tells it: `node source/build/sandbox-schema.ts`. Run by hand when the version of Kubernetes changes, on a cluster
 * with KubeBlocks 0.9 and then on one with 0.8: kinds that a server does not have stay as they are known.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import {
  type CompactSchema,
  extensions,
  type KindFile,
  referencesIn,
  type ServedKind,
} from '../sandbox/schema/file.ts';

/** An aggregated API of its own server (metrics-server 0.6), which a test cluster does not have: pkg/apis/metrics/v1beta1/types.go. */
const metrics: readonly ServedKind[] = ['Node', 'Pod'].map((of) => ({
  group: 'metrics.k8s.io',
  version: 'v1beta1',
  kind: `${of}Metrics`,
  plural: `${of.toLowerCase()}s`,
  singular: '',
  shortNames: [],
  categories: [],
  namespaced: of === 'Pod',
  verbs: ['get', 'list'],
  subresources: [],
  schema: 'metrics',
}));

const groups = [
  'v1',
  'apps/v1',
  'batch/v1',
  'networking.k8s.io/v1',
  'policy/v1',
  'rbac.authorization.k8s.io/v1',
  'coordination.k8s.io/v1',
  'autoscaling/v2',
  'storage.k8s.io/v1',
  'discovery.k8s.io/v1',
  'events.k8s.io/v1',
  'authorization.k8s.io/v1',
  'authentication.k8s.io/v1',
  'apiextensions.k8s.io/v1',
  'app.sealos.io/v1',
  'objectstorage.sealos.io/v1',
  'apps.kubeblocks.io/v1alpha1',
  'workloads.kubeblocks.io/v1alpha1',
];
/** Of the groups above, what nobody who uses the sandbox touches. */
const leftOut =
  /^(bindings|componentstatuses|podtemplates|replicationcontrollers|daemonsets|cronjobs|csi.*|volumeattachments|volumeattributesclasses|ipaddresses|servicecidrs|tokenreviews|subjectaccessreviews|localsubjectaccessreviews)(\/|$)/;

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

const pathOf = (groupVersion: string) => (groupVersion === 'v1' ? 'api/v1' : `apis/${groupVersion}`);
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

const kinds: ServedKind[] = [...metrics];
const all = new Map<string, CompactSchema>();
for (const groupVersion of groups) {
  const { resources } = (await raw(`/${pathOf(groupVersion)}`)) as { resources: readonly Resource[] };
  const document = (await raw(`/openapi/v3/${pathOf(groupVersion)}`)) as {
    components: { schemas: Record<string, OpenApi> };
  };
  const [group = '', version = ''] = groupVersion === 'v1' ? ['', 'v1'] : groupVersion.split('/');
  for (const [id, schema] of Object.entries(document.components.schemas))
    all.set(shortOf(id), id.endsWith('.resource.Quantity') ? { type: 'string', format: 'quantity' } : compact(schema));
  for (const resource of resources.filter(({ name }) => !name.includes('/') && !leftOut.test(name))) {
    const [id] = Object.entries(document.components.schemas).find(([, schema]) =>
      ((schema['x-kubernetes-group-version-kind'] ?? []) as { group: string; version: string; kind: string }[]).some(
        (each) => each.group === group && each.version === version && each.kind === resource.kind,
      ),
    ) ?? [''];
    kinds.push({
      group,
      version,
      kind: resource.kind,
      plural: resource.name,
      singular: resource.singularName,
      shortNames: resource.shortNames ?? [],
      categories: resource.categories ?? [],
      namespaced: resource.namespaced,
      verbs: resource.verbs,
      subresources: resources
        .filter(({ name }) => name.startsWith(`${resource.name}/`))
        .map(({ name, kind, group: of, version: at, verbs }) => ({
          name: name.slice(resource.name.length + 1),
          kind,
          ...(of ? { group: of } : {}),
          ...(at ? { version: at } : {}),
          verbs,
        })),
      schema: shortOf(id),
    });
  }
}

const target = new URL('../sandbox/schema/kubernetes.json', import.meta.url);
const known = JSON.parse(await readFile(target, 'utf8')) as KindFile;
for (const kind of known.kinds)
  if (
    !kinds.some(
      ({ group, version, plural }) =>
        `${group}/${version}/${plural}` === `${kind.group}/${kind.version}/${kind.plural}`,
    )
  )
    kinds.push(kind);
for (const [id, schema] of Object.entries(known.definitions)) if (!all.has(id)) all.set(id, schema);

const needed = new Map<string, CompactSchema>();
const collect = (id: string): void => {
  const schema = all.get(id);
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

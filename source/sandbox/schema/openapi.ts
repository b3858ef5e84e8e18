/** OpenAPI documents out of the schemas: as much as kubectl needs to apply, patch and explain. */

import { apiVersionOf } from '../objects/names.ts';
import { type CompactSchema, extensions, referencesIn } from './file.ts';
import { definitions, served, versionInfo } from './kinds.ts';

const nameOf = (id: string) => `io.k8s.${id}`;
const info = { title: 'Kubernetes', version: versionInfo['gitVersion'] };

/** The index without a path, or the document of `api/v1`, `apis/apps/v1`, ... */
export function openapiV3(path?: string): unknown | undefined {
  const paths = [...new Set(served.map((kind) => pathOf(apiVersionOf(kind))))];
  if (path === undefined)
    return { paths: Object.fromEntries(paths.map((each) => [each, { serverRelativeURL: `/openapi/v3/${each}` }])) };
  if (!paths.includes(path)) return undefined;
  const ids = served.filter((kind) => pathOf(apiVersionOf(kind)) === path).map(({ schema }) => schema);
  const schemas = documentOf(ids, '#/components/schemas/');
  return { openapi: '3.0.0', info, paths: endpoints(path), components: { schemas } };
}

export function openapiV2(): unknown {
  return {
    swagger: '2.0',
    info,
    paths: {},
    definitions: documentOf(
      served.map(({ schema }) => schema),
      '#/definitions/',
    ),
  };
}

const pathOf = (apiVersion: string) => (apiVersion.includes('/') ? `apis/${apiVersion}` : `api/${apiVersion}`);

/** kubectl finds out here which verbs a kind has, and whether the server knows field validation. */
function endpoints(path: string) {
  const kinds = served.filter((kind) => pathOf(apiVersionOf(kind)) === path);
  const parameters = ['dryRun', 'fieldManager', 'fieldValidation'].map((name) => ({
    name,
    in: 'query',
    schema: { type: 'string' },
  }));
  return Object.fromEntries(
    kinds.map(({ plural, namespaced, group, version, kind }) => [
      `/${path}/${namespaced ? 'namespaces/{namespace}/' : ''}${plural}/{name}`,
      { patch: { parameters, 'x-kubernetes-group-version-kind': { group, version, kind } } },
    ]),
  );
}

function documentOf(ids: readonly string[], root: string): Readonly<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  const add = (id: string): void => {
    const schema = definitions[id];
    if (schema === undefined || found[nameOf(id)] !== undefined) return;
    const kinds = served.filter((each) => each.schema === id);
    found[nameOf(id)] = {
      ...described(schema, root),
      ...(kinds.length > 0 && {
        'x-kubernetes-group-version-kind': kinds.map(({ group, version, kind }) => ({ group, version, kind })),
      }),
    };
    for (const reference of referencesIn(schema)) add(reference);
  };
  for (const id of ids) add(id);
  return found;
}

function described({ ref, properties, additionalProperties, items, ...own }: CompactSchema, root: string): object {
  const { intOrString, patchStrategy, atomic, ...fields } = own;
  const plain = Object.entries(fields).map(([name, value]) => [
    name in extensions ? extensions[name as keyof typeof extensions] : name,
    value,
  ]);
  return {
    ...Object.fromEntries(plain),
    ...(ref && { allOf: [{ $ref: `${root}${nameOf(ref)}` }] }),
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, described(each, root)])),
    }),
    ...(additionalProperties && { additionalProperties: described(additionalProperties, root) }),
    ...(items && { items: described(items, root) }),
    ...(intOrString && { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] }),
    ...(patchStrategy && { 'x-kubernetes-patch-strategy': patchStrategy.join(',') }),
    ...(atomic && { 'x-kubernetes-map-type': 'atomic' }),
  };
}

/** Installs the custom resources: our reduced ones, or the originals where they lie in `../shared/crds` beside the repository. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Api, KubeObject } from './api.ts';
import { kubeblocksResources } from './kubeblocks-resources.ts';
import { type KubeblocksVersion, repository } from './layout.ts';
import { definitionOf } from './resource-schema.ts';
import { sealosResources } from './sealos-resources.ts';
import { waitFor } from './waiting.ts';

/** Some of them continue on lines that are indented too little, which this parser refuses and Kubernetes' own takes. */
const longDescription = /^ *description: '(?:[^']|'')*'\n/gm;

async function originals(prefix: RegExp): Promise<KubeObject[]> {
  const folder = join(repository, '../shared/crds');
  const files = await readdir(folder).catch(() => []);
  const texts = await Promise.all(
    files.filter((file) => prefix.test(file)).map((file) => readFile(join(folder, file), 'utf8')),
  );
  const documents = texts.flatMap((content) =>
    parseAllDocuments(content.replaceAll(longDescription, '')).map((document) => document.toJS() as KubeObject | null),
  );
  // Some are not apply-able as they are: what the server writes has no place in a request.
  return documents.flatMap((document) => (document ? [withoutStatus(document)] : []));
}

function withoutStatus(object: KubeObject): KubeObject {
  const { status: _, ...rest } = object as KubeObject & { status?: unknown };
  const { creationTimestamp: __, ...metadata } = rest.metadata;
  return { ...rest, metadata };
}

function merged(reduced: readonly KubeObject[], original: readonly KubeObject[]): KubeObject[] {
  const names = new Set(original.map(({ metadata }) => metadata.name));
  return [...original, ...reduced.filter(({ metadata }) => !names.has(metadata.name))];
}

const kind = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' } as const;

async function install(api: Api, definitions: readonly KubeObject[], signal: AbortSignal): Promise<void> {
  await Promise.all(definitions.map((definition) => api.apply(definition, signal)));
  for (const { metadata } of definitions)
    await waitFor(
      async () => {
        const found = await api.find<KubeObject & { status?: { conditions?: { type: string; status: string }[] } }>(
          { ...kind, name: metadata.name },
          signal,
        );
        return found?.status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True');
      },
      { what: `the resource ${metadata.name}`, signal },
    );
}

export async function installSealosResources(api: Api, signal: AbortSignal): Promise<void> {
  await install(api, merged(sealosResources.map(definitionOf), await originals(/^sealos-/)), signal);
}

/** Installs the resources of one KubeBlocks version and takes those of another away: it is told apart by what is served. */
export async function installKubeblocksResources(
  api: Api,
  version: KubeblocksVersion,
  signal: AbortSignal,
): Promise<void> {
  const definitions = merged(
    kubeblocksResources[version].map(definitionOf),
    await originals(new RegExp(`^kubeblocks-v${version}`)),
  );
  const wanted = new Set(definitions.map(({ metadata }) => metadata.name));
  const present = (await api.list(kind, signal)).map(({ metadata }) => metadata.name);
  for (const name of present.filter((name) => /\.kubeblocks\.io$/.test(name) && !wanted.has(name)))
    await api.remove({ ...kind, name }, signal);
  await install(api, definitions, signal);
}

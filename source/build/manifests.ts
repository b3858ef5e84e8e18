/**
 * Reads `manifests/`, checks it, and writes `source/stack/manifests.generated.json`, so that the program itself
 * never parses YAML. Unknown and unused variables, groups and numbers stop the build here.
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments, parseDocument } from 'yaml';
import { componentOf } from '../stack/components.ts';
import type { JsonObject, Manifests } from '../stack/manifests.ts';
import { type ComponentId, componentIds, type Json, sizeNames } from '../stack/types.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const target = join(root, 'source/stack/manifests.generated.json');

/** Every file of the folder as data. Throws an Error that names the file, the line and what is wrong. */
export async function readManifests(folder = join(root, 'manifests')): Promise<Manifests> {
  const documents = Object.fromEntries(
    await Promise.all([
      all(folder, 'instance', 'instance'),
      ...componentIds.map((id) => all(folder, id, `${componentOf(id).phase}/${id}`)),
    ]),
  ) as Record<ComponentId | 'instance', JsonObject[]>;
  const [env, sizes, releases] = await Promise.all(
    ['env', 'sizes', 'releases'].map((part) => singles(join(folder, part))),
  );
  const { topics, ...numbers } = sizes as Record<string, Json>;
  const missing = sizeNames.filter((name) => numbers[name] === undefined);
  if (missing.length > 0 || topics === undefined)
    throw new Error(`manifests/sizes lacks ${[...missing, ...(topics ? [] : ['topics'])].join(', ')}`);
  return { documents, env, sizes: numbers, topics, releases } as unknown as Manifests;
}

async function all(folder: string, id: string, path: string): Promise<[string, JsonObject[]]> {
  const file = join(folder, `${path}.yaml`);
  const parsed = parseAllDocuments(await readFile(file, 'utf8'), { version: '1.2', uniqueKeys: true });
  if (!Array.isArray(parsed)) throw new Error(`${file} is empty`);
  for (const document of parsed) for (const error of document.errors) throw new Error(`${file}: ${error.message}`);
  return [id, parsed.map((document) => document.toJS() as JsonObject)];
}

async function singles(folder: string): Promise<Record<string, Json>> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort();
  return Object.fromEntries(
    await Promise.all(
      files.map(async (name) => {
        const document = parseDocument(await readFile(join(folder, name), 'utf8'), { uniqueKeys: true });
        for (const error of document.errors) throw new Error(`${join(folder, name)}: ${error.message}`);
        return [name.replace(/\.yaml$/, ''), document.toJS() as Json];
      }),
    ),
  );
}

/** Reads, checks and writes; leaves the file alone when nothing changed, so that watchers stay quiet. */
export async function generateManifests(): Promise<void> {
  const manifests = await readManifests();
  const text = `${JSON.stringify(manifests)}\n`;
  if ((await readFile(target, 'utf8').catch(() => '')) !== text) {
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text);
  }
  // Imported late: rendering reads the file just written.
  const { checkManifests } = await import('./check-manifests.ts');
  checkManifests(manifests);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await generateManifests();

/** The licences of the packages whose code is inside the bundle: most of them ask to be passed on with it. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bundle } from './bundle.ts';
import { root } from './paths.ts';

type Made = Pick<Bundle, 'chunks'>;

/** Folders below `node_modules` whose files are in the bundle, sorted. */
export function bundledPackages({ chunks }: Made): string[] {
  const folders = chunks.flatMap(({ modules }) =>
    modules.flatMap((path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []),
  );
  return [...new Set(folders)].sort();
}

/** One text for all packages. Throws an Error that names a package without any statement of its licence. */
export async function licenceTexts(made: Made): Promise<string> {
  const sections = await Promise.all(bundledPackages(made).map(licenceOf));
  const derived = made.chunks.some(({ modules }) => modules.includes(describedApi)) ? [await kubernetesLicence()] : [];
  return ['posthog-sealos contains code of these packages.', ...sections, ...derived].join('\n\n');
}

/** Made from what an API server says of its kinds. */
const describedApi = 'source/sandbox/schema/kubernetes.json';

/** Its makers are those of the client, and so is its licence. */
async function kubernetesLicence(): Promise<string> {
  const text = await readFile(join(root, 'node_modules/@kubernetes/client-node/LICENSE'), 'utf8');
  const about = 'Kubernetes (Apache-2.0): names, types and defaults of the fields of its API';
  return `${'-'.repeat(80)}\n${about}\n\n${text.trim()}`;
}

async function licenceOf(folder: string): Promise<string> {
  const about = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license?: string;
  };
  const names = (await readdir(join(root, folder))).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name)).sort();
  if (about.license === undefined && names.length === 0) throw new Error(`${folder} states no licence`);
  const texts = await Promise.all(names.map((name) => readFile(join(root, folder, name), 'utf8')));
  return [
    `${'-'.repeat(80)}\n${about.name} ${about.version} (${about.license ?? 'see below'})`,
    ...texts.map((text) => text.trim()),
  ].join('\n\n');
}

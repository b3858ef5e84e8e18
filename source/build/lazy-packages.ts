/**
 * `const { a, b } = await import('package')` of our sources, bundled. By itself a bundler keeps every export of
 * such a package (3 MB of Kubernetes models for one class), and gives those written in CommonJS no named exports at all,
 * so that what runs from source fails in the bundle. Here the import leads to a module that re-exports just those names.
 */
import { readFile } from 'node:fs/promises';
import type { Plugin } from 'rolldown';

const prefix = '\0lazy-package:';

/** Names that `text` takes out of its imports of a package, sorted. Throws an Error when one is not taken apart at once. */
export function namesTaken(text: string, name: string): string[] {
  const call = `await import('${name}')`;
  const taken = [...text.matchAll(/\{([^{}]*)\}\s*=\s*(await import\('[^']+'\))/g)].filter(
    ([, , each]) => each === call,
  );
  if (taken.length === 0 || taken.length !== text.split(call).length - 1) {
    throw new Error(`import lazily as \`const { a, b } = ${call}\``);
  }
  const names = taken.flatMap(([, list = '']) => list.split(','));
  return [...new Set(names.map((each) => each.split(':')[0]?.trim() ?? ''))].filter((each) => each !== '').sort();
}

export const lazyPackages: Plugin = {
  name: 'lazy-packages',
  async resolveId(name, importer, { kind }) {
    const isPackage = /^[^./\0]/.test(name) && !name.startsWith('node:');
    if (kind !== 'dynamic-import' || !isPackage || !importer || importer.includes('node_modules')) return undefined;
    return `${prefix}${name}#${namesTaken(await readFile(importer, 'utf8'), name).join()}`;
  },
  load(id) {
    if (!id.startsWith(prefix)) return undefined;
    const [name, names] = id.slice(prefix.length).split('#');
    return `export { ${names} } from '${name}';`;
  },
};

/**
 * `const { a, b } = await import('package')` of our sources, bundled. By itself esbuild keeps every export of such a
 * package (3 MB of Kubernetes models for one class), and gives those written in CommonJS no named exports at all, so
 * that what runs from source fails in the bundle. Here the import leads to a module that re-exports just those names.
 */
import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';
import { root } from './paths.ts';

const namespace = 'lazy-package';

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
  name: namespace,
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, async ({ path, kind, importer }) => {
      if (kind !== 'dynamic-import' || path.startsWith('node:') || importer.includes('node_modules')) return undefined;
      const names = namesTaken(await readFile(importer, 'utf8'), path);
      return { path: `${path}.${names.join('.')}`, namespace, pluginData: { path, names } };
    });
    build.onLoad({ filter: /.*/, namespace }, ({ pluginData: { path, names } }) => ({
      contents: `export { ${(names as string[]).join(', ')} } from '${String(path)}';`,
      resolveDir: root,
    }));
  },
};

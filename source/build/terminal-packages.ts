/** Makes the first frame come sooner: what the packages that draw would load, and this program never needs. */
import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** Asked of a data: URL, `fetch` loads all of Node's HTTP client, to decode what needs no network. */
const asksForFetch = /"function"!=typeof fetch/g;

export const terminalPackages: Plugin = {
  name: 'terminal-packages',
  setup(build) {
    build.onLoad({ filter: /yoga-wasm-base64-esm\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const found = text.match(asksForFetch)?.length ?? 0;
      if (found === 0) throw new Error('yoga-layout does not ask for fetch any more: look at terminal-packages.ts');
      return { contents: text.replaceAll(asksForFetch, 'true') };
    });
    // Its own way to measure text loads the tables of all emoji; both count alike (test/text/width.test.ts).
    build.onResolve({ filter: /^string-width$/ }, ({ resolveDir, kind }) =>
      build.resolve('fast-string-width', { resolveDir, kind }),
    );
    build.onResolve({ filter: /^react-devtools-core$/ }, () => ({ path: 'react-devtools-core', namespace: 'nothing' }));
    build.onLoad({ filter: /.*/, namespace: 'nothing' }, () => ({ contents: 'export default undefined;' }));
  },
};

/** Makes the first frame come sooner: what the packages that draw would load, and this program never needs. */
import { readFile } from 'node:fs/promises';
import type { Plugin } from 'rolldown';

/** Asked of a data: URL, `fetch` loads all of Node's HTTP client, to decode what needs no network. */
const asksForFetch = /"function"!=typeof fetch/g;

const nothing = '\0nothing';

export const terminalPackages: Plugin = {
  name: 'terminal-packages',
  resolveId(name, importer) {
    if (name === 'react-devtools-core') return nothing;
    // Its own way to measure text loads the tables of all emoji; both count alike (test/text/width.test.ts).
    return name === 'string-width' ? this.resolve('fast-string-width', importer) : undefined;
  },
  async load(id) {
    if (id === nothing) return 'export default undefined;';
    if (!id.endsWith('yoga-wasm-base64-esm.js')) return undefined;
    const text = await readFile(id, 'utf8');
    const found = text.match(asksForFetch)?.length ?? 0;
    if (found === 0) throw new Error('yoga-layout does not ask for fetch any more: look at terminal-packages.ts');
    return text.replaceAll(asksForFetch, 'true');
  },
};

/** What the bundle must not hold: code that no command calls, loaded at every start that reaches for a cluster. */
import { beforeAll, expect, test } from 'vitest';
import { type Bundle, bundleProgram, type Chunk } from '../../source/build/bundle.ts';

let bundle: Bundle;
beforeAll(async () => {
  bundle = await bundleProgram();
});

/** Files with code in the bundle. */
const used = (): string[] => bundle.chunks.flatMap(({ modules }) => modules);

test('of client-node, what reads a kubeconfig is in it, and nothing else', () => {
  expect(used().flatMap((file) => file.split('node_modules/@kubernetes/client-node/')[1] ?? [])).toEqual([
    'dist/config_types.js',
  ]);
});

test('of undici, the HTTP client is in it once, and no WebSocket, cache or mock', () => {
  expect(used().filter((file) => file.endsWith('undici/lib/dispatcher/agent.js'))).toHaveLength(1);
  expect(
    used().filter((file) => /undici\/(index\.js|lib\/(mock|cache|web\/(websocket|eventsource|cache)))/.test(file)),
  ).toEqual([]);
});

test('what every start loads is one file beside its entry, and holds no package', () => {
  const first = loadedWith('cli.js');
  expect(first.map(({ path }) => path.replace(/-[^-]*$/, ''))).toEqual(['cli.js', 'chunks/every']);
  expect(first.flatMap(({ modules }) => modules).filter((path) => path.includes('node_modules'))).toEqual([]);
});

test('what is loaded by whoever asks a cluster holds no large package', () => {
  const base = bundle.chunks.find(({ path }) => path.startsWith('chunks/base-'));
  const all = loadedWith(base?.path ?? '').flatMap(({ modules }) => modules);
  const packages = all.flatMap((path) => path.split('node_modules/')[1]?.split('/')[0] ?? []);
  expect([...new Set(packages)].sort()).toEqual([
    'fast-string-truncated-width',
    'fast-string-width',
    'fuzzysort',
    'valibot',
  ]);
});

/** A chunk and all that is loaded with it at once. */
function loadedWith(path: string): readonly Chunk[] {
  const all = new Set([path]);
  for (const each of all)
    for (const next of bundle.chunks.find((chunk) => chunk.path === each)?.imports ?? []) all.add(next);
  return bundle.chunks.filter((chunk) => all.has(chunk.path));
}

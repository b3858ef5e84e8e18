/** What the bundle must not hold: code that no command calls, loaded at every start that reaches for a cluster. */
import { beforeAll, expect, test } from 'vitest';
import { type Bundle, bundleProgram } from '../../source/build/bundle.ts';

let bundle: Bundle;
beforeAll(async () => {
  bundle = await bundleProgram();
});

/** Files of node_modules with code in the bundle. */
function used(): string[] {
  return Object.values(bundle.metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([input, { bytesInOutput }]) => (bytesInOutput > 0 ? [input] : [])),
  );
}

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

test('what every start loads holds no package', () => {
  const cli = bundle.metafile.outputs['dist/cli.js'];
  const first = new Set([
    'dist/cli.js',
    ...(cli?.imports ?? []).flatMap(({ path, kind }) => (kind === 'import-statement' ? [path] : [])),
  ]);
  for (const path of first) {
    for (const next of bundle.metafile.outputs[path]?.imports ?? [])
      if (next.kind === 'import-statement') first.add(next.path);
  }
  const packages = [...first].flatMap((path) => Object.keys(bundle.metafile.outputs[path]?.inputs ?? {}));
  expect(packages.filter((input) => input.includes('node_modules'))).toEqual([]);
});

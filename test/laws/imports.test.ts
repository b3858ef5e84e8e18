/** DESIGN section 3: who may import whom, and what must stay pure, checked on the import graph of the whole program. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../../source/build/paths.ts';
import { importGraph, importsIn, reached } from './import-graph.ts';

const graph = importGraph(root, 'source');
const files = [...graph.keys()];

/** What the files of a folder may import of ours, besides their own folder; types count too. */
const words = ['text', 'messages', 'errors.ts'];
const foundation = [...words, 'stack', 'context.ts', 'make-folder.ts'];
const useCases = ['install', 'operate', 'doctor', 'logs'];
const mayImport: Readonly<Record<string, readonly string[]>> = {
  text: [],
  // Texts take the types of what they speak of; that nothing else comes along is tested below.
  messages: ['text', 'stack', 'observe', 'install', 'operate', 'logs'],
  stack: words,
  'errors.ts': ['messages'],
  'context.ts': ['stack'],
  'make-folder.ts': [],
  cluster: foundation,
  observe: [...foundation, 'cluster'],
  ...Object.fromEntries(useCases.map((name) => [name, [...foundation, 'cluster', 'observe', ...useCases]])),
  sandbox: foundation,
  // Of the use cases it knows the types only: what they tell, and what they are asked.
  console: [...words, 'stack', 'observe', 'install', 'operate', 'logs'],
  commands: [...foundation, 'cluster', 'observe', ...useCases, 'sandbox', 'console'],
  'cli.ts': [...foundation, 'commands'],
  build: [...foundation, 'commands', 'console', 'cli.ts', 'sandbox'],
};

/** These have no clock, no input or output, and no randomness. */
const pure = files.filter((file) =>
  /^source\/(stack|messages|text)\/|^source\/observe\/(health|cause|concerns|drift|room)\b/.test(file),
);

describe('imports', () => {
  test('are found in every form', () => {
    const text = [
      "import { a } from './a.ts';",
      "import type { B } from '../b.ts';",
      "import {\n  c,\n  type C,\n} from 'c';",
      "export * from './d.ts';",
      "export type { E } from './e.ts';",
      "import './f.ts';",
      "const g = await import('./g.ts');",
    ].join('\n');
    expect(importsIn(text, 'source/x/y.ts')).toEqual([
      { target: 'source/x/a.ts', typeOnly: false },
      { target: 'source/b.ts', typeOnly: true },
      { target: 'c', typeOnly: false },
      { target: 'source/x/d.ts', typeOnly: false },
      { target: 'source/x/e.ts', typeOnly: true },
      { target: 'source/x/f.ts', typeOnly: false },
      { target: 'source/x/g.ts', typeOnly: false },
    ]);
  });

  test('lead to files that exist', () => {
    const lost = files.flatMap((file) =>
      (graph.get(file) ?? [])
        .filter(({ target }) => target.startsWith('source/') && target.endsWith('.ts') && !graph.has(target))
        .map(({ target }) => `${file} -> ${target}`),
    );
    expect(lost).toEqual([]);
  });

  test.each(Object.keys(mayImport))('of %s go in one direction', (part) => {
    const allowed = new Set([part, ...(mayImport[part] ?? [])]);
    const wrong = files
      .filter((file) => partOf(file) === part)
      .flatMap((file) => (graph.get(file) ?? []).map(({ target }) => ({ file, target })))
      .filter(({ target }) => target.startsWith('source/') && !allowed.has(partOf(target)));
    expect(wrong).toEqual([]);
  });

  test('belong to parts that have a law', () => {
    expect([...new Set(files.map(partOf))].filter((part) => mayImport[part] === undefined)).toEqual([]);
  });

  test('of the Kubernetes client stay in source/cluster', () => {
    const wrong = files.filter(
      (file) =>
        partOf(file) !== 'cluster' &&
        (graph.get(file) ?? []).some(({ target }) => target.startsWith('@kubernetes/client-node')),
    );
    expect(wrong).toEqual([]);
  });
});

describe('what is pure', () => {
  test('is there to be checked', () => {
    expect(pure).toContain('source/stack/render.ts');
  });

  test.each(pure)('%s reaches nothing that acts', (file) => {
    const acting = [...reached(graph, file)].filter(([target]) => /^node:|^undici|^execa|^@kubernetes\//.test(target));
    expect(acting.map(([, way]) => way.join(' -> '))).toEqual([]);
  });

  test.each(pure)('%s names no clock, chance, process or network', (file) => {
    const code = readFileSync(join(root, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
    expect(code).not.toMatch(
      /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bperformance\.|\bprocess\.|\bset(Timeout|Interval)\(|\bfetch\(|\bcrypto\./,
    );
  });
});

/** `stack` of `source/stack/render.ts`, `cli.ts` of `source/cli.ts`. */
function partOf(file: string): string {
  return file.split('/')[1] ?? file;
}

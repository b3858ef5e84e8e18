/** Who imports whom in a folder of TypeScript, read from the files themselves. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

export interface Import {
  /** A path from the root of the project, or the name of a package or module of Node. */
  readonly target: string;
  /** Types are gone when the program runs. */
  readonly typeOnly: boolean;
}

export type ImportGraph = ReadonlyMap<string, readonly Import[]>;

/** The graph of every `.ts` and `.tsx` file below `folder`; its keys are paths from `root`. */
export function importGraph(root: string, folder: string): ImportGraph {
  const files = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
  return new Map(files.sort().map((file) => [file, importsIn(readFileSync(join(root, file), 'utf8'), file)]));
}

/** Every import, export-from and `import()` of a text; `file` resolves the relative ones. */
export function importsIn(text: string, file: string): Import[] {
  const statements = text.matchAll(/^(?:import|export)\s+(type\s)?(?:[^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]/gm);
  const calls = text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g);
  return [
    ...[...statements].map(([, type, target = '']) => ({
      target: resolve(target, file),
      typeOnly: type !== undefined,
    })),
    ...[...calls].map(([, target = '']) => ({ target: resolve(target, file), typeOnly: false })),
  ];
}

function resolve(target: string, file: string): string {
  return target.startsWith('.') ? join(dirname(file), target) : target;
}

/** What runs when `file` is loaded: each target with the way that leads there. */
export function reached(graph: ImportGraph, file: string): ReadonlyMap<string, readonly string[]> {
  const ways = new Map<string, readonly string[]>([[file, [file]]]);
  for (const [from, way] of ways) {
    for (const { target, typeOnly } of graph.get(from) ?? []) {
      if (!typeOnly && !ways.has(target)) ways.set(target, [...way, target]);
    }
  }
  return ways;
}

/**
 * Which modules share a file. To load one costs Node about as much as what is in it, and the bundler makes one for each set
 * of commands that share something, most of them of a few lines. What is loaded together is one file.
 */
import { join } from 'node:path';
import type { ChunkingContext } from 'rolldown';
import { root } from './paths.ts';

const ours = join(root, 'source/');
/** Loaded by every command, for its help, too. */
const start = ['cli.ts'];
/** Loaded by the console before its first live picture; most of it by all commands that ask a cluster. */
const home = ['commands/console/index.ts', 'commands/console/home.ts', 'cluster/index.ts'];
/** Small enough to be loaded by whoever needs something beside them. All others stay in files of their own. */
const smallPackages = ['fast-string-truncated-width', 'fast-string-width', 'fuzzysort', 'valibot'];

/** Names the file of each module; undefined: the bundler decides. */
export function fileNaming(): (id: string, context: ChunkingContext) => string | undefined {
  let names: ReadonlyMap<string, string> | undefined;
  return (id, context) => {
    names ??= namesIn(context);
    return names.get(id);
  };
}

function namesIn(context: ChunkingContext): ReadonlyMap<string, string> {
  const importsOf = (id: string) => context.getModuleInfo(id)?.importedIds ?? [];
  const loadedWith = (paths: readonly string[]) => [
    ...withImports(
      paths.map((path) => join(ours, path)),
      importsOf,
    ),
  ];
  const isSmall = (id: string) => id.startsWith(ours) || isBuiltin(id) || isOneOf(smallPackages, id);
  const isWithoutMore = (id: string) => !isBuiltin(id) && [...withImports([id], importsOf)].every(isSmall);
  return new Map([
    ...loadedWith(home)
      .filter(isWithoutMore)
      .map((id) => [id, 'base'] as const),
    ...loadedWith(start)
      .filter((id) => id.startsWith(ours))
      .map((id) => [id, 'every'] as const),
  ]);
}

const isBuiltin = (id: string): boolean => id.startsWith('node:');

/** With all that they import at once, and what that imports. */
function withImports(ids: readonly string[], importsOf: (id: string) => readonly string[]): ReadonlySet<string> {
  const all = new Set(ids);
  // A set goes on with what is added to it meanwhile.
  for (const id of all) for (const next of importsOf(id)) all.add(next);
  return all;
}

const isOneOf = (packages: readonly string[], id: string): boolean =>
  packages.some((name) => id.includes(`node_modules/${name}/`));

/** How much a user downloads: the files of the package, compressed together as npm does. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { root } from './paths.ts';

/** DESIGN section 10. */
export const packedBytesAllowed = 2_000_000;

/** Bytes after compression; tar's headers, a few per cent at most, are not in it. */
export async function packedBytes(files: readonly string[]): Promise<number> {
  const contents = await Promise.all(files.map((file) => readFile(join(root, file))));
  return gzipSync(Buffer.concat(contents), { level: 9 }).length;
}

/** Files that `files` of package.json names, folders opened; an entry that starts with `!` takes files away. */
export async function packedFiles(entries: readonly string[]): Promise<string[]> {
  const without = new Set(entries.flatMap((entry) => (entry.startsWith('!') ? [entry.slice(1)] : [])));
  const opened = await Promise.all(entries.filter((entry) => !entry.startsWith('!')).map(filesOf));
  return opened.flat().filter((file) => !without.has(file));
}

async function filesOf(path: string): Promise<string[]> {
  if ((await stat(join(root, path))).isFile()) return [path];
  const inside = await readdir(join(root, path), { recursive: true, withFileTypes: true });
  return inside.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(root.length));
}

/** Objects as files of a folder: all of them or none. */
import { mkdtemp, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { UserError } from '../errors.ts';
import { makeFolder } from '../make-folder.ts';
import { usageError } from './usage.ts';

export interface SplitFile {
  readonly name: string;
  readonly text: string;
  /** Only its owner may read it. */
  readonly secret: boolean;
}

/** Files of an earlier render may be replaced, and what a killed one left; anything else in the folder is somebody's. */
const rendered = /^\d{2,}-[a-z]+-[a-z0-9.-]+\.(yaml|json)$/;
const stagePrefix = '.posthog-sealos-render-';

/**
 * Writes every file beside its place first and moves them when all are whole. Files of an earlier render that this one
 * does not have go away.
 * @throws UserError (exit 2) for a folder that holds anything else, or cannot be written; it is as it was then.
 */
export async function writeSplit(files: readonly SplitFile[], folder: string): Promise<void> {
  const present = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw unusable(folder, error);
  });
  const foreign = present?.find((name) => !rendered.test(name) && !name.startsWith(stagePrefix));
  if (foreign !== undefined) throw usageError((t) => t.cli.errors.splitForeign(folder, foreign));
  try {
    await makeFolder(folder);
    await writeThenMove(files, folder, present ?? []);
  } catch (error) {
    // Only when it was made here, and only when it is empty.
    if (present === undefined) await rmdir(folder).catch(() => {});
    throw unusable(folder, error as NodeJS.ErrnoException);
  }
}

async function writeThenMove(files: readonly SplitFile[], folder: string, present: readonly string[]): Promise<void> {
  const stage = await mkdtemp(join(folder, stagePrefix));
  try {
    for (const { name, text, secret } of files)
      await writeFile(join(stage, name), text, { mode: secret ? 0o600 : 0o644 });
    for (const { name } of files) await rename(join(stage, name), join(folder, name));
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
  const wanted = new Set(files.map(({ name }) => name));
  for (const name of present) if (!wanted.has(name)) await rm(join(folder, name), { recursive: true, force: true });
}

function unusable(folder: string, { code, message }: NodeJS.ErrnoException): UserError {
  return usageError((t) => t.cli.errors.splitUnusable(folder, code ?? message));
}

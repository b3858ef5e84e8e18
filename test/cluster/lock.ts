/** One cluster on a machine: whoever changes it holds a lock. */
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { waitFor } from './waiting.ts';

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function take(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    await file.writeFile(String(process.pid));
    await file.close();
    return true;
  } catch {
    const holder = Number(await readFile(path, 'utf8').catch(() => '0'));
    // Left behind by somebody who was killed.
    if (holder > 0 && !runs(holder)) await rm(path, { force: true });
    return false;
  }
}

/** Runs `work` while nobody else who asks for the same lock does; waits for its turn. */
export async function withLock<T>(path: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  await waitFor(() => take(path), {
    what: `the end of another command that holds ${path}`,
    seconds: 1800,
    every: 200,
    signal,
  });
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

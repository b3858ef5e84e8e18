/** Throws the sandbox's state away; what cannot be read is kept beside it, because somebody may want to know why. */
import { rename, rm } from 'node:fs/promises';
import { readState } from './state.ts';

/** Must not be called while somebody serves. @returns where an unreadable state is kept. */
export async function forget(home: string, now: number): Promise<string | undefined> {
  const isReadable = await readState(home).then(
    () => true,
    () => false,
  );
  if (isReadable) {
    await rm(home, { recursive: true, force: true });
    return undefined;
  }
  const kept = `${home}.unreadable-${new Date(now).toISOString().replaceAll(':', '-')}`;
  await rename(home, kept);
  return kept;
}

/** Throws the sandbox's state away; what cannot be read is kept beside it, because somebody may want to know why. */
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openJournal } from '../objects/index.ts';
import { restoredTraffic } from '../world/traffic.ts';
import { readState } from './state.ts';

/** Must not be called while somebody serves. @returns where an unreadable state is kept. */
export async function forget(home: string, now: number): Promise<string | undefined> {
  if (await isReadable(home)) {
    await rm(home, { recursive: true, force: true });
    return undefined;
  }
  const kept = `${home}.unreadable-${new Date(now).toISOString().replaceAll(':', '-')}`;
  await rename(home, kept);
  return kept;
}

/** Every file that another program, or an accident, could have written. */
async function isReadable(home: string): Promise<boolean> {
  try {
    if ((await readState(home)) === undefined) return true;
    openJournal(join(home, 'objects.jsonl')).journal.close();
    restoredTraffic(join(home, 'traffic.json'));
    return true;
  } catch {
    return false;
  }
}

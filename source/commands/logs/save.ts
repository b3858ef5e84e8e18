/** A file that lines are saved into. Nothing that is there is overwritten. */
import { open } from 'node:fs/promises';
import { type ExitCode, exitCodes, messageOf, UserError } from '../../errors.ts';
import type { Output } from '../session.ts';

export interface Save extends Pick<Output, 'write' | 'drained'> {
  /** @throws UserError `save` when not all of it could be written */
  close(): Promise<void>;
}

/**
 * @param onFailed told once, when something cannot be written: nothing is from then on
 * @throws UserError `save` (exit 3): it is there already, or cannot be made
 */
export async function openSave(path: string, onFailed: (error: UserError) => void): Promise<Save> {
  const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    throw cannot(path, error, exitCodes.refused);
  });
  let writing: Promise<void> = Promise.resolve();
  let failed: UserError | undefined;
  const append = async (text: string | Uint8Array) => {
    if (failed) return;
    try {
      // Unlike `write`, until all of it is there.
      await file.appendFile(text);
    } catch (error) {
      failed = cannot(path, error, exitCodes.failed);
      onFailed(failed);
    }
  };
  return {
    write(text) {
      writing = writing.then(() => append(text));
    },
    drained: () => writing,
    async close() {
      await writing;
      await file.close();
      if (failed) throw failed;
    },
  };
}

function cannot(path: string, error: unknown, exit: ExitCode): UserError {
  const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST';
  return new UserError({
    code: 'save',
    exit,
    say: (t) => (isThere ? t.logs.errors.saveExists(path) : t.logs.errors.saveFailed(path, messageOf(error))),
    hint: (t) => t.logs.errors.saveHint,
  });
}

/** A file that lines are saved into. Nothing that is there is overwritten. */
import { open } from 'node:fs/promises';
import { type ExitCode, exitCodes, messageOf, UserError } from '../../errors.ts';

export interface Save {
  write(text: string | Uint8Array): void;
  close(): Promise<void>;
}

/** @throws UserError `save` (exit 3): it is there already, or cannot be made */
export async function openSave(path: string): Promise<Save> {
  const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    throw cannot(path, error, exitCodes.refused);
  });
  let writing: Promise<unknown> = Promise.resolve();
  let failed: unknown;
  return {
    write(text) {
      writing = writing
        .then(() => (failed === undefined ? file.write(text as string) : undefined))
        .catch((error: unknown) => {
          failed = error;
        });
    },
    async close() {
      await writing;
      await file.close();
      if (failed !== undefined) throw cannot(path, failed, exitCodes.failed);
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

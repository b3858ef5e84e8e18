/** Folders that the program keeps something in. */
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder with its parents; one that is there stays as it is. Not by `recursive`, which never ends where a parent is
 * there and takes no folder, as /proc does.
 * @throws Error of the file system
 */
export async function makeFolder(folder: string, mode = 0o777): Promise<void> {
  await mkdir(folder, { mode }).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') return;
    const parent = dirname(folder);
    const isThere = await stat(parent).then(
      () => true,
      () => false,
    );
    if (error.code !== 'ENOENT' || isThere || parent === folder) throw error;
    await makeFolder(parent, mode);
    await makeFolder(folder, mode);
  });
}

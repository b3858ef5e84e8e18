/** The plan as a file. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { PlanEvent } from '../../install/events.ts';
import { toYaml } from '../../text/yaml.ts';

/** As many plans of one name as anybody keeps. */
const most = 100;

/**
 * Writes what would be applied into a new file of the folder, without the Secrets: nothing secret belongs into a file
 * that is passed on.
 * @returns its path. @throws Error of the file system
 */
export async function saveManifests({ name, objects }: PlanEvent, folder: string): Promise<string> {
  const kept = objects.map(({ wanted }) => wanted).filter(({ kind }) => kind !== 'Secret');
  for (let count = 1; ; count += 1) {
    const path = join(folder, `posthog-sealos-${name}${count === 1 ? '' : `-${count}`}.yaml`);
    // An earlier one stays.
    const file = await open(path, 'wx').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST' && count < most) return undefined;
      throw error;
    });
    if (!file) continue;
    try {
      await file.writeFile(kept.map(toYaml).join('---\n'));
    } finally {
      await file.close();
    }
    return path;
  }
}

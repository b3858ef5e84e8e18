/** What the test cluster needs from the machine. */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Environment } from './layout.ts';

async function isInPath(command: string, environment: Environment): Promise<boolean> {
  for (const folder of (environment['PATH'] ?? '').split(delimiter)) {
    try {
      await access(join(folder, command), constants.X_OK);
      return true;
    } catch {
      // Perhaps in the next one.
    }
  }
  return false;
}

const needed = [
  ['go', 'Go, to build Kubernetes from its modules'],
  ['apt-get', 'Debian, for the packages of the node and of the databases'],
  ['dpkg-deb', 'Debian, to unpack its packages'],
  ['nsenter', 'util-linux'],
] as const;

/** What is missing, one short sentence each; empty when a cluster can be brought up here. */
export async function missingPrerequisites(environment: Environment): Promise<string[]> {
  const missing: string[] = [];
  if (process.platform !== 'linux') missing.push('it needs Linux');
  if (process.arch !== 'x64') missing.push('it needs an x86-64 machine');
  if (process.getuid?.() !== 0) missing.push('it needs root, for namespaces and containers');
  for (const [command, why] of needed)
    if (!(await isInPath(command, environment))) missing.push(`it needs ${command} (${why})`);
  return missing;
}

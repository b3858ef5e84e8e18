/** Applying the whole stack over a slow line, against `kubectl apply --server-side` with a warm discovery cache. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withApi } from './api.ts';
import { medians, type Row, ratioRow, timeProcess } from './measure.ts';
import { wholeStack } from './programs/stack.ts';

export async function measureApply(programs: string, kubectl: string, rounds: number): Promise<readonly Row[]> {
  const objects = wholeStack();
  return withApi(30, async ({ server, env, folder }) => {
    const file = join(folder, 'stack.json');
    await writeFile(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
    const all = async (run: () => Promise<number>): Promise<number> => {
      server.clear();
      const ms = await run();
      if (server.count() !== objects.length)
        throw new Error(`${server.count()} of ${objects.length} objects were applied`);
      return ms;
    };
    const kubectlArgs = [
      'apply',
      '--server-side',
      '--validate=false',
      '--cache-dir',
      join(folder, 'cache'),
      '-f',
      file,
    ];
    const times = await medians(rounds, {
      ours: () => all(() => timeProcess(process.execPath, [join(programs, 'launch.js'), 'apply'], env)),
      kubectl: () => all(() => timeProcess(kubectl, kubectlArgs, env)),
    });
    return [
      ratioRow(
        `apply of the whole stack (${objects.length} objects), 30 ms away, against kubectl`,
        times.ours,
        times.kubectl,
        0.25,
      ),
    ];
  });
}

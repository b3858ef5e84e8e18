import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packedBytesAllowed } from '../../source/build/packed-size.ts';
import { root } from '../../source/build/paths.ts';
import type { Row } from './measure.ts';

/** What npm would upload, and what it would bring along. Needs a build. */
export async function measurePackage(): Promise<readonly Row[]> {
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
  });
  const [packed] = JSON.parse(stdout) as { size: number; entryCount: number }[];
  const about = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  if (packed === undefined) throw new Error('npm pack reported nothing');
  const dependencies = Object.keys(about.dependencies ?? {}).length;
  return [
    {
      what: 'package, packed',
      measured: `${(packed.size / 1000).toFixed(0)} kB in ${packed.entryCount} files`,
      budget: '<= 2000 kB',
      ok: packed.size <= packedBytesAllowed,
    },
    { what: 'runtime dependencies to install', measured: String(dependencies), budget: '0', ok: dependencies === 0 },
  ];
}

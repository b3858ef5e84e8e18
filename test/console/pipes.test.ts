/** The built program in pipes. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { root } from '../../source/build/paths.ts';

/** What comes through a pipe of the shell, which holds 64 KB. @param patienceS that the reader takes before it begins */
async function readAfter(patienceS: number, argv: readonly string[]): Promise<string> {
  const words = ['-c', `"$@" | { sleep ${patienceS}; cat; }`, 'sh', process.execPath, 'bin/posthog-sealos.js', ...argv];
  const env = { PATH: process.env['PATH'], HOME: '/nonexistent', LANG: 'C' };
  const { stdout } = await promisify(execFile)('sh', words, { cwd: root, env, maxBuffer: 2 ** 24 });
  return stdout;
}

test('whoever reads late reads all', async () => {
  const argv = ['render', '--host', 'posthog.example.com', '-n', 'ns-1a2b3c4d'];
  const all = await readAfter(0, argv);
  // More than the pipe holds.
  expect(all.length).toBeGreaterThan(100_000);
  expect(await readAfter(2, argv)).toBe(all);
});

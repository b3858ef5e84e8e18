/** The built program in pipes. */
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { root } from '../../source/build/paths.ts';

/** @param patienceMs that the reader takes before it begins */
async function readAfter(patienceMs: number, argv: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, ['bin/posthog-sealos.js', ...argv], {
    cwd: root,
    env: { PATH: '', HOME: '/nonexistent', LANG: 'C' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // Nobody reads the pipe as long as nobody listens.
  await sleep(patienceMs);
  let text = '';
  for await (const piece of child.stdout.setEncoding('utf8')) text += piece;
  return text;
}

test('whoever reads late reads all', async () => {
  const argv = ['render', '--host', 'posthog.example.com', '-n', 'ns-1a2b3c4d'];
  const all = await readAfter(0, argv);
  // More than a pipe holds.
  expect(all.length).toBeGreaterThan(100_000);
  expect(await readAfter(2_000, argv)).toBe(all);
});

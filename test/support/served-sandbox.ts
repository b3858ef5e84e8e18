/** A sandbox that serves in the background, for tests that use the program as it is built. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { root } from '../../source/build/paths.ts';
import { stateFolder } from './pty.ts';

const program = join(root, 'bin/posthog-sealos.js');

/** One of the test's own, so that every run of the program finds it as it was. */
export async function sandbox(...words: readonly string[]): Promise<{ readonly XDG_STATE_HOME: string }> {
  const env = { XDG_STATE_HOME: stateFolder() };
  await run(env, 'sandbox', 'up', '--detach', '--speed', 'max', ...words);
  onTestFinished(async () => {
    await run(env, 'sandbox', 'down');
  });
  return env;
}

export async function run(env: object, ...argv: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...argv], {
    env: { ...process.env, LANG: 'en_US.UTF-8', ...env },
  });
  return stdout;
}

/** A sandbox that serves in the background, for tests that use the program as it is built. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
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

/**
 * One for all tests of a file that change nothing in it, or put it back: an install comes first in most scenarios.
 * @returns what gives each test a state folder of its own around the same sandbox
 */
export function sharedSandbox(...words: readonly string[]): () => { readonly XDG_STATE_HOME: string } {
  const folder = mkdtempSync(join(tmpdir(), 'shared-sandbox-'));
  const env = { XDG_STATE_HOME: folder };
  const home = (state: string): string => join(state, 'posthog-sealos');
  beforeAll(() => run(env, 'sandbox', 'up', '--detach', '--speed', 'max', ...words), 60_000);
  afterAll(async () => {
    await run(env, 'sandbox', 'down');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  return () => {
    const own = stateFolder();
    mkdirSync(home(own));
    symlinkSync(join(home(folder), 'sandbox'), join(home(own), 'sandbox'));
    return { XDG_STATE_HOME: own };
  };
}

export async function run(env: object, ...argv: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...argv], {
    env: { ...process.env, LANG: 'en_US.UTF-8', ...env },
  });
  return stdout;
}

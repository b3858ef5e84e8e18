/** The built program in the background, as its commands begin and end it. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { root } from '../../../source/build/paths.ts';
import { SandboxFolder } from './support.ts';

let folder: SandboxFolder;
beforeEach(() => {
  folder = new SandboxFolder();
});
afterEach(async () => {
  await sandbox(['down']);
  folder.remove();
});

/** What it printed. Rejects when it ends with another code than 0. */
async function sandbox(words: readonly string[], nodeOptions = ''): Promise<string> {
  const argv = [join(root, 'bin/posthog-sealos.js'), 'sandbox', ...words];
  const env = { ...process.env, ...folder.env, NODE_OPTIONS: nodeOptions };
  return (await promisify(execFile)(process.execPath, argv, { env, timeout: 30_000 })).stdout;
}

test('a scenario that begins with an install is ready when `up --detach` says so, at the speed that was asked for', async () => {
  expect(await sandbox(['up', '--detach', '--scenario', 'clickhouse-disk', '--speed', 'max'])).toMatch(
    /^It serves in the background \(process \d+\)/,
  );
  expect(await sandbox(['status'])).toContain('Scenario: clickhouse-disk');
  expect(await sandbox(['status'])).toContain('Speed: max');
  expect(await sandbox(['up', '--detach'])).toBe('A program serves the sandbox already.\n');
  expect(await sandbox(['down'])).toContain('has ended');
  expect(await sandbox(['down'])).toBe('Nobody serves the sandbox.\n');
});

test('a clock that was set back keeps nobody from ending it', async () => {
  const hourBack = `--import=data:text/javascript,const%20now=Date.now;Date.now=()=>now()-36e5`;
  await sandbox(['up', '--detach']);
  expect(await sandbox(['down'], hourBack)).toContain('has ended');
});

test('it ends while it prepares its scenario', async () => {
  // The one that takes longest.
  const preparing = sandbox(['up', '--detach', '--scenario', 'busy', '--speed', '1']).catch(() => 'ended');
  await expect.poll(() => sandbox(['status'])).toMatch(/API: \S+$/m);
  expect(await sandbox(['down'])).toContain('has ended');
  expect(await preparing).toBe('ended');
});

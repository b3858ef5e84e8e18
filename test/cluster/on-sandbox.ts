/** The same doings on the sandbox: with CLUSTER_TARGET=sandbox the cluster tests need no cluster, only kubectl. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll } from 'vitest';
import { defaultQuota, type Rule } from '../../source/sandbox/provision.ts';

export const isSandbox = process.env['CLUSTER_TARGET'] === 'sandbox';

const launcher = fileURLToPath(new URL('../../bin/posthog-sealos.js', import.meta.url));
const folder = isSandbox ? mkdtempSync(join(tmpdir(), 'cluster-tests-')) : '';
const home = join(folder, 'posthog-sealos', 'sandbox');
const run = promisify(execFile);

export const namespace = 'ns-sandbox1';
/** For every program that is to use this sandbox. */
export const environment = { XDG_STATE_HOME: folder };

const sandbox = async (...words: readonly string[]): Promise<string> =>
  (await run(process.execPath, [launcher, 'sandbox', ...words], { env: { ...process.env, ...environment } })).stdout;

/** The administrator's, in the user's namespace. */
export function adminKubeconfig(): string {
  const path = join(folder, 'admin.kubeconfig');
  writeFileSync(path, readFileSync(join(home, 'admin.kubeconfig'), 'utf8').replaceAll('kube-system', namespace));
  return path;
}

const kubectl = (...args: readonly string[]) => run('kubectl', ['--kubeconfig', adminKubeconfig(), ...args]);

/** Everything as new, served by a process of its own. */
export async function reset(scenario = 'fresh'): Promise<void> {
  await stop();
  await sandbox('reset');
  await sandbox('up', '--detach', '--speed', 'max', '--scenario', scenario);
}

/** How fast simulated work goes from now on. */
export const setSpeed = (speed: string): Promise<unknown> => sandbox('speed', speed);

export async function stop(): Promise<void> {
  await sandbox('down');
}

// Registered before those of the tests, and therefore done after them.
if (isSandbox)
  afterAll(async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

export async function setQuota(hard: Readonly<Record<string, string>>): Promise<void> {
  const wanted = { ...defaultQuota, ...hard };
  await kubectl(
    'patch',
    'resourcequota',
    `quota-${namespace}`,
    '--type=merge',
    '-p',
    JSON.stringify({ spec: { hard: wanted } }),
  );
  const status = `jsonpath={.status.hard.pods}=${wanted['pods']}`;
  await kubectl('wait', `--for=${status}`, 'resourcequota', `quota-${namespace}`, '--timeout=20s');
}

export async function setRights(rules: readonly Rule[]): Promise<void> {
  await kubectl('patch', 'role', 'Owner', '--type=merge', '-p', JSON.stringify({ rules }));
}

export const restartApiServer = (): Promise<unknown> => sandbox('fault', 'api-restart');

/** No token is known any more. */
export const expireToken = async (): Promise<void> => void (await sandbox('fault', 'token-expired'));
export const renewToken = (): Promise<unknown> => sandbox('fault', 'token-expired', 'off');

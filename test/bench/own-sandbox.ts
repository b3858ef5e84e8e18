/** A sandbox of the bench's own, served by the program as it is built, with all that can be measured of its process. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../source/build/paths.ts';

export const program = join(root, 'bin/posthog-sealos.js');

export interface OwnSandbox {
  readonly env: NodeJS.ProcessEnv;
  /** Of the administrator. */
  readonly kubeconfig: string;
  /** Of the process that serves. */
  readonly load: Load;
  /** Ends it; its state stays while it is used. */
  down(): Promise<void>;
}

export interface Load {
  /** Milliseconds of processor time that it has used. */
  cpuMs(): Promise<number>;
  /** Memory that it holds. */
  bytes(): Promise<number>;
}

/** Serves while `use` runs. @param begin words of `sandbox up`. */
export async function withSandbox<T>(
  begin: readonly string[],
  use: (sandbox: OwnSandbox, beginMs: number) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'posthog-sealos-bench-sandbox-'));
  const env = { PATH: process.env['PATH'], HOME: folder, XDG_STATE_HOME: folder, LANG: 'C' };
  const home = join(folder, 'posthog-sealos', 'sandbox');
  const run = (...words: readonly string[]) =>
    promisify(execFile)(process.execPath, [program, 'sandbox', ...words], { env });
  try {
    const started = performance.now();
    const { stdout } = await run('up', '--detach', ...begin);
    const beginMs = performance.now() - started;
    // Writes the administrator's kubeconfig.
    await run('status');
    const pid = /process (\d+)/.exec(stdout)?.[1] ?? '';
    const down = async (): Promise<void> => void (await run('down'));
    return await use({ env, kubeconfig: join(home, 'admin.kubeconfig'), load: loadOf(pid), down }, beginMs);
  } finally {
    await run('down').catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
  }
}

/** Linux's clock ticks, as user programs are told of them. */
const tickMs = 10;

/** Of any process, as `/proc` tells it. */
export function loadOf(pid: string | number): Load {
  const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8');
  return {
    async cpuMs() {
      const fields = (await read('stat')).replace(/^.*\) /, '').split(' ');
      return (Number(fields[11]) + Number(fields[12])) * tickMs;
    },
    bytes: async () => Number(/VmRSS:\s+(\d+)/.exec(await read('status'))?.[1]) * 1024,
  };
}

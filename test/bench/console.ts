/** How long a person waits for the first frame of the console, and for the first live data in it, against a Node that does nothing. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from '@lydell/node-pty';
import { root } from '../../source/build/paths.ts';
import { medians, type Row, ratioRow, timeProcess } from './measure.ts';

const program = join(root, 'bin/posthog-sealos.js');

/** Budgets of DESIGN section 10. Needs a build. The sandbox stands in for a local API server, asked as any other. */
export async function measureConsole(rounds: number): Promise<readonly Row[]> {
  const state = await mkdtemp(join(tmpdir(), 'bench-console-'));
  const env = { ...process.env, XDG_STATE_HOME: state, LANG: 'en_US.UTF-8' };
  const run = (...args: string[]) => timeProcess(process.execPath, [program, ...args], env);
  try {
    await run('sandbox', 'up', '--detach', '--scenario', 'running', '--speed', 'max');
    const kubeconfig = join(state, 'posthog-sealos/sandbox/kubeconfig');
    const times = await medians(rounds, {
      nothing: () => timeProcess(process.execPath, ['-e', '0']),
      frame: () => timeScreen(['install', '--kubeconfig', kubeconfig], /Language/, env),
      data: () => timeScreen(['--kubeconfig', kubeconfig], /1\/1/, env),
    });
    return [
      ratioRow('first frame against `node -e 0`', times.frame, times.nothing, 4),
      ratioRow('first live data against `node -e 0`', times.data, times.nothing, 8),
    ];
  } finally {
    await run('sandbox', 'down');
    await rm(state, { recursive: true, force: true });
  }
}

/** Milliseconds from the start of the program until the pattern has been written to its terminal. */
function timeScreen(args: readonly string[], pattern: RegExp, env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const pty = spawn(process.execPath, [program, ...args], {
      cols: 80,
      rows: 24,
      env: { ...env, TERM: 'xterm-256color' },
    });
    let written = '';
    let ms: number | undefined;
    pty.onData((data) => {
      // What a terminal answers that is asked where its cursor stands.
      if (data.includes('\x1b[6n')) pty.write('\x1b[1;2R');
      written += data;
      if (ms !== undefined || !pattern.test(written)) return;
      ms = performance.now() - started;
      pty.kill('SIGKILL');
    });
    pty.onExit(() =>
      ms === undefined ? reject(new Error(`${pattern} never came: ${written.slice(-500)}`)) : resolve(ms),
    );
  });
}

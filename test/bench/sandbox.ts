/** The simulated cluster: how soon it is there, what it carries, and what it takes while nothing happens. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { root } from '../../source/build/paths.ts';
import { medians, type Row, ratioRow, timeProcess } from './measure.ts';
import { program, withSandbox } from './own-sandbox.ts';
import { type Printing, printing } from './printing.ts';
import { placeOf } from './requests.ts';

const run = promisify(execFile);
const pods = 300;

/** From nothing running to the first answer, over a state that is kept, against a Node that does nothing. */
export function measureSandboxStart(rounds: number): Promise<readonly Row[]> {
  return withSandbox([], async ({ env, kubeconfig, down }) => {
    await down();
    const times = await medians(rounds, {
      nothing: () => timeProcess(process.execPath, ['-e', '0']),
      up: () => timeUntilAnswer(env, kubeconfig),
    });
    return [ratioRow('sandbox up and answering, against `node -e 0`', times.up, times.nothing, 4)];
  });
}

async function timeUntilAnswer(env: NodeJS.ProcessEnv, kubeconfig: string): Promise<number> {
  const place = await placeOf(kubeconfig);
  const started = performance.now();
  const child = spawn(process.execPath, [program, 'sandbox', 'up'], { env, stdio: 'ignore' });
  const ended = once(child, 'close');
  try {
    while (!(await place.send('GET', '/api/v1/namespaces').catch(() => undefined))) {
      if (child.exitCode !== null) throw new Error(`the sandbox ended with ${child.exitCode}`);
      await sleep(2);
    }
    return performance.now() - started;
  } finally {
    place.close();
    child.kill();
    await ended;
  }
}

/** A list of many pods, against the API server of `npm run cluster`; nothing where that is not up. */
export async function measureSandboxList(programs: string, rounds: number): Promise<readonly Row[]> {
  const cluster = join(root, 'test/cluster/cli.ts');
  const real = await run(process.execPath, [cluster, 'kubeconfig', '--admin']).catch(() => undefined);
  if (!real) {
    process.stdout.write('--    no list is compared: `npm run cluster -- up` brings a real API server\n');
    return [];
  }
  const list = [join(programs, 'launch.js'), 'list'];
  const environment = (kubeconfig: string) => ({
    ...process.env,
    BENCH_KUBECONFIG: kubeconfig,
    BENCH_PODS: String(pods),
  });
  return withSandbox([], async ({ kubeconfig }) => {
    const ours = printing(process.execPath, list, environment(kubeconfig));
    const theirs = printing(
      process.execPath,
      [cluster, 'exec', '--', process.execPath, ...list],
      environment(real.stdout.trim()),
    );
    try {
      await Promise.all([ours.next(), theirs.next()]);
      const times = await medians(rounds, { ours: () => timeOfList(ours), theirs: () => timeOfList(theirs) });
      return [ratioRow(`${pods} pods listed, against a real API server`, times.ours, times.theirs, 2)];
    } finally {
      await Promise.all([ours.end(), theirs.end()]);
    }
  });
}

async function timeOfList(lister: Printing): Promise<number> {
  lister.tell();
  return (await lister.next<{ ms: number }>()).ms;
}

/** A whole small install, and the scenario that is one, with nothing to wait for. */
export async function measureSandboxInstall(rounds: number): Promise<readonly Row[]> {
  const fresh = () =>
    withSandbox(['--speed', 'max'], ({ env }) => timeProcess(process.execPath, [program, 'install', '--sandbox'], env));
  const running = () => withSandbox(['--scenario', 'running'], async (_, beginMs) => beginMs);
  const times = await medians(rounds, { fresh, running });
  const row = (what: string, ms: number): Row => ({
    what,
    measured: `${(ms / 1000).toFixed(1)} s`,
    budget: '<= 5 s',
    ok: ms <= 5000,
  });
  return [
    row('a whole small install in the sandbox at `--speed max`', times.fresh),
    row('`sandbox up --scenario running`', times.running),
  ];
}

/** What the process that serves takes of a core while nobody asks it anything. */
export async function measureSandboxIdle(seconds: number): Promise<readonly Row[]> {
  const shareOf = (begin: readonly string[]) =>
    withSandbox(begin, async ({ load }) => {
      // Until what its beginning left to do is done.
      await sleep(3000);
      const before = await load.cpuMs();
      await sleep(seconds * 1000);
      return (((await load.cpuMs()) - before) / seconds / 1000) * 100;
    });
  const row = (what: string, share: number): Row => ({
    what: `sandbox asked nothing for ${seconds} s, ${what}`,
    measured: `${share.toFixed(1)} % of a core`,
    budget: '<= 1 %',
    ok: share <= 1,
  });
  return [
    row('empty', await shareOf([])),
    row('a small install running at the usual speed', await shareOf(['--scenario', 'running'])),
  ];
}

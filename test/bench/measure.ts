/** Timing processes and comparing them: interleaved, so that a busy moment of the machine falls on all sides alike. */
import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';

export interface Row {
  readonly what: string;
  /** The measured figure with its unit, and what it is compared with. */
  readonly measured: string;
  readonly budget: string;
  readonly ok: boolean;
}

/** Milliseconds of one run of a case. */
export type Case = () => Promise<number>;

/** Medians of each case, run in turns `rounds` times after one round that warms caches. */
export async function medians<K extends string>(
  rounds: number,
  cases: Readonly<Record<K, Case>>,
): Promise<Record<K, number>> {
  const names = Object.keys(cases) as K[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<K, number[]>;
  for (let round = 0; round <= rounds; round++) {
    for (const name of names) {
      const ms = await cases[name]();
      if (round > 0) times[name].push(ms);
    }
  }
  return Object.fromEntries(names.map((name) => [name, quantile(times[name], 0.5)])) as Record<K, number>;
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

/** Runs a program to its end, its output thrown away. Throws an Error with its stderr when it fails. */
export async function timeProcess(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  const started = performance.now();
  const child = spawn(command, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const stderr: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  if (code !== 0)
    throw new Error(
      `${command} ${args.join(' ')} ended with ${code}: ${Buffer.concat(stderr).toString('utf8').slice(-2000)}`,
    );
  return performance.now() - started;
}

/** A ratio of two medians against its budget. */
export function ratioRow(what: string, ours: number, theirs: number, budget: number): Row {
  const ratio = ours / theirs;
  return {
    what,
    measured: `${ratio.toFixed(2)} x (${ours.toFixed(0)} ms against ${theirs.toFixed(0)} ms)`,
    budget: `<= ${budget} x`,
    ok: ratio <= budget,
  };
}

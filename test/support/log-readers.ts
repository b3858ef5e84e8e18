/** Programs that follow logs, ours and those that people use: how each is called, and what it makes of numbered lines. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../../source/build/paths.ts';
import type { HardWay } from './hard-way.ts';
import { type Result, Tally, type Written } from './tally.ts';

const program = join(root, 'bin/posthog-sealos.js');
export const tools = ['ours', 'kubectl', 'stern'] as const;
export type Tool = (typeof tools)[number];

export interface Tried extends Result {
  readonly tool: Tool;
  /** Undefined: it went on until it was told to end. */
  readonly endedAfterS: number | undefined;
}

const label = 'posthog-sealos/component=web';
/** After the last line was written, for what is still to come. */
const patienceMs = 90_000;
/** A program that is told to end does so. */
const endsWithinMs = 10_000;
/** More than any test has. */
const mostPods = '30';

/** Words of each tool that follow all pods, from the first line on. */
export function commandOf(tool: Tool, kubeconfig: string): readonly [string, ...string[]] {
  const [kubectl, stern] = [process.env['KUBECTL'] ?? 'kubectl', process.env['STERN'] ?? 'stern'];
  const commands: Readonly<Record<Tool, readonly [string, ...string[]]>> = {
    ours: [process.execPath, program, 'logs', 'web', '-f', '-o', 'raw', '--kubeconfig', kubeconfig],
    kubectl: [
      kubectl,
      '--kubeconfig',
      kubeconfig,
      'logs',
      '-f',
      '-l',
      label,
      '--tail=-1',
      '--max-log-requests',
      mostPods,
    ],
    stern: [stern, '--kubeconfig', kubeconfig, '-l', label, '-o', 'raw', '--max-log-requests', mostPods],
  };
  return commands[tool];
}

export interface Reading {
  readonly tally: Tally;
  /** Seconds from its start; undefined while it goes on. */
  endedAfterS(): number | undefined;
  /** Waits until it has all lines, or long enough. */
  settle(written: Written): Promise<void>;
  /** @throws Error when it does not end by itself after it was told to */
  end(): Promise<void>;
}

/** Starts a tool and counts what it prints. */
export function readWith(command: readonly [string, ...string[]], env: NodeJS.ProcessEnv): Reading {
  const started = performance.now();
  let ended: number | undefined;
  const tally = new Tally();
  const [name, ...words] = command;
  const child = spawn(name, words, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.setEncoding('utf8').on('data', (text: string) => tally.add(text));
  const closed = new Promise<void>((resolve) => {
    child.once('close', () => {
      ended = (performance.now() - started) / 1000;
      resolve();
    });
  });
  return {
    tally,
    endedAfterS: () => ended,
    async settle(written) {
      for (let waited = 0; waited < patienceMs && ended === undefined; waited += 500) {
        if (tally.against(written).lost === 0) break;
        await sleep(500);
      }
      // What came twice may still be on its way.
      await sleep(1000);
    },
    async end() {
      if (ended === undefined) child.kill('SIGINT');
      const stuck = setTimeout(() => child.kill('SIGKILL'), endsWithinMs);
      await closed;
      clearTimeout(stuck);
      if (child.signalCode === 'SIGKILL') throw new Error(`${name} does not end when it is told to`);
    },
  };
}

const nameOf: Readonly<Record<Tool, string>> = { ours: '`logs`', kubectl: '`kubectl logs`', stern: '`stern`' };

/** Rows of the table in the README. */
export const tableOf = (tried: readonly Tried[]): readonly string[] => [
  '| tool | lines written | lost | doubled | out of order | ended by itself |',
  '|---|---|---|---|---|---|',
  ...tried.map(({ tool, written, lost, doubled, disordered, endedAfterS }) => {
    const ended = endedAfterS === undefined ? 'no' : `after ${endedAfterS.toFixed(0)} s`;
    return `| ${nameOf[tool]} | ${written} | ${lost} | ${doubled} | ${disordered} | ${ended} |`;
  }),
];

/** In turn, in the first two thirds of the time; connections that go dead come but once, because nobody notices for long. */
export async function cutNowAndThen(way: HardWay, signal: AbortSignal, seconds: number): Promise<void> {
  const until = performance.now() + seconds * 667;
  for (let turn = 0; performance.now() < until && !signal.aborted; turn += 1) {
    await sleep((seconds * 1000) / 12, undefined, { signal }).catch(() => {});
    way.cut(turn === 2 ? 'freeze' : turn % 2 === 0 ? 'reset' : 'end');
  }
}

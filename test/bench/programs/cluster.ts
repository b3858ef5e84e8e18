/** The program's own way to a cluster, for the measured programs; the server is in KUBECONFIG. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, loadKubeconfig } from '../../../source/cluster/index.ts';
import type { Cluster } from '../../../source/cluster/types.ts';
import type { Context } from '../../../source/context.ts';

export const context: Context = {
  env: process.env,
  clock: {
    monotonic: () => performance.now(),
    now: () => Date.now(),
    sleep: (ms, signal) => sleep(ms, undefined, signal === undefined ? {} : { signal }),
  },
  randomBytes: (count) => randomBytes(count),
  random: () => Math.random(),
  holder: { host: 'bench', pid: process.pid, alive: () => true },
  version: '0.0.0-bench',
};

export async function openCluster(): Promise<Cluster> {
  return connect(await loadKubeconfig({ env: process.env }), context);
}

/** Epoch milliseconds with fractions, comparable between processes of one machine. */
export function stamp(): number {
  return performance.timeOrigin + performance.now();
}

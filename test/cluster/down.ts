/** Takes the cluster down, also one that was left half up or has crashed: nothing of it stays but the cache. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { processesInside } from './inside.ts';
import type { Layout } from './layout.ts';
import { removeNetwork } from './network.ts';
import { endContainers, endShims, unmountBelow } from './node.ts';
import { packageEnvironment, unpackPackages } from './packages.ts';
import { daemonNames, endProcesses, stopDaemon } from './processes.ts';

/** Who makes containers goes first, then the containers, then what they need. */
const order = ['operators', 'kubelet', 'kube-proxy', 'coredns', 'kube-scheduler', 'kube-controller-manager'];

export async function takeDown(layout: Layout, say: (line: string) => void, signal: AbortSignal): Promise<void> {
  const started = await daemonNames(layout);
  await Promise.all(order.filter((name) => started.includes(name)).map((name) => stopDaemon(layout, name, signal)));
  await endContainers(signal);
  await endShims(layout, signal);
  await Promise.all(started.map((name) => stopDaemon(layout, name, signal)));
  // Commands of `exec`, for instance of tests that were cut off.
  await endProcesses(await processesInside(), 2, signal);
  // Mounts may lie on top of each other, and the last containers end while we look.
  for (let round = 0; round < 3; round++) await unmountBelow(layout.work, signal);
  await endContainers(signal);
  await removeNetwork(packageEnvironment(await unpackPackages(layout, say, signal)), signal);
  await rm(layout.work, { recursive: true, force: true, maxRetries: 5 });
  await removeLeftArchives(layout);
}

/** Archives of an `up` that was killed while it made them. */
async function removeLeftArchives(layout: Layout): Promise<void> {
  for (const name of await readdir(layout.cache).catch(() => []))
    if (/^\.(archive|layers|debian)-/.test(name)) await rm(join(layout.cache, name), { recursive: true, force: true });
}

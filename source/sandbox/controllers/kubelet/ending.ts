/** The end of a container that runs: preStop, then SIGTERM, then SIGKILL. */
import type { Program, World } from '../../types.ts';
import type { Desk } from '../desk.ts';
import { askProbe, type Probed } from './probes.ts';

/** SIGTERM gets two seconds even when preStop took everything. */
const least = 2000;

/** Resolves when it was told; it may take its grace. @param graceMs of simulated time */
export async function endContainer(
  desk: Desk,
  world: World,
  probed: Probed,
  program: Program,
  graceMs: number,
): Promise<void> {
  if (graceMs === 0) {
    program.stop(0);
    return;
  }
  const since = desk.pace.monotonic();
  await preStop(desk, world, probed, graceMs);
  // At the highest speed any time is too long; the grace itself is none then.
  const taken = (desk.pace.monotonic() - since) * Math.min(desk.pace.speed, 1e6);
  program.stop(Math.max(graceMs - taken, least));
}

async function preStop(desk: Desk, world: World, probed: Probed, graceMs: number): Promise<void> {
  const hook = probed.container.lifecycle?.preStop;
  if (!hook) return;
  const over = new AbortController();
  const within = AbortSignal.any([over.signal, desk.signal]);
  const late = desk.pause(graceMs, 0, within).catch(() => undefined);
  const run = hook.sleep
    ? desk.pause(hook.sleep.seconds * 1000, 0, within)
    : hook.exec
      ? world.exec(probed.uid, probed.container.name, hook.exec.command, '', within)
      : askProbe(desk, world, probed, hook, within);
  // Whatever comes of it, the container ends.
  await Promise.race([run.catch(() => undefined), late]);
  over.abort();
}

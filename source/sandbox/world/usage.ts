/** What containers use of processor and memory: with what they have to do, and with a slow swing, so that graphs look alive. */
import type { ContainerRun } from '../types.ts';
import { limitOf } from './roles.ts';

/** Of their limits, with nothing to do; memory fills, the processor waits. */
const idle = { cpu: 0.06, memory: 0.5 } as const;
const swing = 0.15;
const periodMs = 600_000;

/** Cores and bytes. @param load in [0, 1] */
export function usageOf(
  run: ContainerRun,
  load: number,
  now: number,
): { readonly cpu: number; readonly memory: number } {
  // Not all in step: the letters of its name shift the phase.
  const phase = [...run.container].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
  const wave = 1 + swing * Math.sin((2 * Math.PI * now) / periodMs + phase);
  const share = Math.min(1, idle.cpu * wave + (1 - idle.cpu) * load);
  return {
    cpu: limitOf(run, 'cpu', '100m') * share,
    memory: limitOf(run, 'memory', '128Mi') * Math.min(0.97, idle.memory * (1 + (wave - 1) / 4) + 0.25 * load),
  };
}

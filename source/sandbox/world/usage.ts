/** What containers use of processor and memory: steady, with a slow swing, so that graphs look alive. */
import { parseQuantity } from '../../stack/quantity.ts';
import type { ContainerRun } from '../types.ts';

interface Sized {
  readonly containers?: readonly {
    readonly name: string;
    readonly resources?: { readonly limits?: Readonly<Record<string, string>> };
  }[];
}

/** Of their limits, where nothing happens; memory fills, the processor waits. */
const share = { cpu: 0.06, memory: 0.55 } as const;
const swing = 0.15;
const periodMs = 600_000;

/** Cores and bytes; nothing for a container that does not run. */
export function usageOf(
  running: readonly ContainerRun[],
  uid: string,
  container: string,
  now: number,
): { readonly cpu: number; readonly memory: number } {
  const run = running.find((each) => each.pod.metadata.uid === uid && each.container === container);
  if (!run) return { cpu: 0, memory: 0 };
  const { containers = [] } = run.pod['spec'] as Sized;
  const limits = containers.find(({ name }) => name === container)?.resources?.limits;
  // Not all in step: the letters of its name shift the phase.
  const phase = [...container].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
  const wave = 1 + swing * Math.sin((2 * Math.PI * now) / periodMs + phase);
  return {
    cpu: parseQuantity(limits?.['cpu'] ?? '100m') * share.cpu * wave,
    memory: parseQuantity(limits?.['memory'] ?? '128Mi') * share.memory * (1 + (wave - 1) / 4),
  };
}

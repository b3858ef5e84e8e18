/** Replicas, CPU and memory as a size gives them, for what there is. Pure. */
import { componentOf } from '../../stack/components.ts';
import { type JsonObject, manifests } from '../../stack/manifests.ts';
import { parseQuantity } from '../../stack/quantity.ts';
import type { ComponentId, SizeName } from '../../stack/types.ts';
import type { Currents } from './change.ts';
import type { Current } from './current.ts';
import type { Wanted, Wants } from './types.ts';

export interface Preset {
  readonly wants: Wants;
  /** Those that get fewer replicas than the size has, because their topic has too few partitions. */
  readonly bounded: readonly ComponentId[];
}

interface SizedNumbers {
  readonly cpu: string;
  readonly memory: string;
  readonly replicas?: number;
}

/** @param partitions of each topic, as far as they are known */
export function presetOf(size: SizeName, currents: Currents, partitions: ReadonlyMap<string, number>): Preset {
  const wants = new Map<ComponentId, Wanted>();
  const bounded: ComponentId[] = [];
  for (const [id, current] of currents) {
    const numbers = manifests.sizes[size][id] as (JsonObject & SizedNumbers) | undefined;
    if (!numbers) continue;
    const { scaling } = componentOf(id);
    if ('fixed' in scaling) {
      wants.set(id, grown(numbers, current));
      continue;
    }
    const { cpu, memory, replicas = 1 } = numbers;
    const most = 'partitionsOf' in scaling ? (partitions.get(scaling.partitionsOf) ?? replicas) : replicas;
    if (most < replicas) bounded.push(id);
    wants.set(id, { replicas: Math.min(replicas, most), cpu, memory });
  }
  return { wants, bounded };
}

/** A store holds what is kept: what it has been given is not taken away again by a name. */
function grown({ cpu, memory }: SizedNumbers, current: Current): Wanted {
  const isMore = (wanted: string, now: string) => now !== '' && parseQuantity(wanted) > parseQuantity(now);
  return { ...(isMore(cpu, current.cpu) ? { cpu } : {}), ...(isMore(memory, current.memory) ? { memory } : {}) };
}

/**
 * Settings of a store's process that go with its memory limit: with another limit they keep the share of it that the size
 * gives them. What KubeBlocks sets of PostgreSQL and Redis goes with their limits by itself (stack-spec B.8). Pure.
 */
import type { JsonObject } from './manifests.ts';
import { parseQuantity } from './quantity.ts';
import type { ComponentId, Json } from './types.ts';

/** Keys of `manifests/sizes`, by component. */
const following: Readonly<Partial<Record<ComponentId, readonly string[]>>> = {
  clickhouse: ['maxMemoryUsage', 'externalBytes', 'markCacheBytes', 'uncompressedCacheBytes'],
  kafka: ['brokerMemory', 'reserveMemory'],
  zookeeper: ['heap'],
};

/** A size's numbers of a component with those that go with its memory, for a limit of so much. */
export function withMemory(id: string, numbers: JsonObject, memory: string): JsonObject {
  const factor = parseQuantity(memory) / parseQuantity(String(numbers['memory']));
  const keys = following[id as ComponentId] ?? [];
  if (factor === 1) return numbers;
  return { ...numbers, ...Object.fromEntries(keys.map((key) => [key, scaled(numbers[key] as Json, factor)])) };
}

/** Bytes as a number, or mega- or gigabytes as the process's own arguments have them (`1G`, `512m`). */
function scaled(setting: Json, factor: number): Json {
  if (typeof setting === 'number') return Math.floor(setting * factor);
  const [, count = '', unit = ''] = /^(\d+)([GMgm])$/.exec(String(setting)) ?? [];
  const [mega, each] = /g/i.test(unit) ? [unit === 'G' ? 'M' : 'm', 1000] : [unit, 1];
  return `${Math.floor(Number(count) * each * factor)}${mega}`;
}

/** KubeBlocks sets max_connections to the memory limit by this (stack-spec B.8). */
const bytesPerConnection = 9_531_392;

/** How many connections PostgreSQL takes with so much memory. */
export const connectionsWith = (memory: string): number => Math.floor(parseQuantity(memory) / bytesPerConnection);

export interface Following {
  /** What it is; `query`: what one query may take, `broker`: what the broker gives to its allocator. */
  readonly setting: 'query' | 'cache' | 'broker' | 'heap' | 'connections';
  /** Bytes; connections as a count. */
  readonly value: number;
}

/** What goes with the memory of a store, as far as people ask for it. @param numbers of the size, for that component */
export function followingOf(id: ComponentId, numbers: JsonObject, memory: string): readonly Following[] {
  const then = withMemory(id, numbers, memory);
  const bytes = (key: string) => parseQuantity(String(then[key]).replace('m', 'M'));
  switch (id) {
    case 'clickhouse':
      return [
        { setting: 'query', value: bytes('maxMemoryUsage') },
        { setting: 'cache', value: bytes('markCacheBytes') },
      ];
    case 'kafka':
      return [{ setting: 'broker', value: bytes('brokerMemory') }];
    case 'zookeeper':
      return [{ setting: 'heap', value: bytes('heap') }];
    case 'postgres':
      return [{ setting: 'connections', value: connectionsWith(memory) }];
    default:
      return [];
  }
}

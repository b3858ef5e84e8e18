/** Components whose logs are looked at together, in the order of what passes through them. */
import { components } from '../stack/components.ts';
import type { ComponentId } from '../stack/types.ts';

export const presets = {
  pipeline: ['capture', 'ingestion', 'clickhouse', 'web'],
  background: ['worker', 'plugins', 'kafka'],
  stores: ['postgres', 'redis', 'zookeeper', 'clickhouse'],
} as const satisfies Readonly<Record<string, readonly ComponentId[]>>;
export type PresetName = keyof typeof presets;

export const isPreset = (name: string): name is PresetName => Object.hasOwn(presets, name);

/** Components that run something. */
export const logging: readonly ComponentId[] = components
  .filter(({ kind }) => !['ObjectStorageBucket', 'Ingress', 'App'].includes(kind))
  .map(({ id }) => id);

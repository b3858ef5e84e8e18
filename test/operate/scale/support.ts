/** Components of a small instance, as scaling sees them. */
import type { Currents } from '../../../source/operate/scale/change.ts';
import type { Current } from '../../../source/operate/scale/current.ts';
import type { Surroundings } from '../../../source/operate/scale/guards.ts';
import { type Demand, noDemand } from '../../../source/stack/demand.ts';
import { parseQuantity } from '../../../source/stack/quantity.ts';
import type { ComponentId, KubeObject } from '../../../source/stack/types.ts';

export const podOf = (cpu: string, memory: string): Demand => ({
  ...noDemand,
  pods: 1,
  cpu: parseQuantity(cpu),
  memory: parseQuantity(memory),
});

export const current = (component: ComponentId, cpu: string, memory: string, more: Partial<Current> = {}): Current => ({
  component,
  replicas: 1,
  cpu,
  memory,
  podCost: podOf(cpu, memory),
  surge: 0,
  overlap: 1,
  isPaused: false,
  rollout: undefined,
  env: new Map(),
  ...more,
});

/** @param more of some of them */
export const currents = (more: Partial<Record<ComponentId, Partial<Current>>> = {}): Currents =>
  new Map(
    (
      [
        ['web', '2', '4Gi', { surge: 1, overlap: 1, env: new Map([['GRANIAN_WORKERS', '2']]) }],
        ['worker', '1', '3Gi', { env: new Map([['WEB_CONCURRENCY', '2']]) }],
        ['ingestion', '1', '2Gi', {}],
        ['clickhouse', '2', '8Gi', { overlap: 0 }],
        ['postgres', '1', '2Gi', { overlap: 0 }],
      ] as const
    ).map(([id, cpu, memory, own]) => [id, current(id, cpu, memory, { ...own, ...more[id] })]),
  );

export const quotaOf = (
  hard: Readonly<Record<string, string>>,
  used: Readonly<Record<string, string>>,
): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'quota-ns-a' },
  status: { hard, used },
});

export const around = (more: Partial<Surroundings> = {}): Surroundings => ({
  app: 'posthog',
  namespace: 'ns-a',
  size: 'small',
  quotas: [
    quotaOf(
      { pods: '20', 'limits.cpu': '16', 'limits.memory': '64Gi' },
      { pods: '17', 'limits.cpu': '12200m', 'limits.memory': '31Gi' },
    ),
  ],
  ending: noDemand,
  ranges: [],
  enlarges: true,
  partitions: new Map([['events_plugin_ingestion', 4]]),
  kept: new Map([['events_plugin_ingestion', 24 * 3600]]),
  autoscaled: new Set(),
  isMigrating: false,
  isUnfinished: false,
  ...more,
});

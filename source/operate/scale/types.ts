/** What scaling speaks of. Pure data. */
import type { Say } from '../../messages/index.ts';
import type { ComponentId } from '../../stack/types.ts';

export const fields = ['replicas', 'cpu', 'memory'] as const;
export type Field = (typeof fields)[number];

/** What one replica may take, as Kubernetes writes it, and how many there are. */
export interface Amounts {
  readonly replicas: number;
  /** Limits of the component's main container. */
  readonly cpu: string;
  readonly memory: string;
}

/** What is asked of a component; the rest stays. */
export type Wanted = Partial<Amounts>;
export type Wants = ReadonlyMap<ComponentId, Wanted>;

export interface Change {
  readonly component: ComponentId;
  readonly field: Field;
  readonly from: string;
  readonly to: string;
}

/** What stands in the way of a change, or should be known before it. */
export interface Finding {
  /** Stable. */
  readonly id: FindingId;
  readonly verdict: 'refuse' | 'warn';
  readonly component?: ComponentId;
  readonly message: Say;
  readonly hint?: Say;
}

export const findingIds = [
  'absent',
  'fixed',
  'range',
  'partitions',
  'stops',
  'loses-events',
  'restarts',
  'processes',
  'limit-range',
  'quota',
  'autoscaler',
  'paused',
  'rolling',
  'migrating',
  'unfinished',
  'connections',
  'foreign',
] as const;
export type FindingId = (typeof findingIds)[number];

/** Which source tells what of a part. Pure. */
import { componentOf } from '../stack/components.ts';
import type { ComponentId } from '../stack/types.ts';
import type { Figures } from './figures.ts';
import type { SourceId } from './measure.ts';

/** Of the stores whose volume somebody tells. */
const volumes: Readonly<Partial<Record<ComponentId, SourceId>>> = {
  kafka: 'broker',
  clickhouse: 'clickhouse',
  postgres: 'postgres',
};

/** Part that answers, by source; that of CPU and memory is none. */
const asked: Readonly<Partial<Record<SourceId, ComponentId>>> = {
  broker: 'kafka',
  redis: 'redis',
  clickhouse: 'clickhouse',
  postgres: 'postgres',
};

/** The part that is asked by it; undefined where it is the platform's own. */
export const partAskedBy = (source: SourceId): ComponentId | undefined => asked[source];

/** How full its volume is; undefined where that is no matter of asking. */
export const volumeToldBy = (id: ComponentId): SourceId | undefined => volumes[id];

/** What waits. */
export const backlogToldBy = ({ tasks }: NonNullable<Figures['backlog']>): SourceId => (tasks ? 'redis' : 'broker');

/** Of what could wait for it; undefined where nothing does. */
export function backlogAskedOf(id: ComponentId): SourceId | undefined {
  const { groups, queues } = componentOf(id);
  if (groups.length > 0) return 'broker';
  return queues.length > 0 ? 'redis' : undefined;
}

/** All that is told of it beside CPU and memory. */
export const toldOf = (id: ComponentId): readonly SourceId[] =>
  [volumes[id], backlogAskedOf(id)].filter((each) => each !== undefined);

/** Which source tells what of a part. Pure. */
import { componentOf } from '../stack/components.ts';
import type { ComponentId } from '../stack/types.ts';
import type { Figures } from './figures.ts';
import { type SourceId, sourceIds } from './measure.ts';

interface Asked {
  /** That answers. */
  readonly part: ComponentId;
  /** Whether it tells how full its volume is. */
  readonly tellsVolume: boolean;
}

/** That of CPU and memory is the platform's own. */
const asked: Readonly<Partial<Record<SourceId, Asked>>> = {
  broker: { part: 'kafka', tellsVolume: true },
  redis: { part: 'redis', tellsVolume: false },
  clickhouse: { part: 'clickhouse', tellsVolume: true },
  postgres: { part: 'postgres', tellsVolume: true },
};

/** The part that is asked by it; undefined where it is the platform's own. */
export const partAskedBy = (source: SourceId): ComponentId | undefined => asked[source]?.part;

/** How full its volume is; undefined where that is no matter of asking. */
export const volumeToldBy = (id: ComponentId): SourceId | undefined =>
  sourceIds.find((source) => asked[source]?.part === id && asked[source].tellsVolume);

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
  [volumeToldBy(id), backlogAskedOf(id)].filter((each) => each !== undefined);

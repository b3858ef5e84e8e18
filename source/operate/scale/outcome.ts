/** Whether a change has helped: what waits gets less, and soon enough; and if not, what is likely to stand in the way. Pure. */
import type { LogErrors } from '../../logs/log-errors.ts';
import { growthOf } from '../../observe/backlog/backlog.ts';
import { type Figures, isEmptied, isUsedUp } from '../../observe/figures.ts';
import type { ComponentId } from '../../stack/types.ts';

/** Why more of a component does not help. */
export type Obstacle =
  /** Its containers end and are started again. */
  | { readonly type: 'restarts'; readonly count: number }
  /** A store it needs has no CPU left. */
  | { readonly type: 'store'; readonly store: ComponentId }
  /** It complains in its log. */
  | { readonly type: 'errors'; readonly errors: LogErrors }
  /** It has no CPU left itself; whether more replicas would find something to read. */
  | { readonly type: 'cpu'; readonly isBound: boolean }
  /** Each partition has its reader; more of them would have nothing to read. */
  | { readonly type: 'partitions'; readonly count: number }
  | { readonly type: 'unknown' };

export type Outcome =
  /** Nothing waits for it, or how it goes cannot be told yet. */
  | { readonly type: 'none' | 'unsettled' }
  | { readonly type: 'empty' }
  | { readonly type: 'falling'; readonly perS: number; readonly emptyInS: number }
  | { readonly type: 'slow'; readonly perS: number; readonly emptyInS: number; readonly why: Obstacle }
  /** It does not get less; so many more come each second than go. */
  | { readonly type: 'standing'; readonly perS: number; readonly why: Obstacle };

/** A component after a change, and what it reads. */
export interface Changed {
  readonly component: ComponentId;
  readonly replicas: number;
  /** Of the topic that is read; undefined: not known, or it reads none. */
  readonly partitions: number | undefined;
  /** Restarts of its containers when it was settled. */
  readonly restarts: number;
  /** Seconds since then. */
  readonly settledS: number;
  /** What its log complains of since the change was applied; undefined: nothing, or nobody has looked. */
  readonly errors?: LogErrors | undefined;
}

/** A consumer group has to share its partitions anew; then its rates show after two commits. */
const judgedAfterS = 45;

/** @param settledS seconds since it was ready */
export const isTooSoon = (settledS: number): boolean => settledS < judgedAfterS;

/** What takes longer is no help to whoever waits for it. */
const slowS = 3_600;

/** What is said so often is no accident of one event or task: it counts before what more replicas or partitions could do. */
const oftenAlike = 3;

/** Which stores a component waits for with each event or task (stack-spec B.4 to B.7). */
const storesOf: Readonly<Partial<Record<ComponentId, readonly ComponentId[]>>> = {
  ingestion: ['kafka', 'postgres', 'redis'],
  'replay-ingestion': ['kafka', 'redis'],
  plugins: ['kafka', 'postgres', 'redis'],
  'property-defs': ['postgres', 'kafka'],
  worker: ['clickhouse', 'postgres', 'redis'],
  clickhouse: ['zookeeper', 'kafka'],
};

export function outcomeOf(changed: Changed, figures: ReadonlyMap<ComponentId, Figures>): Outcome {
  const backlog = figures.get(changed.component)?.backlog;
  if (!backlog) return { type: 'none' };
  if (isEmptied(backlog)) return { type: 'empty' };
  const { emptyInS } = backlog;
  const growth = growthOf(backlog);
  if (growth === undefined || emptyInS === undefined) return { type: 'unsettled' };
  const perS = -growth;
  const isSoon = emptyInS !== 'never' && emptyInS <= slowS;
  if (isSoon && perS > 0) return { type: 'falling', perS, emptyInS };
  if (isTooSoon(changed.settledS)) return { type: 'unsettled' };
  const why = obstacleOf(changed, figures);
  return emptyInS === 'never' || perS <= 0
    ? { type: 'standing', perS: Math.max(0, -perS), why }
    : { type: 'slow', perS, emptyInS, why };
}

function obstacleOf(
  { component, replicas, partitions, restarts, errors }: Changed,
  figures: ReadonlyMap<ComponentId, Figures>,
): Obstacle {
  const own = figures.get(component);
  const more = (own?.restarts ?? 0) - restarts;
  if (more > 0) return { type: 'restarts', count: more };
  const store = (storesOf[component] ?? []).find((id) => isUsedUp(figures.get(id)?.cpu));
  if (store) return { type: 'store', store };
  if (errors && errors.alike >= oftenAlike) return { type: 'errors', errors };
  const isBound = partitions !== undefined && replicas >= partitions;
  if (isUsedUp(own?.cpu)) return { type: 'cpu', isBound };
  if (isBound) return { type: 'partitions', count: partitions };
  return errors ? { type: 'errors', errors } : { type: 'unknown' };
}

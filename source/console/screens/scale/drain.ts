/** As many replicas as drain what waits, as far as nothing speaks against them. Pure. */
import type { Backlog, EmptyIn } from '../../../observe/backlog/backlog.ts';
import { type Figures, isBehind, isEmptied } from '../../../observe/figures.ts';
import { draining, emptyAfter } from '../../../operate/scale/estimate.ts';
import type { ComponentId } from '../../../stack/types.ts';
import { findingsIn, mostOf, rowsOf, type ScaleState, withWanted } from './state.ts';

/** What waits shall be done within so long, in seconds. */
export const enoughS = 600;
/** Whoever asks again wants it sooner. */
const soonS = 60;

/** Replicas that drain what waits for a part. */
export interface Drained {
  readonly component: ComponentId;
  readonly replicas: number;
  /** With them. */
  readonly emptyInS: EmptyIn;
}

export interface Draining {
  readonly scale: ScaleState;
  readonly rows: readonly Drained[];
  /** The rows that asking again would drain sooner, with more replicas. */
  readonly sooner: readonly Drained[];
}

/**
 * The row that is chosen where something waits for it, else all for which something waits. Where that is wanted already, or
 * there: as many as drain it sooner.
 */
export function drained(
  scale: ScaleState,
  chosen: ComponentId | undefined,
  figures: ReadonlyMap<ComponentId, Figures>,
): Draining {
  const waits = (id: ComponentId) => {
    const backlog = figures.get(id)?.backlog;
    if (!backlog || isEmptied(backlog)) return [];
    // Tasks come and go: only those that do not get fewer want another worker.
    return backlog.tasks && !isBehind(backlog) ? [] : [[id, backlog] as const];
  };
  const own = chosen === undefined ? [] : waits(chosen);
  const all = own.length > 0 ? own : rowsOf(scale).flatMap(waits);
  const [first, again] = [drainedWithin(enoughS, all, scale), drainedWithin(soonS, all, scale)];
  const isWanted = ({ component, replicas }: Drained) =>
    replicas === (scale.wants.get(component)?.replicas ?? scale.currents.get(component)?.replicas);
  if (first.rows.every(isWanted)) return { ...again, sooner: [] };
  const planned = new Map(first.rows.map(({ component, replicas }) => [component, replicas]));
  return { ...first, sooner: again.rows.filter(({ component, replicas }) => replicas > (planned.get(component) ?? 0)) };
}

function drainedWithin(seconds: number, all: readonly (readonly [ComponentId, Backlog])[], before: ScaleState) {
  const rows: Drained[] = [];
  let scale = before;
  for (const [component, backlog] of all) {
    const replicas = replicasWithin(seconds, scale, component, backlog);
    if (replicas === undefined) continue;
    scale = withWanted(scale, component, { replicas });
    const from = scale.currents.get(component)?.replicas ?? replicas;
    const partitions = mostOf(component, scale.around);
    rows.push({ component, replicas, emptyInS: emptyAfter(backlog, { from, to: replicas, partitions }) });
  }
  return { scale, rows };
}

/** The fewest, as far as nothing speaks against them; undefined where their number is fixed. */
function replicasWithin(
  seconds: number,
  scale: ScaleState,
  component: ComponentId,
  backlog: Backlog,
): number | undefined {
  const [current, most] = [scale.currents.get(component), mostOf(component, scale.around)];
  if (!current || most === undefined) return undefined;
  const from = current.replicas;
  const refused = (replicas: number) =>
    findingsIn(withWanted(scale, component, { replicas })).filter(({ verdict }) => verdict === 'refuse').length;
  const before = refused(from);
  // How many tasks a worker can do is not known: one more at a time (stack-spec I, rule 1).
  let replicas = backlog.tasks ? Math.max(from, Math.min(from + 1, most)) : draining(backlog, from, most, seconds);
  while (replicas > from && refused(replicas) > before) replicas -= 1;
  return replicas;
}

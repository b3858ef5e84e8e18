/** As many replicas as drain what waits, as far as nothing speaks against them. Pure. */
import type { Backlog } from '../../../observe/backlog/backlog.ts';
import { type Figures, isBehind, isEmptied } from '../../../observe/figures.ts';
import { draining, emptyAfter } from '../../../operate/scale/estimate.ts';
import type { ComponentId } from '../../../stack/types.ts';
import { findingsIn, mostOf, rowsOf, type ScaleState, withWanted } from './state.ts';

/** What waits shall be done within so long, in seconds. */
const drainS = 600;

export interface Drained {
  readonly scale: ScaleState;
  readonly component: ComponentId;
  readonly replicas: number;
  /** Whether what waits is done in time with them; less of it, or nothing, otherwise. */
  readonly isEnough: boolean;
}

/** The row that is chosen where something waits for it, else all for which something waits. */
export function drained(
  scale: ScaleState,
  chosen: ComponentId | undefined,
  figures: ReadonlyMap<ComponentId, Figures>,
): readonly Drained[] {
  const waits = (id: ComponentId) => {
    const backlog = figures.get(id)?.backlog;
    if (!backlog || isEmptied(backlog)) return [];
    // Tasks come and go: only those that do not get fewer want another worker.
    return backlog.tasks && !isBehind(backlog) ? [] : [[id, backlog] as const];
  };
  const own = chosen === undefined ? [] : waits(chosen);
  const all: Drained[] = [];
  for (const [id, backlog] of own.length > 0 ? own : rowsOf(scale).flatMap(waits)) {
    const next = drainedRow(all.at(-1)?.scale ?? scale, id, backlog);
    if (next) all.push(next);
  }
  return all;
}

function drainedRow(scale: ScaleState, component: ComponentId, backlog: Backlog): Drained | undefined {
  const [current, most] = [scale.currents.get(component), mostOf(component, scale.around)];
  if (!current || most === undefined) return undefined;
  const from = current.replicas;
  const refused = (state: ScaleState) => findingsIn(state).filter(({ verdict }) => verdict === 'refuse').length;
  const before = refused(withWanted(scale, component, { replicas: from }));
  // How many tasks a worker can do is not known: one more at a time (stack-spec I, rule 1).
  let replicas = backlog.tasks ? Math.max(from, Math.min(from + 1, most)) : draining(backlog, from, most, drainS);
  while (replicas > from && refused(withWanted(scale, component, { replicas })) > before) replicas -= 1;
  const empty = emptyAfter(backlog, { from, to: replicas, partitions: most });
  return {
    scale: withWanted(scale, component, { replicas }),
    component,
    replicas,
    isEnough: typeof empty === 'number' && empty <= drainS,
  };
}

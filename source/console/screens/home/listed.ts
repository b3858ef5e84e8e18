/** Which parts home lists, in which order, and which of them share a line. Pure. */
import type { Messages } from '../../../messages/index.ts';
import { isSettled } from '../../../observe/types.ts';
import { componentOf, componentsOf } from '../../../stack/components.ts';
import { type ComponentId, phases } from '../../../stack/types.ts';
import { wrap } from '../../../text/clip.ts';
import { hitsOf } from '../../components/search.ts';
import { indexOf } from '../../components/selection.ts';
import { bad, type Line } from '../../draw/line.ts';
import { oncePer } from '../../once-per.ts';
import type { View } from '../../screen.ts';
import type { State } from '../../state.ts';
import { concernsIn, filterLines, footLines } from './foot.ts';
import { headLine, isTrouble, type Part } from './row.ts';
import type { HomeState, Order } from './state.ts';

/** In place of the parts that have no line of their own. */
export const folded = 'folded' as const;

const partOf = ({ run, figures }: HomeState, id: ComponentId): Part | undefined => {
  const part = run.components[id];
  return part && { id, part, figures: figures.get(id) };
};

/** What parts are ordered by, the most first; those that have none of it stand last, as they stood. */
const amounts: Readonly<Record<Exclude<Order, 'phase'>, (part: Part) => number>> = {
  cpu: ({ figures: { cpu } = {} }) => (cpu ? cpu.used / (cpu.limit ?? 1) : -1),
  memory: ({ figures: { memory } = {} }) => memory?.used ?? -1,
  waiting: ({ figures: { backlog } = {} }) => backlog?.waiting ?? -1,
  restarts: ({ figures: { restarts = 0 } = {} }) => restarts,
};

/** What is looked for in a part: its name, how it is, and why. */
function textOf({ id, part: { state, cause, message } }: Part, t: Messages): string {
  return [id, t.cli.plain.states[state], cause?.message(t) ?? '', message?.(t) ?? ''].join(' ');
}

function fitting(parts: readonly Part[], query: string, t: Messages): readonly Part[] {
  const texts = parts.map((each) => textOf(each, t));
  const hits = new Set(hitsOf(texts, query));
  return parts.filter((_, index) => hits.has(index));
}

/** Parts there are to show, in order. */
function partsOf({ state: { home }, t }: View): readonly Part[] {
  const all = phases.flatMap((phase) => componentsOf(phase).flatMap(({ id }) => partOf(home, id) ?? []));
  const { filter, onlyProblems, sortedBy } = home;
  const troubled = onlyProblems ? all.filter((each) => !isSettled(each.part.state) || isTrouble(each)) : all;
  const found = filter.query === '' ? troubled : fitting(troubled, filter.query, t);
  if (sortedBy === 'phase') return found;
  const amount = amounts[sortedBy];
  return found.toSorted((one, other) => amount(other) - amount(one));
}

export interface Listed {
  readonly parts: readonly Part[];
  /** Those that share one line because they are well and there is little room. */
  readonly folded: readonly ComponentId[];
}

/** Those that people scale, and look for. */
const leading: readonly ComponentId[] = ['web', 'worker', 'plugins', 'capture', 'ingestion'];

/**
 * What is well and has nothing to do gives way: what only ran once, then from the end, those that people look for last.
 * Where parts are ordered by something, those give way that have least of it.
 */
export const listed = ({ state, t, columns, rows }: View): Listed => listedOnce(state, t, columns, rows);

/** Each key asks on its own what the cursor is on. */
const listedOnce = oncePer((state: State, t: Messages, columns: number, rows: number): Listed => {
  const view = { state, t, columns, rows };
  const { home } = state;
  const isByPhase = home.sortedBy === 'phase';
  const around = headLines(view).length + footLines(view).length + filterLines(view).lines.length;
  const parts = partsOf(view);
  const headings = (shown: readonly Part[]) => (isByPhase ? new Set(shown.map(({ part }) => part.phase)).size : 0);
  const lines = (shown: readonly Part[]) => shown.length + headings(shown) + around;
  if (home.isUnfolded || lines(parts) <= rows) return { parts, folded: [] };
  const idle = parts.filter((each) => each.part.state === 'ready' && !isTrouble(each) && !each.part.message);
  const rank = ({ id }: Part) => (!isByPhase || componentOf(id).kind === 'Job' ? 0 : leading.includes(id) ? 2 : 1);
  const leaving = idle.toReversed().toSorted((one, other) => rank(one) - rank(other));
  for (let count = 2; count <= leaving.length; count += 1) {
    const gone = new Set(leaving.slice(0, count).map(({ id }) => id));
    const left = parts.filter(({ id }) => !gone.has(id));
    if (lines(left) + 1 <= rows || count === leaving.length)
      return { parts: left, folded: parts.flatMap(({ id }) => (gone.has(id) ? [id] : [])) };
  }
  return { parts, folded: [] };
});

/** What the cursor goes through. */
export function idsOf(view: View): readonly (ComponentId | typeof folded)[] {
  const { parts, folded: others } = listed(view);
  const ids = parts.map(({ id }): ComponentId | typeof folded => id);
  return others.length > 0 ? [...ids, folded] : ids;
}

/** What the cursor is on: until somebody has moved it, what wants attention most. */
export function underCursor(view: View): ComponentId | typeof folded | undefined {
  const ids = idsOf(view);
  const { chosen } = view.state.home;
  if (chosen !== undefined) return ids[indexOf(ids, chosen)];
  const concerned = concernsIn(view.state).flatMap(({ components }) => components);
  return concerned.find((id) => ids.includes(id)) ?? ids[0];
}

/** The part under the cursor. */
export function chosenPart(view: View): ComponentId | undefined {
  const chosen = underCursor(view);
  return chosen === folded ? undefined : chosen;
}

/** What the columns are, or what is in the way: what was seen last stays below it. */
export function headLines(view: View): readonly Line[] {
  const { trouble } = view.state.home;
  return trouble ? wrap(trouble(view.t), view.columns - 2).map((line): Line => [' ', bad(line)]) : [headLine(view)];
}

/** What can be chosen while no instance is. */
export const namesOf = ({ choices }: HomeState): readonly string[] => choices.map(({ name }) => name);

/** The parts by phase, each with its state, its numbers and what matters about it now. */
import { isSettled } from '../../../observe/types.ts';
import { componentOf, componentsOf } from '../../../stack/components.ts';
import { type ComponentId, phases } from '../../../stack/types.ts';
import { wrap } from '../../../text/clip.ts';
import { padEnd } from '../../../text/width.ts';
import { windowOf } from '../../components/blocks.ts';
import { indexOf } from '../../components/selection.ts';
import { glyphs } from '../../draw/glyphs.ts';
import { accent, bad, dim, type Line, type Picture, strong } from '../../draw/line.ts';
import type { View } from '../../screen.ts';
import { footLines } from './foot.ts';
import { foldedLine, headLine, isTrouble, type Part, partLines } from './row.ts';
import type { HomeState } from './state.ts';

/** In place of the parts that have no line of their own. */
export const folded = 'folded' as const;

const partOf = ({ run, figures }: HomeState, id: ComponentId): Part | undefined => {
  const part = run.components[id];
  return part && { id, part, figures: figures.get(id) };
};

/** Parts there are to show, in order. */
function partsOf(home: HomeState): readonly Part[] {
  const all = phases.flatMap((phase) => componentsOf(phase).flatMap(({ id }) => partOf(home, id) ?? []));
  return home.onlyProblems ? all.filter((each) => !isSettled(each.part.state) || isTrouble(each)) : all;
}

export interface Listed {
  readonly parts: readonly Part[];
  /** Those that share one line because they are well and there is little room. */
  readonly folded: readonly ComponentId[];
}

/** Those that people scale, and look for. */
const leading: readonly ComponentId[] = ['web', 'worker', 'plugins', 'capture', 'ingestion'];

/** What is well and has nothing to do gives way: what only ran once, then from the end, those that people look for last. */
export function listed(view: View): Listed {
  const { home } = view.state;
  const { rows } = view;
  const around = headLines(view).length + footLines(view).length;
  const parts = partsOf(home);
  const lines = (shown: readonly Part[]) => shown.length + new Set(shown.map(({ part }) => part.phase)).size + around;
  if (home.isUnfolded || lines(parts) <= rows) return { parts, folded: [] };
  const idle = parts.filter((each) => each.part.state === 'ready' && !isTrouble(each) && !each.part.message);
  const rank = ({ id }: Part) => (componentOf(id).kind === 'Job' ? 0 : leading.includes(id) ? 2 : 1);
  const leaving = idle.toReversed().toSorted((one, other) => rank(one) - rank(other));
  for (let count = 2; count <= leaving.length; count += 1) {
    const gone = new Set(leaving.slice(0, count).map(({ id }) => id));
    const left = parts.filter(({ id }) => !gone.has(id));
    if (lines(left) + 1 <= rows || count === leaving.length)
      return { parts: left, folded: parts.flatMap(({ id }) => (gone.has(id) ? [id] : [])) };
  }
  return { parts, folded: [] };
}

/** What the cursor goes through. */
export function idsOf(view: View): readonly (ComponentId | typeof folded)[] {
  const { parts, folded: others } = listed(view);
  const ids = parts.map(({ id }): ComponentId | typeof folded => id);
  return others.length > 0 ? [...ids, folded] : ids;
}

/** The part under the cursor. */
export function chosenPart(view: View): ComponentId | undefined {
  const ids = idsOf(view);
  const chosen = ids[indexOf(ids, view.state.home.chosen)];
  return chosen === folded ? undefined : chosen;
}

/** What the columns are, or what is in the way: what was seen last stays below it. */
function headLines(view: View): readonly Line[] {
  const { trouble } = view.state.home;
  return trouble ? wrap(trouble(view.t), view.columns - 2).map((line): Line => [' ', bad(line)]) : [headLine(view)];
}

/** What can be chosen while no instance is. */
export const namesOf = ({ choices }: HomeState): readonly string[] => choices.map(({ name }) => name);

export function drawHome(view: View): Picture {
  const { state, t, rows } = view;
  const { home } = state;
  const isKnown = Object.keys(home.run.components).length > 0;
  if (home.trouble && !isKnown) return { lines: headLines(view) };
  if (home.name === undefined) return drawChoices(view);
  if (!isKnown) return { lines: [[dim(` ${t.console.home.looking}`)]] };
  const head = headLines(view);
  const foot = footLines(view);
  const { parts, folded: others } = listed(view);
  const ids = idsOf(view);
  const cursor = indexOf(ids, home.chosen);
  const blocks = parts.map((each, index) => [
    ...(each.part.phase === parts[index - 1]?.part.phase
      ? []
      : [[' ', dim(t.console.install.phases[each.part.phase])]]),
    ...partLines(each, index === cursor, view),
  ]);
  const more = others.length > 0 ? [[foldedLine(others, cursor === parts.length, view)]] : [];
  return { lines: [...head, ...windowOf([...blocks, ...more], cursor, rows - head.length - foot.length), ...foot] };
}

function drawChoices({ state, t, rows }: View): Picture {
  const { choices, chosen } = state.home;
  const cursor = indexOf(namesOf(state.home), chosen);
  if (choices.length === 0) return { lines: [[dim(` ${t.console.home.looking}`)]] };
  return {
    lines: [
      [' ', strong(t.console.home.choose)],
      [],
      ...windowOf(
        choices.map(({ name, kind }, index): readonly Line[] => {
          const isChosen = index === cursor;
          return [
            [
              isChosen ? accent(` ${glyphs.selected} `) : '   ',
              isChosen ? strong(padEnd(name, 24)) : padEnd(name, 24),
              '  ',
              dim(t.console.home.kinds[kind]),
            ],
          ];
        }),
        cursor,
        rows - 2,
      ),
    ],
  };
}

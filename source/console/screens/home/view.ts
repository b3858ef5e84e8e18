/** The parts by phase, each with its state, its numbers and what matters about it now. */
import type { Backlog } from '../../../observe/backlog/backlog.ts';
import { figureConcerns } from '../../../observe/figure-concerns.ts';
import { isBehind, isDropping } from '../../../observe/figures.ts';
import { componentOf, componentsOf } from '../../../stack/components.ts';
import { type ComponentId, phases } from '../../../stack/types.ts';
import { clip, wrap } from '../../../text/clip.ts';
import { formatCount } from '../../../text/count.ts';
import { formatDuration } from '../../../text/duration.ts';
import { padEnd } from '../../../text/width.ts';
import { windowOf } from '../../components/blocks.ts';
import { indexOf } from '../../components/selection.ts';
import { glyphs } from '../../draw/glyphs.ts';
import { accent, bad, dim, good, indent, type Line, type Picture, strong, warn } from '../../draw/line.ts';
import type { View } from '../../screen.ts';
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
  return home.onlyProblems ? all.filter((each) => each.part.state !== 'ready' || isTrouble(each)) : all;
}

export interface Listed {
  readonly parts: readonly Part[];
  /** Those that share one line because they are well and there is little room. */
  readonly folded: readonly ComponentId[];
}

/** Those that people scale, and look for. */
const leading: readonly ComponentId[] = ['web', 'worker', 'plugins', 'capture', 'ingestion'];

/** What is well and has nothing to do gives way: what only ran once, then from the end, those that people look for last. */
export function listed({ state, t, columns, rows }: View): Listed {
  const { home } = state;
  const parts = partsOf(home);
  const lines = (shown: readonly Part[]) =>
    shown.length +
    new Set(shown.map(({ part }) => part.phase)).size +
    headRows +
    footLines(state.home, t, columns).length;
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

/** What can be chosen while no instance is. */
export const namesOf = ({ choices }: HomeState): readonly string[] => choices.map(({ name }) => name);

const headRows = 1;

export function drawHome(view: View): Picture {
  const { state, t, rows } = view;
  const { home } = state;
  const trouble = home.trouble ? wrap(home.trouble(t), view.columns - 2).map((line): Line => [' ', bad(line)]) : [];
  const isKnown = Object.keys(home.run.components).length > 0;
  if (home.trouble && !isKnown) return { lines: trouble };
  if (home.name === undefined) return drawChoices(view);
  if (!isKnown) return { lines: [[dim(` ${t.console.home.looking}`)]] };
  // What was seen last stays, below what is in the way now.
  const head = home.trouble ? trouble : [headLine(view)];
  const foot = home.trouble ? [] : footLines(home, t, view.columns);
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

function lateness(
  id: ComponentId,
  { waiting, oldestS, emptyInS, topics }: Backlog,
  home: HomeState,
  t: View['t'],
): string {
  const time = (seconds: number) => formatDuration(seconds * 1000, t.units);
  const kept = home.kept.get(topics[0]?.topic ?? '');
  const age = oldestS === undefined ? undefined : time(oldestS);
  const said = typeof emptyInS === 'number' ? t.console.home.catchesUp(time(emptyInS)) : t.console.home.fallsBehind;
  return t.console.home.behind(`${id} ${said}`, formatCount(waiting), age, kept && t.console.home.kept(kept / 3600));
}

/** What matters most about the whole: whether all is ready, and who does not keep up. */
function footLines(home: HomeState, t: View['t'], columns: number): readonly Line[] {
  const parts = Object.values(home.run.components);
  const ready = parts.filter((part) => part.state === 'ready').length;
  const behind = [...home.figures].flatMap(([id, { backlog }]) =>
    backlog && !backlog.tasks && isBehind(backlog) ? [{ id, backlog }] : [],
  );
  const isReady = ready === parts.length;
  const said = isReady ? t.console.home.allReady(parts.length) : t.console.home.someReady(ready, parts.length);
  const line = (text: string, isWell: boolean): Line => [
    ' ',
    isWell ? good(glyphs.ready) : warn(glyphs.warning),
    ' ',
    clip(text, columns - 4),
  ];
  const worst = behind.toSorted((one, other) => other.backlog.waiting - one.backlog.waiting)[0];
  const late = worst && lateness(worst.id, worst.backlog, home, t);
  const dropping = behind.filter(({ backlog }) => isDropping(backlog, home.kept)).map(({ id }) => id);
  const lost = dropping.length > 0 ? [line(t.console.home.dropping(dropping.join(', ')), false)] : [];
  const [first, ...others] = figureConcerns(home.figures);
  const concerned = first
    ? [
        line(first.message(t), false),
        ...wrap(first.hint(t), columns - 4).map((text) => indent(3, [dim(text)])),
        ...others.map(({ message }) => line(message(t), false)),
      ]
    : [];
  const told = [...concerned, ...lost, ...(late === undefined ? [] : [line(late, false)])];
  return [[], ...(isReady && told.length > 0 ? [] : [line(said, isReady)]), ...told];
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

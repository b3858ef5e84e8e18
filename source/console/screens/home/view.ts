/** The parts by phase, each with its state, its numbers and what matters about it now. */
import { padEnd } from '../../../text/width.ts';
import { windowOf } from '../../components/blocks.ts';
import { indexOf } from '../../components/selection.ts';
import { glyphs } from '../../draw/glyphs.ts';
import { accent, dim, type Line, type Picture, strong } from '../../draw/line.ts';
import type { View } from '../../screen.ts';
import { listView, withFacts } from '../beside.ts';
import { drawGone } from '../instance-screen.ts';
import { filterLines, footLines } from './foot.ts';
import { chosenPart, headLines, idsOf, listed, namesOf, underCursor } from './listed.ts';
import { foldedLine, partLines } from './row.ts';

export function drawHome(view: View): Picture {
  const list = listView(view);
  return withFacts(drawList(list), chosenPart(list), view);
}

function drawList(view: View): Picture {
  const { state, t, rows } = view;
  const { home } = state;
  const isKnown = Object.keys(home.run.components).length > 0;
  if (home.trouble && !isKnown) return { lines: headLines(view) };
  if (home.name === undefined) return drawChoices(view);
  const gone = drawGone(view);
  if (gone) return gone;
  if (!isKnown) return { lines: [[dim(` ${t.console.looking}`)]] };
  const head = headLines(view);
  const { parts, folded: others } = listed(view);
  const cursor = indexOf(idsOf(view), underCursor(view));
  const filter = filterLines(view, cursor, parts.length + others.length);
  const foot = [...footLines(view), ...filter.lines];
  const blocks = parts.map((each, index) => [
    ...(home.sortedBy !== 'phase' || each.part.phase === parts[index - 1]?.part.phase
      ? []
      : [[' ', dim(t.console.install.phases[each.part.phase])]]),
    ...partLines(each, index === cursor, view),
  ]);
  const more = others.length > 0 ? [[foldedLine(others, cursor === parts.length, view)]] : [];
  const place = rows - head.length - foot.length;
  const body = windowOf([...blocks, ...more], cursor, place);
  // While something is typed, it stays where it is.
  const filled = filter.lines.length > 0 ? Array.from({ length: place }, (_, row) => body[row] ?? []) : body;
  return { ...filter, lines: [...head, ...filled, ...foot] };
}

function drawChoices({ state, t, rows }: View): Picture {
  const { choices, chosen } = state.home;
  const cursor = indexOf(namesOf(state.home), chosen);
  if (choices.length === 0) return { lines: [[dim(` ${t.console.looking}`)]] };
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

/** The tree of objects: a line each, with how it is and how old. */

import type { State as Progress } from '../../../observe/types.ts';
import { clip, wrap } from '../../../text/clip.ts';
import { formatAge } from '../../../text/duration.ts';
import { escapeControls } from '../../../text/escape.ts';
import { padEnd, padStart, width } from '../../../text/width.ts';
import { windowStart } from '../../components/list.ts';
import { drawSearch, hitsOf } from '../../components/search.ts';
import { chosenRow, type TreeRow } from '../../components/tree.ts';
import { glyphs } from '../../draw/glyphs.ts';
import { accent, bad, dim, fill, good, type Line, type Picture, type Span, strong, warn } from '../../draw/line.ts';
import { oncePer } from '../../once-per.ts';
import type { View } from '../../screen.ts';
import type { Seen, State } from '../../state.ts';
import { stateMark } from '../install/marks.ts';
import { ageSince, drawWaiting } from '../instance-screen.ts';
import { allRows, nameOfThing, nodesOf, rowsIn, type Thing, type ThingNode } from './nodes.ts';

const cells = { word: 18, ready: 5, age: 5 } as const;
const right = cells.word + cells.ready + cells.age + 5;
/** Of what merely is there, only the age stands at the right. */
const rightOfAge = cells.age + 3;

const textsOf = oncePer((nodes: readonly ThingNode[]) =>
  allRows(nodes).map(({ value }) =>
    value.type === 'object' ? `${nameOfThing(value)} ${value.object.kind} ${value.object.word}` : nameOfThing(value),
  ),
);

/** Numbers among all rows, folded ones too, in which the search is found. */
export const objectHits = (state: State): readonly number[] =>
  hitsOf(textsOf(nodesOf(state)), state.objects.search.query);

export function drawObjects(view: View): Picture {
  const { state, t, columns, rows } = view;
  const waiting = drawWaiting(view);
  if (waiting || !state.seen) return waiting ?? { lines: [] };
  const { tree, search } = state.objects;
  const shown = rowsIn(state);
  const chosen = chosenRow(shown, tree);
  if (!chosen) return { lines: wrap(t.console.objects.none, columns - 2).map((line) => [' ', dim(line)]) };
  const all = allRows(nodesOf(state));
  const found = drawSearch(
    search,
    objectHits(state),
    all.findIndex(({ id }) => id === chosen.id),
    columns,
    t,
  );
  const foot = [...footLines(state.seen, view), ...found.lines];
  const place = rows - foot.length;
  const start = windowStart(shown.indexOf(chosen), shown.length, place);
  const body = shown.slice(start, start + place).map((row) => rowLine(row, row === chosen, state.seen as Seen, view));
  const { cursor } = found;
  return {
    lines: [...Array.from({ length: place }, (_, row) => body[row] ?? []), ...foot],
    ...(cursor ? { cursor: { ...cursor, row: rows - 1 } } : {}),
  };
}

function rowLine(row: TreeRow<Thing>, isChosen: boolean, seen: Seen, view: View): Line {
  const { state, word, ready, createdAt } = factsOf(row.value, view);
  const fold = row.isFolded === undefined ? ' ' : row.isFolded ? glyphs.folded : glyphs.unfolded;
  const lead = 3 + row.depth * 2;
  const isBare = word === '' && ready === '';
  const beside = isBare ? rightOfAge : right;
  const name = shortened(escapeControls(labelOf(row.value, view)), view.columns - lead - 4 - beside, seen.snapshot.app);
  const age = createdAt === 0 ? '' : formatAge(ageSince(createdAt, seen, view.state.now));
  const left: Line = [
    isChosen ? accent(` ${glyphs.selected} `) : '   ',
    ' '.repeat(row.depth * 2),
    dim(fold),
    ' ',
    state ? stateMark(state) : ' ',
    ' ',
    isChosen ? strong(name) : row.value.type === 'phase' ? dim(name) : name,
  ];
  const toned = state === undefined ? dim : tones[state];
  const how = isBare
    ? []
    : [toned(padEnd(clip(escapeControls(word), cells.word), cells.word)), padStart(ready, cells.ready), '  '];
  return [...fill(left, view.columns - beside), '  ', ...how, dim(padStart(age, cells.age))];
}

/** What tells objects apart stands at the end of their names; that of the instance, which all have, goes first. */
function shortened(label: string, room: number, app: string): string {
  return clip(width(label) > room ? label.replace(app, glyphs.running) : label, Math.max(0, room));
}

const plain = (text: string): Span | string => text;
const tones: Readonly<Record<Progress, (text: string) => Span | string>> = {
  ready: good,
  running: plain,
  waiting: dim,
  stopped: dim,
  failed: bad,
};

interface Facts {
  readonly state: Progress | undefined;
  readonly word: string;
  readonly ready: string;
  readonly createdAt: number;
}

function factsOf(thing: Thing, { state, t }: View): Facts {
  const { run } = state.home;
  const { states } = t.cli.plain;
  switch (thing.type) {
    case 'phase': {
      const known = thing.phase === 'shared' ? undefined : run.phases[thing.phase];
      return { state: known?.state, word: known ? states[known.state] : '', ready: '', createdAt: 0 };
    }
    case 'part': {
      const part = run.components[thing.part];
      if (!part) return { state: undefined, word: '', ready: '', createdAt: 0 };
      return { state: part.state, word: states[part.state], ready: `${part.ready}/${part.desired}`, createdAt: 0 };
    }
    case 'object': {
      const { object } = thing;
      return { ...object, word: object.word || (object.state ? states[object.state] : '') };
    }
  }
}

const labelOf = (thing: Thing, { t }: View): string =>
  thing.type === 'phase' ? t.console.install.plan.groups[thing.phase] : nameOfThing(thing);

/** What this token may not read, which would look as if it were not there. */
function footLines({ snapshot }: Seen, { t, columns }: View): readonly Line[] {
  const kinds = [...snapshot.forbidden].filter((kind) => kind !== 'Event');
  if (kinds.length === 0) return [];
  return [[], [' ', warn(glyphs.warning), ' ', clip(t.console.objects.forbidden(kinds.join(', ')), columns - 4)]];
}

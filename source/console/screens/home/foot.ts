/** Home's foot: whether all is ready, and what wants attention, as many of it as fit, the most important first. */
import { type Concern, rankedConcerns } from '../../../observe/concerns.ts';
import { unanswered } from '../../../observe/figures-text.ts';
import { partAskedBy } from '../../../observe/told-by.ts';
import { isSettled } from '../../../observe/types.ts';
import type { KubeObject } from '../../../stack/types.ts';
import { clip, wrap } from '../../../text/clip.ts';
import { formatAge } from '../../../text/duration.ts';
import { escapeControls } from '../../../text/escape.ts';
import { width } from '../../../text/width.ts';
import { drawSearch } from '../../components/search.ts';
import { glyphs } from '../../draw/glyphs.ts';
import { dim, good, indent, type Line, type Picture, warn } from '../../draw/line.ts';
import { oncePer } from '../../once-per.ts';
import type { View } from '../../screen.ts';
import type { State } from '../../state.ts';
import type { HomeState } from './state.ts';

const judged = oncePer(
  (
    parts: HomeState['run']['components'],
    figures: HomeState['figures'],
    kept: HomeState['kept'],
    quotas: readonly KubeObject[],
    drift: HomeState['drift'],
    address: HomeState['address'],
    now: number,
  ): readonly Concern[] => rankedConcerns({ parts, figures, kept, quotas, drift, address, now }),
);

const none: readonly KubeObject[] = [];

/** All that wants attention, the most important first. */
export function concernsIn({ home, seen }: Pick<State, 'home' | 'seen'>): readonly Concern[] {
  const { run, figures, kept, drift, address } = home;
  const { objects, at = 0 } = seen?.snapshot ?? {};
  return judged(run.components, figures, kept, objects?.ResourceQuota ?? none, drift, address, at);
}

/** Rows from which on a sentence may take more than one line. */
export const roomy = 30;

const hintRows = 2;

/** What has no place is not cut without a sign. */
function hintLines(text: string, room: number): readonly string[] {
  const lines = wrap(text, room);
  if (lines.length <= hintRows) return lines;
  const shown = lines.slice(0, hintRows - 1);
  return [...shown, clip(lines.slice(hintRows - 1).join(' '), room)];
}

/** How many of them may take room from the parts. */
const most = (rows: number): number => (rows < 15 ? 2 : rows < roomy ? 3 : 6);

/** An empty line, and what matters about the whole; nothing while something is in the way. */
export function footLines({ state, t, columns, rows }: View): readonly Line[] {
  if (state.home.trouble) return [];
  const concerns = concernsIn(state);
  const parts = Object.values(state.home.run.components);
  const ready = parts.filter((part) => part.state === 'ready').length;
  const isReady = parts.every((part) => isSettled(part.state));
  const shown = concerns.slice(0, most(rows));
  const left = concerns.length - shown.length;
  const lines = shown.flatMap(({ message, hint }, index): readonly Line[] => {
    const more = left > 0 && index === shown.length - 1 ? `  ${t.concern.others(left)}` : '';
    const room = columns - 4 - more.length;
    const [first = '', ...rest] = rows < roomy ? [clip(message(t), room)] : wrap(message(t), room);
    // Of the first one, what can be done, unless others need the room.
    const isExplained = hint && index === 0 && (rows >= roomy || concerns.length === 1);
    const hints = isExplained ? hintLines(hint(t), columns - 4) : [];
    return [
      [' ', warn(glyphs.warning), ' ', `${first}${more}`],
      ...rest.map((text) => indent(3, [text])),
      ...hints.map((text) => indent(3, [dim(text)])),
    ];
  });
  const unmeasured = rows > 12 ? unmeasuredLines({ state, t, columns, rows }) : [];
  if (isReady && concerns.length > 0) return [[], ...lines, ...unmeasured];
  const said = !isReady
    ? t.console.home.someReady(ready, parts.length)
    : ready === parts.length
      ? t.console.home.allReady(ready)
      : t.console.home.restStopped(ready, parts.length - ready);
  const mark = isReady ? good(glyphs.ready) : warn(glyphs.warning);
  return [[], [' ', mark, ' ', clip(said, columns - 4)], ...lines, ...unmeasured];
}

/** Why numbers are old, or missing; on one line where there is little room. */
function unmeasuredLines({ state, t, columns, rows }: View): readonly Line[] {
  const { troubles, run } = state.home;
  const silent = [...troubles].flatMap(([source, trouble]): readonly string[] => {
    // Columns that say something else than usual say so.
    if (source === 'metrics') return [t.concern.bounds];
    const asked = partAskedBy(source);
    const isExplained = asked !== undefined && run.components[asked]?.state !== 'ready';
    return isExplained ? [] : [escapeControls(unanswered(source, trouble, t))];
  });
  const said = [...silent, ...forbiddenLine(state, t)];
  const room = columns - 4;
  const lines = rows >= roomy ? said : onOneLine(said, room, t);
  return lines.map((text) => indent(3, [dim(clip(text, room))]));
}

/** As many of them as fit, at least the first, and how many are left. */
function onOneLine(said: readonly string[], room: number, t: View['t']): readonly string[] {
  for (let count = said.length; count > 0; count -= 1) {
    const more = count < said.length ? `  ${t.concern.others(said.length - count)}` : '';
    const text = said.slice(0, count).join(' · ');
    if (count === 1 || width(text + more) <= room) return [clip(text, room - width(more)) + more];
  }
  return [];
}

/** What is looked for, as long as it is. @param at the row of the cursor */
export function filterLines({ state, t, columns, rows }: View, at = 0, all = 0): Picture {
  const { filter } = state.home;
  const { lines, cursor } = drawSearch(
    filter,
    Array.from({ length: all }, (_, row) => row),
    at,
    columns,
    t,
  );
  return { lines, ...(cursor ? { cursor: { ...cursor, row: rows - 1 } } : {}) };
}

/** Each with its evidence, and what can be done; then what is not known, and why. */
export function concernLines(state: State, t: View['t']): readonly string[] {
  const concerns = concernsIn(state);
  return [
    ...(concerns.length === 0
      ? [t.concern.none, '']
      : concerns.flatMap(({ message, evidence, hint }) => [
          message(t),
          ...evidence.map((each) => `    ${each(t)}`),
          ...(hint ? [`  ${hint(t)}`] : []),
          '',
        ])),
    ...[...state.home.troubles].map(([source, { message, silentMs }]) =>
      t.concern.unmeasured(source, silentMs === undefined ? undefined : formatAge(silentMs), message),
    ),
    ...forbiddenLine(state, t),
  ];
}

/** Kinds that may not be read, if there are any. */
function forbiddenLine({ seen }: State, t: View['t']): readonly string[] {
  const kinds = [...(seen?.snapshot.forbidden ?? [])];
  return kinds.length === 0 ? [] : [t.console.objects.forbidden(kinds.join(', '))];
}

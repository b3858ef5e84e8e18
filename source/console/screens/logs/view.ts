/** The panes, their heads, and what is typed below them. Pure. */
import type { LogLine } from '../../../logs/record.ts';
import type { Selection } from '../../../logs/selection.ts';
import { wrap } from '../../../text/clip.ts';
import { escapeControls } from '../../../text/escape.ts';
import { isSearching, marked } from '../../components/search.ts';
import { drawField } from '../../components/text-field.ts';
import { glyphs } from '../../draw/glyphs.ts';
import {
  accent,
  bad,
  cellsOf,
  clipLine,
  dim,
  fill,
  good,
  type Line,
  type Picture,
  type Span,
  strong,
  textOf,
  warn,
} from '../../draw/line.ts';
import type { View } from '../../screen.ts';
import { type Place, placesOf } from './layout.ts';
import { logLine } from './line.ts';
import type { PageOf } from './moments.ts';
import type { Followed, LogsState, Pane } from './state.ts';

/** Lines of the screen for the panes themselves. */
export function roomOf({ search, typing }: LogsState, rows: number): number {
  return rows - (search.query !== '' || isSearching(search) || typing ? 1 : 0);
}

export const placesIn = (logs: LogsState, { columns, rows }: Pick<View, 'columns' | 'rows'>): readonly Place[] =>
  placesOf(logs, columns, roomOf(logs, rows));

/** Lines that fit into each pane. */
export function pagesIn(logs: LogsState, view: Pick<View, 'columns' | 'rows'>): PageOf {
  const places = placesIn(logs, view);
  return (at) => Math.max(1, (places.find(({ index }) => index === at)?.rows ?? 2) - 1);
}

/** Lines that fit into the pane with the focus. */
export function pageOf(logs: LogsState, view: Pick<View, 'columns' | 'rows'>): number {
  return pagesIn(logs, view)(logs.focus);
}

export function drawLogs(view: View): Picture {
  const { logs } = view.state;
  const { followed } = logs;
  if (!followed) return { lines: [[dim(` ${view.t.console.home.looking}`)]] };
  const places = placesIn(logs, view);
  const drawn = places.map((place) => ({ place, lines: drawPane(place, followed, view) }));
  const rows = roomOf(logs, view.rows);
  const lines = Array.from({ length: rows }, (_, row): Line => {
    const beside = drawn.filter(({ place }) => row >= place.row && row < place.row + place.rows);
    return beside.flatMap(({ place, lines: own }, nth): Line => {
      const line = fill(own[row - place.row] ?? [], place.columns);
      return nth === 0 ? line : [dim(row === place.row ? glyphs.rule : '│'), ...line];
    });
  });
  const typed = drawTyped(view, followed);
  return {
    lines: [...lines, ...(typed ? [typed.line] : [])],
    ...(typed?.column === undefined ? {} : { cursor: { column: typed.column, row: rows } }),
  };
}

function drawPane(place: Place, followed: Followed, view: View): readonly Line[] {
  const { logs } = view.state;
  const pane = logs.panes[place.index] as Pane;
  const selection = followed.selection(pane);
  const isFocused = place.index === logs.focus;
  const head = headOf(pane, isFocused, selection, followed, place.columns, view);
  const rows = place.rows - 1;
  if (selection.length === 0) return [head, ...emptyLines(pane, followed, place.columns, rows, view)];
  return [head, ...bodyOf(pane, place, selection, followed, view)];
}

function headOf(
  pane: Pane,
  isFocused: boolean,
  selection: Selection,
  followed: Followed,
  columns: number,
  { t, state }: View,
): Line {
  const { component, filter, level, spot, without } = pane;
  const words = t.console.logs;
  const pods = new Set(followed.places(component).map((place) => place.split('/')[0]));
  const fresh = spot ? selection.length - selection.indexOf(spot.end) : 0;
  const waiting = followed.waiting(component);
  const facts: Line = [
    ...(pods.size > 1 ? [dim(` · ${words.pods(pods.size)}`)] : []),
    ...(state.logs.isPrevious ? [dim(` · ${words.previous}`)] : []),
    ...(level ? [dim(` · ${words.from(level)}`)] : []),
    ...(filter === '' ? [] : [dim(` · ${escapeControls(filter)}`)]),
    ...(without.size > 0 ? [dim(` · ${words.leftOut(without.size)}`)] : []),
    ...(spot ? [warn(` · ${words.paused(fresh)}`)] : []),
    ...(waiting && selection.length > 0 ? [bad(` · ${words.waitingShort[waiting.type]}`)] : []),
  ];
  const name: Line = [dim(`${glyphs.rule} `), isFocused ? accent(component) : strong(component)];
  const line = clipLine([...name, ...facts, ' '], columns);
  const rate = followed.rate(component);
  const beside = rate > 0 ? ` ${words.facts(formatRate(rate))}` : '';
  const room = columns - cellsOf(line) - cellsOf([beside]);
  return room < 1
    ? [...line, dim(glyphs.rule.repeat(columns - cellsOf(line)))]
    : [...line, dim(glyphs.rule.repeat(room)), dim(beside)];
}

/** Lines a second. */
export const formatRate = (rate: number): string =>
  rate >= 1000 ? `${(rate / 1000).toFixed(1)}k` : String(Math.ceil(rate));

/** Why nothing is there. */
function emptyLines(pane: Pane, followed: Followed, columns: number, rows: number, { t }: View): readonly Line[] {
  const waiting = followed.waiting(pane.component);
  const log = followed.log(pane.component);
  const why = waiting
    ? t.logs.waiting(pane.component, waiting)
    : log.end > log.first
      ? t.console.logs.nothingFits
      : t.console.logs.nothingYet;
  return wrap(why, columns - 2)
    .slice(0, rows)
    .map((line) => [' ', dim(line)]);
}

function bodyOf(pane: Pane, place: Place, selection: Selection, followed: Followed, view: View): readonly Line[] {
  const { logs } = view.state;
  const rows = place.rows - 1;
  const isFocused = place.index === logs.focus;
  const cursor = pane.spot ? selection.indexOf(pane.spot.number) : undefined;
  const at = cursor === undefined ? undefined : Math.min(cursor, selection.length - 1);
  const pictureOf = (index: number): readonly Line[] => {
    const number = selection.at(index);
    const line = number === undefined ? undefined : followed.log(pane.component).line(number);
    if (!line) return [];
    const isMarked = pane.marks.has(line.number);
    const mark = index === at && isFocused ? accent(glyphs.selected) : isMarked ? accent(glyphs.on) : ' ';
    const lines = linesOf(line, pane, place.columns - 1, followed, view);
    return lines.map((each, nth) => [nth === 0 ? mark : ' ', ...each]);
  };
  // Lines that are wrapped have no fixed place: what is looked at stands at the end.
  const last =
    at === undefined || logs.isWrapped
      ? (at ?? selection.length - 1)
      : at - Math.min(pane.spot?.row ?? 0, at) + rows - 1;
  const shown: Line[] = [];
  for (let index = Math.min(last, selection.length - 1); index >= 0 && shown.length < rows; index -= 1)
    shown.unshift(...pictureOf(index));
  return shown.slice(-rows);
}

function linesOf(line: LogLine, pane: Pane, columns: number, followed: Followed, { t, state }: View): readonly Line[] {
  const { logs } = state;
  const log = followed.log(pane.component);
  const pods = [...new Set(followed.places(pane.component).map((place) => place.split('/')[0] as string))];
  const picture = logLine(line, line.marker ? undefined : log.parsed(line), {
    t,
    times: logs.times,
    wording: logs.wording,
    columns,
    now: followed.now(),
    podOf: pods.length > 1 ? (each) => podTag(each, pods) : undefined,
    more: line.marker ? 0 : log.continuation(line.number).length,
  });
  const found = marked(picture, logs.search.query);
  return logs.isWrapped ? wrapped(found, columns) : [clipLine(found, columns)];
}

const tones = [accent, good, strong, (text: string): Span => dim(text)] as const;

/** The end of a pod's name, in one of few colours. */
function podTag(line: LogLine, pods: readonly string[]): Span {
  const { pod } = line.run;
  const tone = tones[pods.indexOf(pod) % tones.length] as (text: string) => Span;
  return tone(
    escapeControls(pod.split('-').at(-1) ?? pod)
      .slice(0, 5)
      .padEnd(5),
  );
}

/** Cut where it is full: the spans keep their tones. */
function wrapped(line: Line, columns: number): readonly Line[] {
  const lines: (string | Span)[][] = [[]];
  let left = columns;
  for (const part of line) {
    const text = textOf(part);
    let rest = text;
    while (rest !== '') {
      const piece = wrapPiece(rest, left);
      if (piece === '' && left === columns) break;
      if (piece === '') {
        lines.push([]);
        left = columns;
        continue;
      }
      lines.at(-1)?.push(typeof part === 'string' ? piece : { ...part, text: piece });
      left -= cellsOf([piece]);
      rest = rest.slice(piece.length);
    }
  }
  return lines;
}

function wrapPiece(text: string, cells: number): string {
  const clipped = clipLine([text], cells);
  const whole = clipped.map(textOf).join('');
  if (whole === text) return text;
  // Without the mark that says that something follows.
  return whole.replace(/…$/, '');
}

/** The search or the filter, in the last line. */
function drawTyped(
  { state, t, columns }: View,
  followed: Followed,
): { readonly line: Line; readonly column?: number } | undefined {
  const { typing, search, panes, focus } = state.logs;
  const pane = panes[focus];
  if (typing) {
    const words = t.console.logs.typing[typing.what];
    const label = ` ${words.prompt} `;
    const { line, column } = drawField(typing.field, columns - cellsOf([label]) - 1, {
      placeholder: words.example,
    });
    if (typing.trouble) return { line: [' ', bad(typing.trouble(t))], column: 0 };
    return { line: [accent(label), ...line], column: cellsOf([label]) + column };
  }
  if (search.query === '' && !search.field) return undefined;
  const found = pane && search.query !== '' ? foundOf(pane, search.query, followed, t) : '';
  if (!search.field) return { line: [accent(' /'), escapeControls(search.query), dim(`  ${found}`)] };
  const room = Math.max(10, columns - found.length - 6);
  const { line, column } = drawField(search.field, room);
  return { line: [accent(' /'), ...line, dim(`  ${found}`)], column: 2 + column };
}

function foundOf(pane: Pane, query: string, followed: Followed, t: View['t']): string {
  const search = followed.search(pane, query);
  const at = pane.spot ? search.placeOf(pane.spot.number) : 0;
  const said = t.console.search.found(at, search.count);
  return search.isComplete ? said : `${said} …`;
}

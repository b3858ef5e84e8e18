/** The panes and their heads. Pure. */

import type { Selection } from '../../../logs/selection.ts';
import type { LogLine } from '../../../logs/types.ts';
import { wrap } from '../../../text/clip.ts';
import { escapeControls } from '../../../text/escape.ts';
import { isSearching, marked } from '../../components/search.ts';
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
  warn,
} from '../../draw/line.ts';
import type { View } from '../../screen.ts';
import { drawWaiting } from '../instance-screen.ts';
import { type Place, placesOf } from './layout.ts';
import { type LineForm, logLine } from './line.ts';
import type { PageOf } from './moments.ts';
import type { Followed, LogsState, Pane } from './state.ts';
import { drawTyped } from './typed.ts';
import { unitsPerCell, wrapLine } from './wrapping.ts';

/** As much of a line as is read to show it, in bytes; of longer ones that are JSON, what their beginning and their end tell. */
const mostBytes = 64 * 1024;

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
  if (!followed) return drawWaiting(view) ?? { lines: [[dim(` ${view.t.console.looking}`)]] };
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
  const pods = followed.pods(component);
  const fresh = spot ? selection.length - selection.indexOf(spot.end) : 0;
  const waiting = followed.waiting(component);
  const facts: Line = [
    ...(pods > 1 ? [dim(` · ${words.pods(pods)}`)] : []),
    ...(state.logs.isPrevious ? [dim(` · ${words.previous}`)] : []),
    ...(level ? [dim(` · ${words.from(level)}`)] : []),
    ...(filter === '' ? [] : [dim(` · ${escapeControls(filter)}`)]),
    ...(without.size > 0 ? [dim(` · ${words.leftOut(without.size)}`)] : []),
    ...(spot ? [warn(` · ${words.paused(fresh)}`)] : []),
    ...(waiting && selection.length > 0 ? [bad(` · ${words.waitingShort[waiting.type]}`)] : []),
  ];
  const name: Line = isFocused
    ? [accent(`${glyphs.selected} ${component}`)]
    : [dim(`${glyphs.rule} `), strong(component)];
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
  const log = followed.log(pane.component);
  const form = formOf(pane, place.columns - 1, rows, followed, view);
  const cursor = pane.spot ? selection.indexOf(pane.spot.number) : undefined;
  const at = cursor === undefined ? undefined : Math.min(cursor, selection.length - 1);
  const pictureOf = (index: number): readonly Line[] => {
    const number = selection.at(index);
    const line = number === undefined ? undefined : log.line(number, mostBytes);
    if (!line) return [];
    const isMarked = pane.marks.has(line.number);
    const cursorMark = isFocused ? accent(glyphs.selected) : dim(glyphs.selected);
    const mark = index === at ? cursorMark : isMarked ? accent(glyphs.on) : ' ';
    const parsed = line.marker ? undefined : log.parsed(line, log.endingOf(line.number, mostBytes));
    const picture = logLine(line, parsed, log.continuedBy(line.number), form);
    const found = marked(picture, logs.search.query);
    const lines = logs.isWrapped ? wrapLine(found, form.columns, rows) : [clipLine(found, form.columns)];
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

/** What is the same for all lines of a pane. */
function formOf(pane: Pane, columns: number, rows: number, followed: Followed, { t, state }: View): LineForm {
  const { times, wording, isWrapped } = state.logs;
  const pods = [...new Set(followed.places(pane.component).map((place) => place.split('/')[0] as string))];
  return {
    t,
    times,
    wording,
    columns,
    now: followed.now(),
    podOf: pods.length > 1 ? podTags(pods) : undefined,
    most: unitsPerCell * columns * (isWrapped ? rows : 1),
  };
}

const tones = [accent, good, strong, (text: string): Span => dim(text)] as const;

const longestTag = 10;

/** The ends of the pods' names, as long as they need to be told apart, each in one of few colours. */
function podTags(pods: readonly string[]): (line: LogLine) => Span {
  const ends = (segments: number) => pods.map((pod) => pod.split('-').slice(-segments).join('-'));
  const areApart = (names: readonly string[]) => new Set(names).size === names.length;
  const names = [1, 2, 3].map(ends).find(areApart) ?? pods;
  const short = names.map((name) => escapeControls(name).slice(-longestTag));
  const widest = Math.max(...short.map((name) => name.length));
  const tags = pods.map((_, index) =>
    (tones[index % tones.length] as (text: string) => Span)((short[index] as string).padEnd(widest)),
  );
  return ({ run }) => tags[pods.indexOf(run.pod)] ?? dim(' '.repeat(widest));
}

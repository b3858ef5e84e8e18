/** A text to be read: a log, a description, events, an object as YAML, what would change. */
import type { Say } from '../../messages/index.ts';
import { wrap } from '../../text/clip.ts';
import { escapeControls } from '../../text/escape.ts';
import { windowOf } from '../components/blocks.ts';
import { diffLine } from '../components/diff.ts';
import { firstFolds, indentOf, linesBelow, outlineOf } from '../components/outline.ts';
import { type Pager, scroll, topOfText } from '../components/pager.ts';
import {
  drawSearch,
  hitsOf,
  isSearching,
  marked,
  nextHit,
  noSearch,
  type Search,
  typeSearch,
} from '../components/search.ts';
import { chosenRow, emptyTree, pressTree, revealed, rowsOf, type TreeState, toggled } from '../components/tree.ts';
import { tonedDescription, tonedYaml } from '../components/yaml.ts';
import { glyphs } from '../draw/glyphs.ts';
import { accent, dim, type Line, type Picture, sliceLine, spread, strong, warn } from '../draw/line.ts';
import { oncePer } from '../once-per.ts';
import type { View } from '../screen.ts';

export interface Reader {
  readonly type: 'text';
  readonly title: Say;
  /** `yaml` and `describe` fold, and so have a cursor; the others are scrolled. `facts` have headings. */
  readonly format: 'plain' | 'diff' | 'facts' | 'yaml' | 'describe';
  /** Undefined while it is being fetched; untrusted. */
  readonly lines: readonly string[] | undefined;
  readonly pager: Pager;
  /** Of what folds: the line of the cursor, and what is folded. */
  readonly tree: TreeState;
  readonly search: Search;
  /** The line that was found last, until something else moves. */
  readonly hit: number | undefined;
}

export const folds = ({ format }: Pick<Reader, 'format'>): boolean => format === 'yaml' || format === 'describe';

/** A text from its beginning. @param lines undefined while it is being fetched */
export function readerOf(title: Say, format: Reader['format'], lines: readonly string[] | undefined): Reader {
  const tree = folds({ format }) && lines ? firstFolds(lines) : emptyTree;
  return { type: 'text', title, format, lines, pager: topOfText, tree, search: noSearch, hit: undefined };
}

/** Where a log is read: at its end. */
export const atEnd = (reader: Reader, view: View): Reader => ({
  ...reader,
  pager: { top: Math.max(0, piecesOf(reader.lines ?? [], view.columns, reader.format).length - placeOf(reader, view)) },
});

const headRows = 2;

/** Lines of the screen for the text itself. */
const placeOf = ({ search }: Reader, { rows }: View): number =>
  rows - headRows - (search.query !== '' || isSearching(search) ? 1 : 0);

export function drawText(reader: Reader, view: View): Picture {
  const { title, lines, search } = reader;
  const { t, columns, rows } = view;
  const head = (more = ''): readonly Line[] => [spread([' ', strong(title(t))], [dim(more)], columns - 1), []];
  if (lines === undefined) return { lines: [...head(), [dim(` ${t.console.loading}`)]] };
  if (lines.length === 0) return { lines: [...head(), [dim(` ${t.console.empty}`)]] };
  const place = placeOf(reader, view);
  const body = folds(reader) ? foldedLines(reader, lines, view, place) : scrolledLines(reader, lines, view, place);
  const found = drawSearch(search, hitsIn(lines, search.query), lineOf(reader, lines, view), columns, t);
  const { cursor } = found;
  return {
    lines: [
      ...head(folds(reader) ? '' : moreOf(reader, lines, view, place)),
      ...Array.from({ length: place }, (_, row) => body[row] ?? []),
      ...found.lines,
    ],
    ...(cursor ? { cursor: { ...cursor, row: rows - 1 } } : {}),
  };
}

// ---- scrolled: a log, a difference

interface Piece {
  readonly line: number;
  readonly text: string;
}

/** Every line in pieces that fit. */
const piecesOf = oncePer((lines: readonly string[], columns: number, format: Reader['format']): readonly Piece[] =>
  lines.flatMap((each, line) => {
    const text = escapeControls(each);
    const pieces = format === 'facts' ? hanging(text, columns - 2) : wrap(text, columns - 2);
    return pieces.map((piece) => ({ line, text: piece }));
  }),
);

/** What follows the first piece stands below it, further in. */
function hanging(text: string, cells: number): readonly string[] {
  const indent = indentOf(text);
  const hang = text.trim() === '' ? 0 : indent + 2;
  return wrap(text.slice(indent), cells - hang).map((piece, row) => ' '.repeat(row === 0 ? indent : hang) + piece);
}

const topOf = ({ pager }: Reader, pieces: readonly Piece[], place: number): number =>
  Math.min(pager.top, Math.max(0, pieces.length - place));

function scrolledLines(reader: Reader, lines: readonly string[], view: View, place: number): readonly Line[] {
  const pieces = piecesOf(lines, view.columns, reader.format);
  const top = topOf(reader, pieces, place);
  return pieces.slice(top, top + place).map(({ line, text }): Line => {
    const told = tonedPiece(reader.format, lines[line] ?? '', text);
    return [' ', ...marked(told, reader.search.query)];
  });
}

/** Where more of it is than what is seen. */
function moreOf(reader: Reader, lines: readonly string[], view: View, place: number): string {
  const pieces = piecesOf(lines, view.columns, reader.format);
  const top = topOf(reader, pieces, place);
  return [top > 0 ? '↑' : '', top + place < pieces.length ? '↓' : ''].filter(Boolean).join(' ');
}

function tonedPiece(format: Reader['format'], line: string, piece: string): Line {
  if (format === 'diff') return diffLine(line, piece);
  if (format !== 'facts') return [piece];
  if (indentOf(line) === 0) return [strong(piece)];
  return line.trimStart().startsWith(glyphs.warning) ? [warn(piece)] : [piece];
}

// ---- folded: YAML, a description

const outline = oncePer(outlineOf);
const toned = { yaml: oncePer(tonedYaml), describe: oncePer(tonedDescription) } as const;
const escaped = oncePer((lines: readonly string[]) => lines.map(escapeControls));
const rowsIn = oncePer((lines: readonly string[], { folded }: TreeState) => rowsOf(outline(lines), folded));

/** Cells in front of each line: the cursor, whether it is folded, a space. */
const gutter = 3;

function foldedLines(
  { tree, search, format }: Reader,
  all: readonly string[],
  view: View,
  place: number,
): readonly Line[] {
  const lines = escaped(all);
  const tones = toned[format === 'describe' ? format : 'yaml'](lines);
  const rows = rowsIn(lines, tree);
  const chosen = chosenRow(rows, tree);
  const at = chosen ? rows.indexOf(chosen) : 0;
  // No more than could be seen on either side of the cursor: a text may be long.
  const from = Math.max(0, at - place);
  const blocks = rows.slice(from, at + place).map(({ value, isFolded }, index) => {
    const isChosen = from + index === at;
    const line = tones[value] ?? [];
    const text = lines[value] ?? '';
    const fold = isFolded ? glyphs.folded : isChosen && isFolded === false ? glyphs.unfolded : ' ';
    const note = isFolded ? [dim(`  ${view.t.console.folded(linesBelow(lines, value))}`)] : [];
    const pieces = inPieces(line, text, view.columns - gutter - 1);
    return pieces.map(
      (piece, row): Line => [
        row === 0 && isChosen ? accent(glyphs.selected) : ' ',
        row === 0 ? dim(fold) : ' ',
        ' ',
        ...marked(piece, search.query),
        ...(row === pieces.length - 1 ? note : []),
      ],
    );
  });
  return windowOf(blocks, at - from, place);
}

/** The line in pieces that fit, each with its tones; what follows the first one hangs below it, where there is room for that. */
function inPieces(line: Line, text: string, cells: number): readonly Line[] {
  const indent = indentOf(text);
  const hang = indent < cells / 2 ? indent + 2 : 0;
  const own = hang === 0 ? text : text.slice(indent);
  let from = text.length - own.length;
  return wrap(own, cells - hang).map((piece, row) => {
    const start = text.indexOf(piece, from);
    from = start + piece.length;
    const before = hang === 0 ? 0 : row === 0 ? indent : hang;
    return [' '.repeat(before), ...sliceLine(line, start, from)];
  });
}

// ---- keys

/** @returns undefined for a press that means nothing here */
export function pressText(reader: Reader, press: string, view: View): Reader | undefined {
  const { lines, tree } = reader;
  if (!lines) return undefined;
  if (isSearching(reader.search)) {
    const search = typeSearch(reader.search, press);
    return search && goToHit({ ...reader, search }, 'here', view);
  }
  const place = placeOf(reader, view);
  if (folds(reader)) {
    const moved = pressTree(rowsIn(escaped(lines), tree), tree, press, place - 1);
    return moved && { ...reader, tree: moved };
  }
  const pieces = piecesOf(lines, view.columns, reader.format);
  const pager = scroll({ top: topOf(reader, pieces, place) }, press, pieces.length, place);
  return pager && { ...reader, pager, hit: undefined };
}

/** The block of the cursor folded, or unfolded. */
export function toggledFold(reader: Reader): Reader {
  const { lines, tree } = reader;
  return lines ? { ...reader, tree: toggled(rowsIn(escaped(lines), tree), tree) } : reader;
}

/** The line from which a search goes on. */
function lineOf(reader: Reader, lines: readonly string[], view: View): number {
  if (folds(reader)) return chosenRow(rowsIn(escaped(lines), reader.tree), reader.tree)?.value ?? 0;
  const pieces = piecesOf(lines, view.columns, reader.format);
  return reader.hit ?? pieces[topOf(reader, pieces, placeOf(reader, view))]?.line ?? 0;
}

const hitsIn = oncePer(hitsOf);

/** The text where it is found next; as it was when it is not. */
export function goToHit(reader: Reader, way: 'here' | 'next' | 'previous', view: View): Reader {
  const { lines = [], tree, search } = reader;
  const hit = nextHit(hitsIn(lines, search.query), lineOf(reader, lines, view), way);
  if (hit === undefined) return reader;
  if (folds(reader)) return { ...reader, tree: revealed(outline(escaped(lines)), String(hit), tree) };
  const pieces = piecesOf(lines, view.columns, reader.format);
  const place = placeOf(reader, view);
  const row = pieces.findIndex(({ line }) => line === hit);
  const top = topOf(reader, pieces, place);
  const isSeen = row >= top && row < top + place;
  return { ...reader, hit, pager: { top: isSeen ? top : Math.max(0, row - Math.floor(place / 3)) } };
}

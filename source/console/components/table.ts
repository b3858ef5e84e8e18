/** Rows in columns: how wide each is, what is cut off, in which order they stand. Pure. */
import { clip } from '../../text/clip.ts';
import { escapeControls } from '../../text/escape.ts';
import { padEnd, padStart, width } from '../../text/width.ts';
import { glyphs } from '../draw/glyphs.ts';
import { accent, dim, type Line, type Span, strong } from '../draw/line.ts';
import { windowStart } from './list.ts';

export interface Column<R> {
  readonly id: string;
  readonly title: string;
  /** Cells. `rest` shares what the others leave. */
  readonly cells: number | 'rest';
  readonly align?: 'right';
  /** Left out where the table is narrower than this. */
  readonly from?: number;
  /** Untrusted text may be in it. */
  readonly text: (row: R) => string;
  readonly tone?: (row: R) => ((text: string) => Span) | undefined;
  /** What rows are ordered by; a column without it is none to order by. */
  readonly order?: (a: R, b: R) => number;
}

export interface Table<R> {
  readonly columns: readonly Column<R>[];
  readonly rows: readonly R[];
  /** In front of the row, two cells wide with its space. */
  readonly mark: (row: R) => Span | string;
  /** The row of the cursor. */
  readonly chosen: number;
  /** Id of the column the rows are ordered by. */
  readonly sortedBy: string | undefined;
}

/** Cells of the cursor and the mark in front of each row. */
const lead = 5;
const gap = 2;

/** The columns that are shown in so many cells, with the width of each. */
export function measured<R>(
  columns: readonly Column<R>[],
  cells: number,
): readonly (Column<R> & { readonly wide: number })[] {
  const shown = columns.filter(({ from = 0 }) => cells >= from);
  const fixed = shown.reduce((sum, each) => sum + (each.cells === 'rest' ? 0 : each.cells), 0);
  const elastic = shown.filter((each) => each.cells === 'rest').length;
  const left = Math.max(0, cells - lead - 1 - fixed - gap * (shown.length - 1));
  let given = 0;
  return shown.map((each) => {
    if (each.cells !== 'rest') return { ...each, wide: each.cells };
    given += 1;
    // What does not divide goes to the last one.
    const wide = given === elastic ? left - Math.floor(left / elastic) * (elastic - 1) : Math.floor(left / elastic);
    return { ...each, wide };
  });
}

/** The rows in the order of a column; equal ones stay as they stand. */
export function sorted<R>(rows: readonly R[], columns: readonly Column<R>[], by: string | undefined): readonly R[] {
  const order = columns.find(({ id }) => id === by)?.order;
  return order ? [...rows].sort(order) : rows;
}

/** The next column that rows can be ordered by; after the last one, the first again. */
export function nextOrder(columns: readonly Column<never>[], by: string | undefined): string | undefined {
  const able = columns.filter(({ order }) => order !== undefined).map(({ id }) => id);
  return able[(able.indexOf(by ?? '') + 1) % able.length];
}

/** The head and as many rows as fit into `height` lines, the cursor among them. */
export function drawTable<R>(table: Table<R>, cells: number, height: number): readonly Line[] {
  const { rows, chosen, sortedBy, mark } = table;
  const columns = measured(table.columns, cells);
  const place = Math.max(0, height - 1);
  const start = windowStart(chosen, rows.length, place);
  const head = columns.map(({ id, title, align, wide }) => {
    const text = fitted(id === sortedBy ? `${title}${glyphs.sorted}` : title, wide, align);
    return id === sortedBy ? accent(text) : dim(text);
  });
  return [
    [' '.repeat(lead), ...spaced(head)],
    ...rows.slice(start, start + place).map((row, at): Line => {
      const isChosen = start + at === chosen;
      const parts = columns.map(({ text, tone, wide, align }) => {
        const shown = fitted(text(row), wide, align);
        return (tone?.(row) ?? (isChosen ? strong : (plain: string) => plain))(shown);
      });
      return [isChosen ? accent(` ${glyphs.selected} `) : '   ', mark(row), ' ', ...spaced(parts)];
    }),
  ];
}

/** In exactly so many cells: cut, or filled up on the other side. */
function fitted(text: string, cells: number, align: 'right' | undefined): string {
  const safe = escapeControls(text.replace(/\s+/g, ' '));
  const cut = width(safe) > cells ? clip(safe, cells) : safe;
  return align === 'right' ? padStart(cut, cells) : padEnd(cut, cells);
}

const spaced = (parts: Line): Line => parts.flatMap((part, index) => (index === 0 ? [part] : [' '.repeat(gap), part]));

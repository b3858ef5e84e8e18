/** Where the panes are. Pure. */
import type { LogsState } from './state.ts';

export interface Place {
  /** Of the pane in the state. */
  readonly index: number;
  readonly column: number;
  readonly row: number;
  readonly columns: number;
  /** Its head, and what is below it. */
  readonly rows: number;
}

/** Less is no pane. */
const [leastColumns, leastRows] = [36, 4];
/** Two panes are above each other until both have room for whole lines. */
const wholeLine = 60;

/** Side by side and above each other, as many as there is room for; the one that is looked at is always there. */
export function placesOf(
  { panes, focus, isZoomed }: Pick<LogsState, 'panes' | 'focus' | 'isZoomed'>,
  columns: number,
  rows: number,
): readonly Place[] {
  if (isZoomed) return [{ index: focus, column: 0, row: 0, columns, rows }];
  const count = panes.length;
  const most = Math.max(1, Math.floor((columns + 1) / (leastColumns + 1)));
  const wished =
    count <= 1 ? 1 : count === 2 ? (columns >= 2 * wholeLine ? 2 : 1) : count > 4 && columns >= 150 ? 3 : 2;
  const across = Math.min(wished, most);
  const down = Math.min(Math.ceil(count / across), Math.max(1, Math.floor(rows / leastRows)));
  const shown = Math.min(count, across * down);
  const first = Math.max(0, Math.min(focus - shown + 1, count - shown));
  return Array.from({ length: shown }, (_, at): Place => {
    const line = Math.floor(at / across);
    // The last line may have fewer, which are wider.
    const inLine = Math.min(across, shown - line * across);
    const nth = at % across;
    const [left, right] = [edge(columns + 1, nth, inLine), edge(columns + 1, nth + 1, inLine)];
    const [top, bottom] = [edge(rows, line, down), edge(rows, line + 1, down)];
    return { index: first + at, column: left, row: top, columns: right - left - 1, rows: bottom - top };
  });
}

const edge = (length: number, nth: number, of: number): number => Math.round((length * nth) / of);

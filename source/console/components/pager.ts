/** Reading a text that is longer than its place. */
import { dim, type Line } from '../draw/line.ts';

export interface Pager {
  /** The first line that is shown. */
  readonly top: number;
}

export const topOfText: Pager = { top: 0 };

/** @returns undefined for a press that does not move. */
export function scroll({ top }: Pager, press: string, count: number, rows: number): Pager | undefined {
  const last = Math.max(0, count - rows);
  const to = (target: number): Pager => ({ top: Math.max(0, Math.min(last, target)) });
  switch (press) {
    case 'up':
    case 'k':
      return to(top - 1);
    case 'down':
    case 'j':
      return to(top + 1);
    case 'pageup':
    case 'b':
      return to(top - rows + 1);
    case 'pagedown':
    case ' ':
      return to(top + rows - 1);
    case 'home':
      return to(0);
    case 'end':
      return to(last);
    default:
      return undefined;
  }
}

/** What is seen of the lines; a text that became shorter is shown from where it still is. */
export const page = (lines: readonly Line[], { top }: Pager, rows: number): readonly Line[] =>
  lines.slice(Math.min(top, Math.max(0, lines.length - rows))).slice(0, rows);

/** The same, for a text that nobody should take for whole when it is not: its last row tells how much more there is. */
export function pageWithRest(lines: readonly Line[], pager: Pager, rows: number): readonly Line[] {
  if (lines.length <= rows) return lines;
  const shown = page(lines, pager, rows - 1);
  const below = Math.max(0, lines.length - pager.top - shown.length);
  return [...shown, [dim(below > 0 ? ` ↓ ${below}` : ` ↑ ${lines.length - shown.length}`)]];
}

/** @returns undefined for a press that does not move */
export const scrollWithRest = (pager: Pager, press: string, count: number, rows: number): Pager | undefined =>
  scroll(pager, press, count, count <= rows ? rows : rows - 1);

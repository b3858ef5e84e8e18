/** A cursor in a list that may be longer than its place, and what part of it is seen. */

export interface ListCursor {
  readonly index: number;
}

/** Moves within `count` entries. @returns undefined for a press that does not move. */
export function moveCursor({ index }: ListCursor, press: string, count: number, page = 10): ListCursor | undefined {
  const to = (target: number): ListCursor => ({ index: Math.max(0, Math.min(count - 1, target)) });
  switch (press) {
    case 'up':
    case 'k':
      return to(index - 1);
    case 'down':
    case 'j':
      return to(index + 1);
    case 'pageup':
      return to(index - page);
    case 'pagedown':
      return to(index + page);
    case 'home':
      return to(0);
    case 'end':
      return to(count - 1);
    default:
      return undefined;
  }
}

/** The first entry to show so that the cursor is seen, with as much as possible around it. */
export function windowStart(index: number, count: number, rows: number): number {
  return Math.max(0, Math.min(index - Math.floor(rows / 2), count - rows));
}

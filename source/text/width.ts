/** How wide text stands in a terminal, in cells. */
import stringWidth from 'fast-string-width';

/** Cells of one line: Chinese and emoji take two, combining marks none, escape sequences none. */
export const width = (text: string): number => stringWidth(text);

export function padEnd(text: string, cells: number): string {
  return text + ' '.repeat(Math.max(0, cells - width(text)));
}

export function padStart(text: string, cells: number): string {
  return ' '.repeat(Math.max(0, cells - width(text))) + text;
}

/** What a screen is made of before anybody draws it: lines of spans with a meaning, not a colour. Pure. */
import { clip } from '../../text/clip.ts';
import { escapeControls } from '../../text/escape.ts';
import { width } from '../../text/width.ts';

/** What a text means; the theme says how that looks. Colour never stands alone: a glyph or a word says the same. */
export type Tone = 'dim' | 'strong' | 'accent' | 'good' | 'warn' | 'bad' | 'inverse';

export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

/** A plain string is a span without a tone. */
export type Line = readonly (string | Span)[];

/** Lines, and where the terminal's cursor stands in them (for text fields and input methods). */
export interface Picture {
  readonly lines: readonly Line[];
  readonly cursor?: { readonly column: number; readonly row: number };
}

const toned =
  (tone: Tone) =>
  (text: string): Span => ({ text, tone });
export const dim = toned('dim');
export const strong = toned('strong');
export const accent = toned('accent');
export const good = toned('good');
export const warn = toned('warn');
export const bad = toned('bad');
export const inverse = toned('inverse');

export const textOf = (part: string | Span): string => (typeof part === 'string' ? part : part.text);
const withText = (part: string | Span, text: string): string | Span =>
  typeof part === 'string' ? text : { ...part, text };

export const cellsOf = (line: Line): number => line.reduce((sum, part) => sum + width(textOf(part)), 0);

/** The line in at most `cells` cells. */
export function clipLine(line: Line, cells: number): Line {
  if (cellsOf(line) <= cells) return line;
  const kept: (string | Span)[] = [];
  let left = cells;
  for (const part of line) {
    const text = textOf(part);
    const wide = width(text);
    // One cell stays for the mark that says that something follows.
    if (wide < left) {
      kept.push(part);
      left -= wide;
      continue;
    }
    kept.push(withText(part, clip(`${text} `, left)));
    break;
  }
  return kept;
}

/** A piece of the line, by its characters. */
export function sliceLine(line: Line, from: number, to: number): Line {
  let at = 0;
  return line.flatMap((part) => {
    const text = textOf(part);
    const piece = text.slice(Math.max(0, from - at), Math.max(0, to - at));
    at += text.length;
    return piece === '' ? [] : [withText(part, piece)];
  });
}

/** With whatever would act on a terminal made visible, so that its width is what will be seen. */
export const readable = (line: Line): Line => line.map((part) => withText(part, escapeControls(textOf(part))));

/** The line in exactly `cells` cells. */
export function fill(line: Line, cells: number): Line {
  const clipped = clipLine(line, cells);
  const left = cells - cellsOf(clipped);
  return left > 0 ? [...clipped, ' '.repeat(left)] : clipped;
}

/** `left` at the left edge and `right` at the right one; where both do not fit, the left one is cut. */
export function spread(left: Line, right: Line, cells: number): Line {
  const wide = cellsOf(right);
  return wide === 0
    ? clipLine(left, cells)
    : [...fill(left, Math.max(0, cells - wide - 1)), ' ', ...clipLine(right, cells)];
}

export const indent = (by: number, line: Line): Line => [' '.repeat(by), ...line];

/** One line of text being typed. The cursor counts characters as people see them, not code units. */
import { clip, graphemes, head } from '../../text/clip.ts';
import { width } from '../../text/width.ts';
import { glyphs } from '../draw/glyphs.ts';
import { dim, inverse, type Line } from '../draw/line.ts';
import { isText } from '../keys/press.ts';

export interface TextField {
  readonly text: string;
  /** Characters in front of it. */
  readonly cursor: number;
  /** Whether all of it is selected: what is typed takes its place. */
  readonly isSelected?: boolean;
}

/** More is cut off: nothing that is asked for is longer, and drawing it would take its time. */
const longest = 4096;

export const fieldOf = (text: string): TextField => ({ text, cursor: graphemes(text).length });
export const selectedField = (text: string): TextField => ({ ...fieldOf(text), isSelected: true });

const erasing: ReadonlySet<string> = new Set(['backspace', 'ctrl-h', 'delete', 'ctrl-d']);

/** Keys of line editors (readline's). @returns undefined for a press that is none of them. */
export function edit(shown: TextField, press: string): TextField | undefined {
  const { text, cursor } = shown.isSelected && erasing.has(press) ? fieldOf('') : shown;
  const field: TextField = { text, cursor };
  const before = graphemes(field.text).slice(0, field.cursor);
  const after = graphemes(field.text).slice(field.cursor);
  const at = (cursor: number): TextField => ({ ...field, cursor });
  const end = before.length + after.length;
  switch (press) {
    case 'left':
    case 'ctrl-b':
      return at(Math.max(0, field.cursor - 1));
    case 'right':
    case 'ctrl-f':
      return at(Math.min(end, field.cursor + 1));
    case 'home':
    case 'ctrl-a':
      return at(0);
    case 'end':
    case 'ctrl-e':
      return at(end);
    case 'ctrl-left':
    case 'alt-left':
    case 'alt-b':
      return at(wordStart(before));
    case 'ctrl-right':
    case 'alt-right':
    case 'alt-f':
      return at(end - wordStart(after.toReversed()));
    case 'backspace':
    case 'ctrl-h':
      return joined(before.slice(0, -1), after);
    case 'delete':
    case 'ctrl-d':
      return joined(before, after.slice(1));
    case 'ctrl-w':
    case 'alt-backspace':
    case 'ctrl-backspace':
      return joined(before.slice(0, wordStart(before)), after);
    case 'ctrl-u':
      return joined([], after);
    case 'ctrl-k':
      return joined(before, []);
    default:
      return isText(press) ? insert(shown, press) : undefined;
  }
}

/** What was typed or pasted, at the cursor: as one line, without what acts on a terminal. */
export function insert(shown: TextField, pasted: string): TextField {
  const field = shown.isSelected ? fieldOf('') : shown;
  const clean = pasted.replace(/[\r\n\t]+/g, ' ').replace(/[\u0000-\u001f\u007f-\u009f]/g, '');
  const all = graphemes(field.text);
  const room = Math.max(0, longest - all.length);
  const added = graphemes(clean).slice(0, room);
  return joined([...all.slice(0, field.cursor), ...added], all.slice(field.cursor));
}

const joined = (before: readonly string[], after: readonly string[]): TextField => ({
  text: [...before, ...after].join(''),
  // Characters may melt into one where they meet: an accent and its letter.
  cursor: graphemes(before.join('')).length,
});

/** Where the last word of these characters begins. */
function wordStart(characters: readonly string[]): number {
  const isPartOfWord = (at: number) => /[\p{L}\p{N}]/u.test(characters[at] ?? '');
  let at = characters.length;
  while (at > 0 && !isPartOfWord(at - 1)) at -= 1;
  while (at > 0 && isPartOfWord(at - 1)) at -= 1;
  return at;
}

export interface DrawnField {
  readonly line: Line;
  /** Cells in front of the cursor. */
  readonly column: number;
}

/** The field in `cells` cells, scrolled so that the cursor is in it. */
export function drawField(
  { text, cursor, isSelected }: TextField,
  cells: number,
  { isMasked = false, placeholder = '' }: { readonly isMasked?: boolean; readonly placeholder?: string } = {},
): DrawnField {
  if (text === '') return { line: [dim(clip(placeholder, cells))], column: 0 };
  const shown = graphemes(text).map((each) => (isMasked ? glyphs.mask : each));
  // From the cursor back, as far as there is room; one cell stays free for a cursor behind the last character.
  let start = cursor;
  let column = 0;
  while (start > 0 && column + width(shown[start - 1] ?? '') <= cells - 1) {
    start -= 1;
    column += width(shown[start] ?? '');
  }
  const seen = head(shown.slice(start, start + cells).join(''), cells);
  return { line: [isSelected ? inverse(seen) : seen], column };
}

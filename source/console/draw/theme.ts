/** How lines look on a terminal: 16 colours that every one has, none with NO_COLOR, ASCII where that is asked for. */
import { escapeControls } from '../../text/escape.ts';
import { toAscii } from './glyphs.ts';
import { clipLine, type Line, type Span, type Tone, textOf } from './line.ts';

/** How to begin and to end each tone (SGR). */
const codes: Readonly<Record<Tone, readonly [on: string, off: string]>> = {
  dim: ['2', '22'],
  strong: ['1', '22'],
  accent: ['36', '39'],
  good: ['32', '39'],
  warn: ['33', '39'],
  bad: ['31', '39'],
  inverse: ['7', '27'],
};

export interface Theme {
  /** The line as the terminal gets it, in at most `cells` cells. Nothing in it can act on the terminal but its colours. */
  paint(line: Line, cells: number): string;
}

export function themeOf({ ascii, color }: { readonly ascii: boolean; readonly color: boolean }): Theme {
  const shown = (text: string) => (ascii ? toAscii(text) : text);
  const painted = (part: string | Span): string => {
    const text = shown(textOf(part));
    if (typeof part === 'string' || !color) return text;
    const [on, off] = codes[part.tone];
    return `\x1b[${on}m${text}\x1b[${off}m`;
  };
  return { paint: (line, cells) => clipLine(line.map(safe), cells).map(painted).join('') };
}

const safe = (part: string | Span): string | Span =>
  typeof part === 'string' ? escapeControls(part) : { ...part, text: escapeControls(part.text) };

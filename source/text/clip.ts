/** Cutting text to a terminal's cells, never through a character as people see it. */
import { width } from './width.ts';

const printableAscii = /^[\x20-\x7e]*$/;
let segmenter: Intl.Segmenter | undefined;

/** Characters as people see them: an emoji of several code points is one, a letter and its accents too. */
export function graphemes(text: string): readonly string[] {
  if (printableAscii.test(text)) return text.split('');
  return Array.from(segmentsOf(text), ({ segment }) => segment);
}

function segmentsOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return segmenter.segment(text);
}

/** As much of a text as has so many UTF-16 units: what is far too long is not measured. No character of two is cut. */
export const beginning = (text: string, units: number): string =>
  text.length <= units ? text : text.slice(0, units).replace(/[\ud800-\udbff]$/, '');

/** As much of the text as fits into `cells`; when something is cut off, `mark` stands at its end. */
export function clip(text: string, cells: number, mark = '…'): string {
  if (width(text) <= cells) return text;
  const room = cells - width(mark);
  return room < 0 ? '' : head(text, room) + mark;
}

/** The longest beginning of the text that fits into `cells`. */
export function head(text: string, cells: number): string {
  if (printableAscii.test(text)) return text.slice(0, Math.max(0, cells));
  let [used, end] = [0, 0];
  for (const { segment } of segmentsOf(text)) {
    used += width(segment);
    if (used > cells) break;
    end += segment.length;
  }
  return text.slice(0, end);
}

/**
 * Lines of at most `cells` cells, broken at spaces, and between Chinese characters; words that are longer are cut.
 * A text without anything is one empty line.
 */
export function wrap(text: string, cells: number): readonly string[] {
  return text.split('\n').flatMap((paragraph) => wrapParagraph(paragraph, Math.max(1, cells)));
}

/** What must not begin a line in Chinese text. */
const closing = /^[，。、；：？！）》」』】…”’]/u;

function wrapParagraph(paragraph: string, cells: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of wordsOf(paragraph)) {
    if (width((line + word).trimEnd()) <= cells) {
      line += word;
      continue;
    }
    if (line !== '') lines.push(line.trimEnd());
    line = word.trimStart();
    for (let start = head(line, cells); start !== line && width(line.trimEnd()) > cells; start = head(line, cells)) {
      // Narrower than one character: better too wide than for ever.
      const cut = start || (graphemes(line)[0] ?? line);
      lines.push(cut);
      line = line.slice(cut.length);
    }
  }
  return [...lines, line.trimEnd()];
}

/** What may stand at a line's beginning, in order: words with the space behind them, wide characters one by one. */
function wordsOf(text: string): readonly string[] {
  const words = text.match(
    /[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uff60]|[^\s\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uff60]+\s*|\s+/gu,
  );
  const joined: string[] = [];
  for (const word of words ?? []) {
    if (closing.test(word) && joined.length > 0) joined[joined.length - 1] += word;
    else joined.push(word);
  }
  return joined;
}

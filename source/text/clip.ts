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
  if (fits(text, cells)) return text;
  const room = cells - width(mark);
  return room < 0 ? '' : head(text, room) + mark;
}

/** The longest beginning of the text that fits into `cells`. Of a long text no more is looked at. */
export function head(text: string, cells: number): string {
  // One more: it may be an accent of the last one.
  if (printableAscii.test(text.slice(0, Math.max(0, cells) + 1))) return text.slice(0, Math.max(0, cells));
  for (let units = long * Math.max(1, cells); ; units *= 2) {
    const part = text.slice(0, units);
    let used = 0;
    for (const { segment, index } of segmentsOf(part)) {
      used += width(segment);
      if (used > cells) return text.slice(0, index);
    }
    if (part.length === text.length) return text;
  }
}

/** Texts that are longer, in units for each cell, are looked at from their beginning. */
const long = 4;

const fits = (text: string, cells: number): boolean =>
  text.length <= long * cells ? width(text) <= cells : head(text, cells).length === text.length;

/**
 * Lines of at most `cells` cells, broken at spaces, and between Chinese characters; words that are longer are cut.
 * A text without anything is one empty line.
 */
export function wrap(text: string, cells: number): readonly string[] {
  return text.split('\n').flatMap((paragraph) => wrapParagraph(paragraph, Math.max(1, cells)));
}

/** What must not begin a line in Chinese text. */
const closing = /^[，。、；：？！）》」』】…”’]/u;
/** What must not end one. */
const opening = /[（《「『【]$/u;

function wrapParagraph(paragraph: string, cells: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of wordsOf(paragraph)) {
    if (fits((line + word).trimEnd(), cells)) {
      line += word;
      continue;
    }
    if (line !== '') lines.push(line.trimEnd());
    line = word.trimStart();
    for (let start = head(line, cells); start !== line && !fits(line.trimEnd(), cells); start = head(line, cells)) {
      // Narrower than one character: better too wide than for ever.
      const cut = start || (graphemes(line)[0] ?? line);
      lines.push(cut);
      line = line.slice(cut.length);
    }
  }
  return line === '' && lines.length > 0 ? lines : [...lines, line.trimEnd()];
}

/** What may stand at a line's beginning, in order: words with the space behind them, wide characters one by one. */
function wordsOf(text: string): readonly string[] {
  const words = text.match(
    /[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uff60]|[^\s\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uff60]+\s*|\s+/gu,
  );
  const joined: string[] = [];
  for (const word of words ?? []) {
    const before = joined.at(-1) ?? '';
    if (before !== '' && (closing.test(word) || opening.test(before))) joined[joined.length - 1] = before + word;
    else joined.push(word);
  }
  return joined;
}

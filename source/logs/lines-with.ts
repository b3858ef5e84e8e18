/** Lines that have a text, whatever the case of its letters, found in their bytes: none is read that does not have it. */
import { textAt } from './stamp.ts';

/** Lines as they were read, with their times. */
export interface Lines {
  readonly bytes: Buffer;
  /** Bytes that lines stand in. */
  readonly length: number;
  /** Where each line begins. */
  readonly starts: readonly number[];
}

/** Indexes of those from `low` to `high` that have it behind their times. @param needle in lower case */
export function linesWith(needle: string, lines: Lines, low: number, high: number): readonly number[] {
  const [from, to] = [startOf(lines, low), startOf(lines, high)];
  if (needle === '') return [];
  if (isAscii(needle)) return asciiLines(needle, lines, low, high);
  // Where it is nowhere, no line needs to be looked at.
  if (!lines.bytes.toString('utf8', from, to).toLowerCase().includes(needle)) return [];
  return Array.from({ length: high - low }, (_, nth) => low + nth).filter((index) => {
    const [start, end] = [startOf(lines, index), startOf(lines, index + 1)];
    return lines.bytes.toString('utf8', textAt(lines.bytes, start), end).toLowerCase().includes(needle);
  });
}

/** One character a byte: that is what makes it fast. */
function asciiLines(needle: string, lines: Lines, low: number, high: number): readonly number[] {
  const base = startOf(lines, low);
  const text = lines.bytes.toString('latin1', base, startOf(lines, high)).toLowerCase();
  const found: number[] = [];
  for (let index = low, at = text.indexOf(needle); at >= 0; ) {
    while (index + 1 < high && startOf(lines, index + 1) <= base + at) index += 1;
    const own = textAt(lines.bytes, startOf(lines, index)) - base;
    if (at >= own) found.push(index);
    at = text.indexOf(needle, at < own ? own : startOf(lines, index + 1) - base);
  }
  return found;
}

const startOf = ({ starts, length }: Lines, index: number): number => starts[index] ?? length;

const isAscii = (text: string): boolean => /^[\x00-\x7f]*$/.test(text);

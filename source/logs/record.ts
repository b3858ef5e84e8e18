/**
 * What has been read of a component, kept as bytes: a line is read as text when somebody looks at it. Lines keep their
 * numbers when older ones go.
 */
import { componentOf } from '../stack/components.ts';
import type { ComponentId } from '../stack/types.ts';
import { type Block, emptyBlock } from './block.ts';
import { Continuations } from './continuation.ts';
import { isAtLeast } from './fits.ts';
import { type Level, levels, type Parsed, parseLine } from './formats.ts';
import { linesWith } from './lines-with.ts';
import { textAt, timeAt } from './stamp.ts';
import type { LogLine, Marker, Run } from './types.ts';

const newline = 10;
/** Of a line that is too long to be read as a whole. */
const endingBytes = 8 * 1024;
/** What is known of a line beside its own bytes. */
const bytesBeside = 32;

export class ComponentLog {
  readonly component: ComponentId;
  readonly #blocks: Block[] = [];
  /** Of each run that has lines here: the last one that continues none. */
  readonly #heads = new Map<Run, number>();
  /** Of lines that were continued and have gone: the first that is left of those that continued them, and stands for them. */
  readonly #heirs = new Map<number, number>();
  readonly #continuations = new Continuations();
  /** Number of the next line. */
  #next = 0;
  #bytes = 0;

  constructor(component: ComponentId) {
    this.component = component;
  }

  /** Number of the oldest line that is kept. */
  get first(): number {
    return this.#blocks[0]?.first ?? this.#next;
  }

  /** Number behind the newest line. */
  get end(): number {
    return this.#next;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Those that have lines here. */
  get runs(): readonly Run[] {
    return [...this.#heads.keys()];
  }

  /** @param lines whole ones */
  add(run: Run, lines: Buffer): void {
    for (let from = 0; from < lines.length; ) {
      // A line is never split: what does not fit into the rest of a block opens the next one.
      const block = this.#open(endOf(lines, from) - from);
      const base = block.length;
      const room = block.bytes.length - base;
      let until = from;
      for (let end = endOf(lines, from); end - from <= room && until < lines.length; end = endOf(lines, until)) {
        block.starts.push(base + until - from);
        this.#push(
          block,
          run,
          this.#continuations.continues(run, lines, until, end) ? this.#continued(run) : undefined,
          0,
        );
        until = end;
      }
      lines.copy(block.bytes, base, from, until);
      block.length = base + until - from;
      from = until;
    }
  }

  mark(run: Run, marker: Marker): void {
    const block = this.#open(0);
    block.markers.set(block.starts.length, marker);
    block.starts.push(block.length);
    this.#push(block, run, undefined, 1);
  }

  /** @returns bytes that are free now */
  dropOldest(): number {
    const block = this.#blocks.shift();
    if (!block) return 0;
    this.#bequeath(block);
    const bytes = block.bytes.length + block.starts.length * bytesBeside;
    this.#bytes -= bytes;
    return bytes;
  }

  /** Of lines that belong together and whose head goes with the block, the first that is left stands for them. */
  #bequeath({ first, kin }: Block): void {
    const left = new Map<number, number>();
    for (const [index, own] of kin.entries()) {
      if (own > 0) left.set(first + index, own);
      if (own >= 0) continue;
      const head = this.#headFrom(first + index, own);
      left.set(head, (left.get(head) as number) - 1);
    }
    for (const [head, count] of left) if (count === 0) left.delete(head);
    for (let number = this.first; left.size > 0; number += 1) {
      const head = this.headOf(number);
      const count = left.get(head);
      if (count === undefined) continue;
      const block = this.#blockOf(number) as Block;
      block.kin[number - block.first] = count - 1;
      this.#heirs.set(head, number);
      left.delete(head);
    }
    this.#forgetNumbers();
  }

  /** Of lines that are kept no more, all but who stands for them. */
  #forgetNumbers(): void {
    const { first } = this;
    for (const [gone, known] of this.#heirs) {
      const heir = this.#heirs.get(known) ?? known;
      if (heir < first) this.#heirs.delete(gone);
      else this.#heirs.set(gone, heir);
    }
    for (const [run, known] of this.#heads) {
      const head = this.#heirs.get(known) ?? known;
      if (head < first) this.#heads.delete(run);
      else this.#heads.set(run, head);
    }
  }

  /** The line of the run that the next one continues where it looks like that; nothing continues a mark. */
  #continued(run: Run): number | undefined {
    const head = this.#heads.get(run);
    const block = head === undefined ? undefined : this.#blockOf(head);
    return block?.markers.has((head as number) - block.first) ? undefined : head;
  }

  /** @param head the line that it continues */
  #push(block: Block, run: Run, head: number | undefined, level: number): void {
    const number = this.#next;
    this.#next += 1;
    this.#bytes += bytesBeside;
    block.runs.push(run);
    block.levels.push(level);
    block.kin.push(head === undefined ? 0 : head - number);
    if (head === undefined) {
      this.#heads.set(run, number);
      return;
    }
    const { kin, first } = this.#blockOf(head) as Block;
    kin[head - first] = (kin[head - first] as number) + 1;
  }

  /** Undefined for a number that is not kept. @param most bytes of its text */
  line(number: number, most = Number.POSITIVE_INFINITY): LogLine | undefined {
    const block = this.#blockOf(number);
    if (!block) return undefined;
    const index = number - block.first;
    const run = block.runs[index] as Run;
    const marker = block.markers.get(index);
    const from = block.starts[index] as number;
    if (marker) return { number, run, ms: Number.NaN, stamp: '', text: '', marker };
    const text = textAt(block.bytes, from);
    const end = Math.min(this.#endOf(block, index), text + most);
    return {
      number,
      run,
      ms: timeAt(block.bytes, from),
      stamp: block.bytes.toString('latin1', from, Math.max(from, text - 1)),
      text: block.bytes.toString('utf8', text, end),
      marker: undefined,
    };
  }

  /** The last bytes of a line that has more than so many as text; undefined where all of it has been read. */
  endingOf(number: number, most: number): string | undefined {
    const block = this.#blockOf(number);
    if (!block) return undefined;
    const index = number - block.first;
    const end = this.#endOf(block, index);
    if (end - textAt(block.bytes, block.starts[index] as number) <= most) return undefined;
    return block.bytes.toString('utf8', end - Math.min(most, endingBytes), end);
  }

  /** As its component's format has it. @param ending of a line that has not been read as a whole */
  parsed({ text }: LogLine, ending?: string): Parsed {
    return parseLine(text, componentOf(this.component).log, ending);
  }

  /** Undefined for a number that is not kept. */
  runOf(number: number): Run | undefined {
    const block = this.#blockOf(number);
    return block?.runs[number - block.first];
  }

  /** The line that this one continues, as the rest of a traceback does, or itself. */
  headOf(number: number): number {
    return this.#headFrom(number, this.#kinOf(number));
  }

  /** How many lines belong to this one. */
  continuedBy(number: number): number {
    return Math.max(0, this.#kinOf(number));
  }

  /** Lines that belong to this one, so many at most. */
  continuation(number: number, most = Number.POSITIVE_INFINITY): readonly LogLine[] {
    return [...this.continuing(number).take(most)];
  }

  /** The same, one after the other, for whoever has to stop in between: what is kept no more by then is left out. */
  *continuing(number: number): Generator<LogLine, void> {
    const run = this.runOf(number);
    for (let next = number + 1, left = this.continuedBy(number); left > 0 && next < this.end; next += 1) {
      if (this.runOf(next) !== run) continue;
      // Whatever was in between has gone: this one stands for them.
      if (this.#kinOf(next) >= 0) return;
      yield this.line(next) as LogLine;
      left -= 1;
    }
  }

  /** The last line of a run that has ended, the mark of its end where it wrote none; undefined while it goes on. */
  lastOf(run: Run): number | undefined {
    const end = this.#heads.get(run);
    if (end === undefined || this.line(end)?.marker?.type !== 'ended') return undefined;
    for (let number = end - 1; number >= this.first; number -= 1)
      if (this.runOf(number) === run && !this.line(number, 0)?.marker) return this.headOf(number);
    return end;
  }

  /** What is left of a line that is kept no more: the first of those that belonged to it. */
  heirOf(number: number): number | undefined {
    return this.#heirs.get(number);
  }

  #kinOf(number: number): number {
    const block = this.#blockOf(number);
    return block?.kin[number - block.first] ?? 0;
  }

  #headFrom(number: number, kin: number): number {
    return kin < 0 ? (this.#heirs.get(number + kin) ?? number + kin) : number;
  }

  /** Numbers of the lines that are kept together with this one, from the first to behind the last: a piece to be looked through. */
  pieceOf(number: number): readonly [from: number, to: number] {
    const { first, starts } = this.#blockOf(number) as Block;
    return [first, first + starts.length];
  }

  /** Numbers of the lines from `from` to `to` that have the text. @param needle in lower case */
  find(needle: string, from: number, to: number): readonly number[] {
    const found: number[] = [];
    for (let next = Math.max(from, this.first); next < Math.min(to, this.end); ) {
      const block = this.#blockOf(next) as Block;
      const high = Math.min(block.starts.length, to - block.first);
      for (const index of linesWith(needle, block, next - block.first, high)) found.push(block.first + index);
      next = block.first + high;
    }
    return found;
  }

  /** Numbers of the lines from `from` to `to` that are at least so grave. */
  findGrave(least: Level, from: number, to: number): readonly number[] {
    const found: number[] = [];
    for (let next = Math.max(from, this.first); next < to; next += 1)
      if (isAtLeast(this.level(next), least)) found.push(next);
    return found;
  }

  level(number: number): Level | undefined {
    const block = this.#blockOf(number);
    if (!block) return undefined;
    const index = number - block.first;
    if (block.levels[index] === 0) {
      const line = this.line(number);
      const level = line && parseLine(line.text, componentOf(this.component).log).level;
      block.levels[index] = level === undefined ? 1 : 2 + levels.indexOf(level);
    }
    return levels[(block.levels[index] as number) - 2];
  }

  /** The first line that is not earlier. */
  numberAt(ms: number): number {
    let [low, high] = [this.first, this.end];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.timeOf(middle) < ms) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Milliseconds since 1970; of a mark, those of the next line; behind the last line, Infinity. */
  timeOf(number: number): number {
    for (let next = number; next < this.end; next += 1) {
      const block = this.#blockOf(next) as Block;
      const ms = block.markers.has(next - block.first)
        ? Number.NaN
        : timeAt(block.bytes, block.starts[next - block.first] as number);
      if (!Number.isNaN(ms)) return ms;
    }
    return Number.POSITIVE_INFINITY;
  }

  #blockOf(number: number): Block | undefined {
    const blocks = this.#blocks;
    const last = blocks.at(-1);
    if (!last || number >= this.#next || number < this.first) return undefined;
    if (number >= last.first) return last;
    let [low, high] = [0, blocks.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((blocks[middle] as Block).first <= number) low = middle;
      else high = middle - 1;
    }
    return blocks[low];
  }

  #endOf(block: Block, index: number): number {
    const next = block.starts[index + 1] ?? block.length;
    return block.bytes[next - 1] === newline ? next - 1 : next;
  }

  /** A block with room for so many bytes. */
  #open(bytes: number): Block {
    const last = this.#blocks.at(-1);
    if (last && last.bytes.length - last.length >= bytes) return last;
    const block = emptyBlock(this.#next, bytes);
    this.#blocks.push(block);
    this.#bytes += block.bytes.length;
    return block;
  }
}

/** Where the line ends that begins there. */
const endOf = (lines: Buffer, from: number): number => lines.indexOf(newline, from) + 1 || lines.length;

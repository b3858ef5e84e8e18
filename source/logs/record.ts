/**
 * What has been read, kept as bytes within one budget: a line is read as text when somebody looks at it. Lines keep their
 * numbers when older ones go.
 */
import { componentOf } from '../stack/components.ts';
import type { ComponentId } from '../stack/types.ts';
import { type Level, levels, type Parsed, parseLine } from './formats.ts';
import { textAt, timeAt } from './stamp.ts';
import type { Marker, Run } from './types.ts';

const newline = 10;
/** Bytes of lines that are kept and let go together. */
const blockBytes = 64 * 1024;
/** What is known of a line beside its own bytes. */
const bytesBeside = 32;
/** As much of a line as tells whether it belongs to the one before. */
const longestHead = 200;

/** One line, or a mark between lines. */
export interface LogLine {
  /** Its number; later lines have larger ones. */
  readonly number: number;
  readonly run: Run;
  /** Milliseconds since 1970; NaN where it has no time. */
  readonly ms: number;
  /** As Kubernetes wrote it. */
  readonly stamp: string;
  /** Untrusted. */
  readonly text: string;
  readonly marker: Marker | undefined;
}

interface Block {
  readonly first: number;
  bytes: Buffer;
  length: number;
  readonly starts: number[];
  readonly runs: Run[];
  /** Whether each line continues the one before of its run. */
  readonly continues: boolean[];
  /** Of each line: 0 not looked at, 1 none, then the levels. */
  readonly levels: number[];
  readonly markers: Map<number, Marker>;
}

export class LogRecord {
  readonly #logs = new Map<ComponentId, ComponentLog>();
  readonly #budgetBytes: number;

  constructor(budgetBytes: number) {
    this.#budgetBytes = budgetBytes;
  }

  of(component: ComponentId): ComponentLog {
    const known = this.#logs.get(component);
    if (known) return known;
    const made = new ComponentLog(component);
    this.#logs.set(component, made);
    return made;
  }

  /** Lets a component's lines go. */
  forget(component: ComponentId): void {
    this.#logs.delete(component);
  }

  get bytes(): number {
    return [...this.#logs.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /**
   * Keeps the budget: whoever has the most loses its oldest, so that one that talks much cannot push out what another has
   * said once (Tilt's rule).
   */
  shrink(): void {
    for (let over = this.bytes - this.#budgetBytes; over > 0; ) {
      const [heaviest] = [...this.#logs.values()].sort((one, other) => other.bytes - one.bytes);
      const freed = heaviest?.dropOldest() ?? 0;
      if (freed === 0) return;
      over -= freed;
    }
  }
}

export class ComponentLog {
  readonly component: ComponentId;
  readonly #blocks: Block[] = [];
  /** Of each run: whether a traceback is being told, whose last line is not indented. */
  readonly #tracing = new Set<Run>();
  /** Number of the next line. */
  #next = 0;
  #bytes = 0;
  /** The line that was read last. */
  #read: { readonly number: number; readonly parsed: Parsed } | undefined;

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
        this.#push(block, run, this.#continues(run, lines, until, end), 0);
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
    this.#push(block, run, false, 1);
  }

  /** @returns bytes that are free now */
  dropOldest(): number {
    const block = this.#blocks.shift();
    if (!block) return 0;
    const bytes = block.bytes.length + block.starts.length * bytesBeside;
    this.#bytes -= bytes;
    return bytes;
  }

  #push(block: Block, run: Run, continues: boolean, level: number): void {
    block.runs.push(run);
    block.continues.push(continues);
    block.levels.push(level);
    this.#next += 1;
    this.#bytes += bytesBeside;
  }

  /** Undefined for a number that is not kept. */
  line(number: number): LogLine | undefined {
    const block = this.#blockOf(number);
    if (!block) return undefined;
    const index = number - block.first;
    const run = block.runs[index] as Run;
    const marker = block.markers.get(index);
    const from = block.starts[index] as number;
    if (marker) return { number, run, ms: Number.NaN, stamp: '', text: '', marker };
    const end = this.#endOf(block, index);
    const text = textAt(block.bytes, from);
    return {
      number,
      run,
      ms: timeAt(block.bytes, from),
      stamp: block.bytes.toString('latin1', from, Math.max(from, text - 1)),
      text: block.bytes.toString('utf8', text, end),
      marker: undefined,
    };
  }

  /** As its component's format has it. */
  parsed(line: LogLine): Parsed {
    if (this.#read?.number !== line.number)
      this.#read = { number: line.number, parsed: parseLine(line.text, componentOf(this.component).log) };
    return this.#read.parsed;
  }

  /** Whether it belongs to a line before it: the rest of a traceback. */
  isContinued(number: number): boolean {
    const block = this.#blockOf(number);
    return block?.continues[number - block.first] ?? false;
  }

  /** The line that this one continues, or itself. */
  headOf(number: number): number {
    if (!this.isContinued(number)) return number;
    const run = this.#runOf(number);
    for (let before = number - 1; before >= this.first; before -= 1)
      if (this.#runOf(before) === run && !this.isContinued(before)) return before;
    return number;
  }

  /**
   * Numbers of the lines from `from` to `to` that have the text.
   * @param needle as `needleOf` makes it
   */
  find(needle: string, from: number, to: number): readonly number[] {
    const found: number[] = [];
    if (needle === '') return found;
    for (let block = this.#blockOf(Math.max(from, this.first)); block && block.first < to; ) {
      const [low, high] = [Math.max(0, from - block.first), Math.min(block.starts.length, to - block.first)];
      const base = block.starts[low] ?? block.length;
      const text = block.bytes.toString('latin1', base, block.starts[high] ?? block.length).toLowerCase();
      let index = low;
      for (let at = text.indexOf(needle); at >= 0; ) {
        while (index + 1 < high && (block.starts[index + 1] as number) <= base + at) index += 1;
        found.push(block.first + index);
        const next = block.starts[index + 1];
        at = next === undefined ? -1 : text.indexOf(needle, next - base);
      }
      block = this.#blockOf(block.first + block.starts.length);
    }
    return found;
  }

  #runOf(number: number): Run | undefined {
    const block = this.#blockOf(number);
    return block?.runs[number - block.first];
  }

  /** Lines that belong to this one. */
  continuation(number: number): readonly LogLine[] {
    const run = this.#runOf(number);
    const lines: LogLine[] = [];
    for (let next = number + 1; next < this.end; next += 1) {
      if (this.#runOf(next) !== run) continue;
      const line = this.isContinued(next) ? this.line(next) : undefined;
      if (!line) break;
      lines.push(line);
    }
    return lines;
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
    const size = Math.max(blockBytes, bytes);
    const block: Block = {
      first: this.#next,
      bytes: Buffer.allocUnsafe(size),
      length: 0,
      starts: [],
      runs: [],
      continues: [],
      levels: [],
      markers: new Map(),
    };
    this.#blocks.push(block);
    this.#bytes += size;
    return block;
  }

  #continues(run: Run, lines: Buffer, from: number, end: number): boolean {
    const at = textAt(lines, from);
    const byte = lines[at];
    // Indented: a frame of a stack, a field of a dump.
    if ((byte === 32 || byte === 9) && end - at > 1) return true;
    const isTracing = this.#tracing.delete(run);
    // Most lines are no trace of anything, and none of them should cost a string: T, C, n.
    if (!isTracing && byte !== 84 && byte !== 67 && byte !== 110) return false;
    const text = lines.toString('latin1', at, Math.min(end, at + longestHead)).trimEnd();
    if (text === 'Traceback (most recent call last):') {
      this.#tracing.add(run);
      return false;
    }
    return (isTracing && /^[\w.]+(?::|$)/.test(text)) || /^(?:Caused by: |note: run with `RUST_BACKTRACE)/.test(text);
  }
}

/** Where the line ends that begins there. */
const endOf = (lines: Buffer, from: number): number => lines.indexOf(newline, from) + 1 || lines.length;

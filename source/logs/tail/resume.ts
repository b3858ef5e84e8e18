/**
 * Goes on exactly where a stream broke off. The server takes whole seconds only, so that what is asked for again begins
 * with lines that were given already: as many as were given since that second, the last of them being the last one given.
 * Where that line is not there any more, the file was rotated meanwhile, and what is there is all new.
 */
import { lastLineAt, secondsAt, timeAt } from '../stamp.ts';

const newline = 10;

/** How far clocks may go back between two lines without one being lost, in seconds. */
const slackS = 5;
/** More of what was given is only counted, not kept, in bytes. */
const usuallyKept = 4 * 2 ** 20;

export type Resumed =
  /** It is not decided yet. */
  | { readonly type: 'waiting' }
  /** Only what is new. */
  | { readonly type: 'found'; readonly bytes: Buffer | undefined }
  /** The line that was given last is not there; `bytes` are what there is. */
  | { readonly type: 'missing'; readonly bytes: Buffer };

export class Given {
  readonly #keptBytes: number;
  /** Blocks that were given and may have to be counted, the oldest first. */
  readonly #blocks: Buffer[] = [];
  #blockBytes = 0;
  /** Lines by second, of blocks that are not kept, in the order of the first of them. */
  readonly #counted = new Map<number, { lines: number; readonly first: Buffer }>();
  #last: Buffer | undefined;
  #lastSecond = Number.NaN;
  /** Of all that was given, because clocks go back. */
  #latestSecond = Number.NEGATIVE_INFINITY;

  constructor(keptBytes = usuallyKept) {
    this.#keptBytes = keptBytes;
  }

  /** Told all that is given, in its order. */
  add(lines: Buffer): void {
    const at = lastLineAt(lines);
    this.#last = lines.subarray(at);
    const second = secondsAt(lines, at);
    if (!Number.isNaN(second)) {
      this.#lastSecond = second;
      this.#latestSecond = Math.max(this.#latestSecond, second);
    }
    this.#blocks.push(lines);
    this.#blockBytes += lines.length;
    while (this.#blocks.length > 1) {
      const oldest = this.#blocks[0] as Buffer;
      const isOld = secondsAt(oldest, lastLineAt(oldest)) < this.#lastSecond - 2 * slackS;
      if (!isOld && this.#blockBytes <= this.#keptBytes) break;
      this.#blocks.shift();
      this.#blockBytes -= oldest.length;
      if (!isOld) this.#count(oldest);
    }
  }

  get isEmpty(): boolean {
    return this.#last === undefined;
  }

  /** Milliseconds since 1970 of the line that was given last; NaN where there is none. */
  get lastTime(): number {
    return this.#last ? timeAt(this.#last, 0) : Number.NaN;
  }

  /** Whether the line is the one that was given last. */
  isLast(line: Buffer): boolean {
    return this.#last?.equals(line) ?? false;
  }

  /** Seconds since 1970 from which to ask again; undefined while nothing that has a time was given. */
  get since(): number | undefined {
    return Number.isNaN(this.#lastSecond) ? undefined : this.#lastSecond - slackS;
  }

  /** Of a stream that begins at `since`. */
  resume(): Resume {
    const since = this.since ?? 0;
    let lines = 0;
    let first: Buffer | undefined;
    let latestSecond = this.#latestSecond;
    for (const [second, counted] of this.#counted) {
      latestSecond = Math.max(latestSecond, second);
      if (second < since) continue;
      first ??= counted.first;
      lines += counted.lines;
    }
    for (const block of this.#blocks)
      eachLine(block, (at) => {
        const second = secondsAt(block, at);
        if (second > latestSecond) latestSecond = second;
        if (second < since) return;
        first ??= lineAt(block, at);
        lines += 1;
      });
    // Else more lines than are known may be later than what is asked for.
    const isInOrder = latestSecond - this.#lastSecond <= slackS;
    const last = this.#last as Buffer;
    return new Resume({ first: first ?? last, last, lines, latestSecond, isInOrder });
  }

  #count(block: Buffer): void {
    eachLine(block, (at) => {
      const second = secondsAt(block, at);
      const counted = this.#counted.get(second);
      if (counted) counted.lines += 1;
      // Copied: a piece of the block would keep all of it.
      else this.#counted.set(second, { lines: 1, first: Buffer.from(lineAt(block, at)) });
    });
    for (const second of this.#counted.keys())
      if (!(second >= this.#lastSecond - 2 * slackS)) this.#counted.delete(second);
  }
}

interface Before {
  /** The first and the last line that were given of what comes again. What comes before the first was never asked for. */
  readonly first: Buffer;
  readonly last: Buffer;
  /** How many were given, from the first to the last. */
  readonly lines: number;
  readonly latestSecond: number;
  readonly isInOrder: boolean;
}

export class Resume {
  readonly #before: Before;
  readonly #held: Buffer[] = [];
  #heldLines = 0;
  /** Which of the lines that came is the first one that was given. */
  #firstIndex: number | undefined;
  /** Whether a line has come that is later than anything that was given. */
  #isPast = false;

  constructor(before: Before) {
    this.#before = before;
  }

  /** @param lines whole ones */
  add(lines: Buffer): Resumed {
    const { first, latestSecond } = this.#before;
    this.#held.push(lines);
    eachLine(lines, (at) => {
      if (this.#firstIndex === undefined && startsWith(lines, at, first)) this.#firstIndex = this.#heldLines;
      this.#heldLines += 1;
      if (secondsAt(lines, at) > latestSecond) this.#isPast = true;
    });
    return this.#isPast || this.#hasAll() ? this.decide() : { type: 'waiting' };
  }

  /** While more may come. Only a line that is later than all that was given shows that the last one of them is gone. */
  decide(): Resumed {
    const concluded = this.conclude();
    return concluded.type === 'missing' && !this.#isPast ? { type: 'waiting' } : concluded;
  }

  /** Whether what comes again has begun and is not over: then its last line is still to come, however long that takes. */
  get isComing(): boolean {
    return this.#before.isInOrder && this.#firstIndex !== undefined && !this.#hasAll();
  }

  /** Whether as much has come as was given. */
  #hasAll(): boolean {
    return this.#firstIndex !== undefined && this.#heldLines >= this.#firstIndex + this.#before.lines;
  }

  /** When nothing more is to be expected. */
  conclude(): Resumed {
    if (this.#heldLines === 0) return { type: 'waiting' };
    const bytes = Buffer.concat(this.#held);
    const at = this.#lastGivenIn(bytes);
    if (at === undefined) return { type: 'missing', bytes };
    const rest = bytes.subarray(at + this.#before.last.length);
    return { type: 'found', bytes: rest.length > 0 ? rest : undefined };
  }

  /** Where the line stands that was given last: at its place in the order, else where it is found at all. */
  #lastGivenIn(bytes: Buffer): number | undefined {
    const { last, lines, isInOrder } = this.#before;
    const starts: number[] = [];
    eachLine(bytes, (at) => {
      starts.push(at);
    });
    const isLast = (index: number) => startsWith(bytes, starts[index] ?? bytes.length, last);
    const place = this.#firstIndex === undefined ? starts.length : this.#firstIndex + lines;
    // Of a file that was rotated only the end is there; what stands before an equal line counts as given.
    const until = isInOrder ? Math.min(place, starts.length) : starts.length;
    for (let index = until - 1; index >= 0; index -= 1) if (isLast(index)) return starts[index];
    return undefined;
  }
}

const startsWith = (lines: Buffer, at: number, line: Buffer): boolean =>
  lines.subarray(at, at + line.length).equals(line);

/** With its end. */
const lineAt = (lines: Buffer, at: number): Buffer =>
  lines.subarray(at, lines.indexOf(newline, at) + 1 || lines.length);

/** @param told where each line begins */
function eachLine(lines: Buffer, told: (at: number) => void): void {
  for (let at = 0; at < lines.length; ) {
    told(at);
    const end = lines.indexOf(newline, at);
    at = end < 0 ? lines.length : end + 1;
  }
}

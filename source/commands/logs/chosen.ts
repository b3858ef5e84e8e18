/**
 * Which lines are written where not all are asked for, as on the screen: a line and those that continue it are wanted as a
 * whole. They wait in their order until it is known; what comes late all the same is written when it comes.
 */
import { Continuations } from '../../logs/continuation.ts';
import { Fit, type Wanted } from '../../logs/fits.ts';
import type { Level } from '../../logs/formats.ts';
import { guardedEach } from '../../logs/guarded.ts';
import type { Run } from '../../logs/types.ts';

const newline = 10;
/** Lines that are looked at together: a look for each would cost more than the lines. */
const lookedAtTogether = 2_000;
/** So much may wait for what continues a line. */
const mostLines = 2_000;
const mostUnits = 4 * 2 ** 20;
/** So much of lines that nobody wants is kept for what may continue them; when it is more, all of it goes. */
const mostKept = 8 * 2 ** 20;
/** What continues a line comes right behind it; after so long, in milliseconds, it is not waited for. */
const quietMs = 250;

export interface ChosenLine {
  readonly text: string;
  readonly parsed: { readonly level: Level | undefined } | undefined;
}

export interface ChosenOptions<Line> {
  readonly wanted: Wanted;
  /** Nobody waits for what is written: only the order counts. */
  readonly isPatient: boolean;
  readonly write: (run: Run, line: Line) => void;
  /** Told before what is written: so many lines that belong to it were more than is kept. */
  readonly lost: (run: Run, lines: number) => void;
  readonly between: (text: string) => void;
}

/** A line that waits. */
interface Held<Line> {
  readonly line: Line;
  readonly owner: Together<Line>;
}

/** A line and those that continue it. */
class Together<Line> extends Fit {
  /** Nothing more belongs to it. */
  isOver = false;
  isBegun = false;
  /** Of what has come of it, monotonic milliseconds. */
  heardAt = 0;
  readonly #run: Run;
  /** Those that were not wanted so far, and could not be waited with. */
  #kept: Line[] | undefined;
  #keptUnits = 0;
  /** Those that were kept, and had become too many. */
  #lost = 0;

  constructor(wanted: Wanted, run: Run) {
    super(wanted);
    this.#run = run;
  }

  keep(line: Line, units: number): void {
    this.#keptUnits += units;
    this.#kept ??= [];
    if (this.#keptUnits > mostKept) {
      this.#lost += this.#kept.length;
      [this.#kept, this.#keptUnits] = [[], units];
    }
    this.#kept.push(line);
  }

  write(line: Line, { write, lost }: Pick<ChosenOptions<Line>, 'write' | 'lost'>): void {
    if (this.#lost > 0) lost(this.#run, this.#lost);
    this.#lost = 0;
    for (const kept of this.#kept ?? []) write(this.#run, kept);
    this.#kept = undefined;
    this.isBegun = true;
    write(this.#run, line);
  }
}

export class Chosen<Line extends ChosenLine> {
  readonly #options: ChosenOptions<Line>;
  readonly #continuations = new Continuations();
  /** Of each run: what its next line may continue. */
  readonly #open = new Map<Run, Together<Line>>();
  /** What waits: lines, and what stands between lines. */
  #waiting: (Held<Line> | string)[] = [];
  /** Of those that wait, how many have been looked at. */
  #looked = 0;
  #units = 0;
  #now = 0;

  constructor(options: ChosenOptions<Line>) {
    this.#options = options;
  }

  /** @param lines what the bytes say, line by line. @param now monotonic milliseconds. @throws SlowPattern */
  add(run: Run, bytes: Buffer, lines: readonly Line[], now: number): void {
    let open = this.#open.get(run);
    let at = 0;
    for (const line of lines) {
      const end = bytes.indexOf(newline, at) + 1 || bytes.length;
      if (!this.#continuations.continues(run, bytes, at, end) || !open) {
        if (open) open.isOver = true;
        open = new Together(this.#options.wanted, run);
      }
      this.#waiting.push({ line, owner: open });
      this.#units += line.text.length;
      at = end;
    }
    if (open) this.#open.set(run, open);
    if (this.#waiting.length - this.#looked >= lookedAtTogether) this.flush(now);
  }

  /** What stands between the lines of a run: nothing continues it, nor what was before it. */
  mark(run: Run, text: string): void {
    this.#close(run);
    if (text !== '') this.#waiting.push(text);
  }

  /** Writes what is known to be wanted. @param now monotonic milliseconds. @throws SlowPattern */
  flush(now: number): void {
    this.#now = now;
    const { length } = this.#waiting;
    try {
      this.#look();
    } catch (error) {
      // Whoever ends because of it must not meet it again.
      this.#drop(length);
      this.#units = 0;
      throw error;
    }
    let next = 0;
    while (next < length && this.#isTaken(this.#waiting[next] as Held<Line> | string, length - next)) next += 1;
    this.#drop(next);
  }

  /** Nothing more comes. @throws SlowPattern */
  end(): void {
    for (const run of [...this.#open.keys()]) this.#close(run);
    this.flush(this.#now);
  }

  /** All that waits has been looked at, and is waited with no more. @param count of the first ones */
  #drop(count: number): void {
    this.#waiting = this.#waiting.slice(count);
    this.#looked = this.#waiting.length;
  }

  #close(run: Run): void {
    const open = this.#open.get(run);
    if (open) open.isOver = true;
    this.#open.delete(run);
  }

  #look(): void {
    const { only, not } = this.#options.wanted;
    const from = this.#looked;
    const count = this.#waiting.length - from;
    let line: Line | undefined;
    const levelOf = () => line?.parsed?.level;
    const look = (index: number) => {
      const held = this.#waiting[from + index] as Held<Line> | string;
      if (typeof held === 'string') return;
      const { owner } = held;
      line = held.line;
      owner.heardAt = this.#now;
      owner.add(line.text, levelOf);
    };
    if (only.length + not.length > 0) guardedEach(count, look);
    else for (let index = 0; index < count; index += 1) look(index);
  }

  /** Writes the first one that waits, keeps it or lets it go. @returns false where it has to wait */
  #isTaken(first: Held<Line> | string, count: number): boolean {
    if (typeof first === 'string') {
      this.#options.between(first);
      return true;
    }
    const { line, owner } = first;
    if (!(owner.isOver || owner.isSettled || owner.isBegun || this.#isDue(owner, count))) return false;
    const units = line.text.length;
    this.#units -= units;
    if (owner.fits) owner.write(line, this.#options);
    else if (owner.mayFit && !owner.isOver) owner.keep(line, units);
    return true;
  }

  /** Whether what continues it is not waited for any more. */
  #isDue({ heardAt }: Together<Line>, count: number): boolean {
    const isQuiet = !this.#options.isPatient && this.#now - heardAt >= quietMs;
    return isQuiet || count > mostLines || this.#units > mostUnits;
  }
}

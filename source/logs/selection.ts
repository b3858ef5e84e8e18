/** Which lines of a component are shown: a filter's, kept up to date as lines come and go. */
import { Fit, type Wanted } from './fits.ts';
import { LineNumbers } from './line-numbers.ts';
import { placeOf, runName } from './names.ts';
import type { ComponentLog } from './record.ts';
import type { LogLine, Run } from './types.ts';

export interface Filter extends Wanted {
  /** What is left out: names of containers, and of single runs of theirs. */
  readonly without: ReadonlySet<string>;
}

export const everything: Filter = { only: [], not: [], level: undefined, without: new Set() };

export class Selection {
  readonly #log: ComponentLog;
  readonly #filter: Filter;
  readonly #isPlain: boolean;
  readonly #numbers = new LineNumbers();
  /** Of each run: the last line that others may continue, and whether it fits with those that have. */
  readonly #last = new WeakMap<Run, { readonly head: number; readonly fit: Fit }>();
  /** Number of the next line that is looked at. */
  #next: number;

  constructor(log: ComponentLog, filter: Filter) {
    this.#log = log;
    this.#filter = filter;
    this.#next = log.first;
    this.#isPlain =
      filter.only.length + filter.not.length === 0 && filter.level === undefined && filter.without.size === 0;
  }

  get length(): number {
    return this.#numbers.length;
  }

  /** Number behind the last line that has been looked at. */
  get end(): number {
    return this.#next;
  }

  /** Whether lines are still to be looked at. */
  get isBehind(): boolean {
    return this.#next < this.#log.end;
  }

  /** Number of a line, from 0 to `length`. */
  at(index: number): number | undefined {
    return this.#numbers.at(index);
  }

  /** Index of the line, or of the first one behind it. */
  indexOf(number: number): number {
    return this.#numbers.indexOf(number);
  }

  /** Whether the line is shown. */
  has(number: number): boolean {
    return this.#numbers.has(number);
  }

  /** Whether lines that continue this one may still change that it is shown, or not. */
  mayChange(number: number): boolean {
    const run = this.#log.runOf(number);
    return run !== undefined && this.#lastFit(run, number) !== undefined;
  }

  /** Looks at what is new, so many lines at most. @returns whether the lines that are shown may have changed */
  update(most: number): boolean {
    const hasForgotten = this.#forget();
    const from = this.#next;
    const until = Math.min(this.#log.end, from + most);
    for (; this.#next < until; this.#next += 1) this.#look(this.#next);
    return hasForgotten || this.#next !== from;
  }

  /** What is not kept any more goes; what is left of lines that belong together stays where it was shown. */
  #forget(): boolean {
    const { first } = this.#log;
    this.#next = Math.max(this.#next, first);
    const gone = this.#numbers.dropBefore(first);
    for (const number of gone) {
      const heir = this.#log.heirOf(number);
      if (heir !== undefined && heir < this.#next) this.#numbers.add(heir);
    }
    return gone.length > 0;
  }

  /** A line may bring the one that it continues with it, or take it away. */
  #look(number: number): void {
    const head = this.#log.headOf(number);
    if (this.#fits(number, head)) this.#numbers.add(head);
    else this.#numbers.delete(head);
  }

  #fits(number: number, head: number): boolean {
    if (this.#isPlain) return true;
    const { run, text, marker } = this.#log.line(number) as LogLine;
    if (this.#isLeftOut(run)) return false;
    // Marks say why lines are missing: they are always shown.
    if (marker) return true;
    const fit = this.#lastFit(run, head) ?? new Fit(this.#filter);
    this.#last.set(run, { head, fit });
    fit.add(text, () => this.#log.level(number));
    return fit.fits;
  }

  #isLeftOut(run: Run): boolean {
    const { without } = this.#filter;
    return without.size > 0 && (without.has(placeOf(run)) || without.has(runName(run)));
  }

  /** Where this line is the last one of its run that others may continue, or stands for the one that was. */
  #lastFit(run: Run, head: number): Fit | undefined {
    const last = this.#last.get(run);
    return last && (last.head === head || this.#log.heirOf(last.head) === head) ? last.fit : undefined;
  }
}

/** Which lines of a component are shown: a filter's, kept up to date as lines come and go. */
import { type Level, levels } from './formats.ts';
import type { ComponentLog, LogLine } from './record.ts';
import type { Run } from './types.ts';

export interface Filter {
  /** A line must fit one of these, where there are any, and none of those. */
  readonly only: readonly RegExp[];
  readonly not: readonly RegExp[];
  readonly level: Level | undefined;
  /** Pods and containers that are left out, as `pod/container`. */
  readonly without: ReadonlySet<string>;
}

export const everything: Filter = { only: [], not: [], level: undefined, without: new Set() };

export const placeOf = ({ pod, container }: Run): string => `${pod}/${container}`;

export class Selection {
  readonly #log: ComponentLog;
  readonly #filter: Filter;
  readonly #plain: boolean;
  #numbers: number[] = [];
  /** Of the numbers: what was dropped before it is not there any more. */
  #head = 0;
  /** Number of the next line that is looked at. */
  #next: number;

  constructor(log: ComponentLog, filter: Filter) {
    this.#log = log;
    this.#filter = filter;
    this.#next = log.first;
    this.#plain =
      filter.only.length + filter.not.length === 0 && filter.level === undefined && filter.without.size === 0;
  }

  get length(): number {
    return this.#numbers.length - this.#head;
  }

  /** Whether lines are still to be looked at. */
  get isBehind(): boolean {
    return this.#next < this.#log.end;
  }

  /** Number of a line, from 0 to `length`. */
  at(index: number): number | undefined {
    return index < 0 ? undefined : this.#numbers[this.#head + index];
  }

  /** Index of the line, or of the first one behind it. */
  indexOf(number: number): number {
    let [low, high] = [this.#head, this.#numbers.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#numbers[middle] as number) < number) low = middle + 1;
      else high = middle;
    }
    return low - this.#head;
  }

  /** Looks at what is new, so many lines at most. @returns whether the lines that are shown have changed */
  update(most: number): boolean {
    const before = this.#numbers.length - this.#head + this.#next;
    const { first, end } = this.#log;
    this.#next = Math.max(this.#next, first);
    const until = Math.min(end, this.#next + most);
    for (; this.#next < until; this.#next += 1) if (this.#fits(this.#next)) this.#numbers.push(this.#next);
    while ((this.#numbers[this.#head] ?? Number.POSITIVE_INFINITY) < first) this.#head += 1;
    if (this.#head > 10_000 && this.#head > this.#numbers.length / 2) {
      this.#numbers = this.#numbers.slice(this.#head);
      this.#head = 0;
    }
    return this.#numbers.length - this.#head + this.#next !== before;
  }

  #fits(number: number): boolean {
    if (this.#log.isContinued(number)) return false;
    if (this.#plain) return true;
    const line = this.#log.line(number) as LogLine;
    const { level, without } = this.#filter;
    if (without.has(placeOf(line.run))) return false;
    // Marks say why lines are missing: they are always shown.
    if (line.marker) return true;
    if (level && levels.indexOf(this.#log.level(number) ?? 'info') < levels.indexOf(level)) return false;
    const { only, not } = this.#filter;
    return (
      (only.length === 0 || only.some((each) => each.test(line.text))) && !not.some((each) => each.test(line.text))
    );
  }
}

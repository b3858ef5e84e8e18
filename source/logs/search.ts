/** Where a text stands in all that is kept of a log: looked for in slices, the newest first, whatever the case of its letters. */
import type { ComponentLog } from './record.ts';
import type { Selection } from './selection.ts';

/** Lines that are looked at between two looks at the time. */
const slice = 2000;

export class LogSearch {
  readonly query: string;
  readonly #log: ComponentLog;
  readonly #selection: Selection;
  readonly #needle: string;
  /** Numbers of the lines that are shown and have it, in their order, of what was there and of what came since. */
  readonly #older: number[] = [];
  readonly #newer: number[] = [];
  /** What has been looked at: from `#from` to `#until`. */
  #from: number;
  #until: number;

  constructor(query: string, log: ComponentLog, selection: Selection) {
    this.query = query;
    this.#log = log;
    this.#selection = selection;
    this.#needle = needleOf(query);
    this.#from = log.end;
    this.#until = log.end;
  }

  /** Whether all that is kept has been looked at. */
  get isComplete(): boolean {
    return this.#from <= this.#log.first && this.#until >= this.#log.end;
  }

  get count(): number {
    return this.#older.length + this.#newer.length;
  }

  /** Which hit the line is, from 1; 0 for a line that is none. */
  placeOf(number: number): number {
    const before = this.#older.length;
    const older = this.#older.lastIndexOf(number);
    if (older >= 0) return before - older;
    const newer = this.#newer.indexOf(number);
    return newer < 0 ? 0 : before + newer + 1;
  }

  /** Looks further for about as long as `isTime` says. */
  update(isTime: () => boolean): void {
    while (this.#until < this.#log.end && isTime()) {
      const to = Math.min(this.#log.end, this.#until + slice);
      this.#newer.push(...this.#hits(this.#until, to));
      this.#until = to;
    }
    while (this.#from > this.#log.first && isTime()) {
      const from = Math.max(this.#log.first, this.#from - slice);
      // From the newest to the oldest.
      this.#older.push(...this.#hits(from, this.#from).reverse());
      this.#from = from;
    }
    const { first } = this.#log;
    while (this.#older.length > 0 && (this.#older.at(-1) as number) < first) this.#older.pop();
  }

  /** The next hit from this line on; around the end it goes on at the beginning. */
  go(number: number, way: 'here' | 'next' | 'previous'): number | undefined {
    const all = [...this.#older.toReversed(), ...this.#newer];
    switch (way) {
      case 'here':
        return all.findLast((hit) => hit <= number) ?? all[0];
      case 'next':
        return all.find((hit) => hit > number) ?? all[0];
      case 'previous':
        return all.findLast((hit) => hit < number) ?? all.at(-1);
    }
  }

  /** Numbers of lines that are shown, each once; what continues a line counts as that line. */
  #hits(from: number, to: number): number[] {
    const hits = this.#log.find(this.#needle, from, to).map((number) => this.#log.headOf(number));
    return [...new Set(hits)].filter((number) => this.#selection.at(this.#selection.indexOf(number)) === number);
  }
}

/** As the bytes of a log are looked through: one character a byte, in lower case. */
export const needleOf = (query: string): string =>
  Buffer.from(query.toLowerCase(), 'utf8').toString('latin1').toLowerCase();

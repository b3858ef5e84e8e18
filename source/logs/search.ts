/** Lines that have something, in all that is shown of a log: looked for piece by piece, whenever there is time. */
import { LineNumbers } from './line-numbers.ts';
import type { ComponentLog } from './record.ts';
import type { Selection } from './selection.ts';

/** Numbers of the lines from `from` to `to` that have it. */
type Find = (from: number, to: number) => readonly number[];

export class LogSearch {
  readonly query: string;
  readonly #log: ComponentLog;
  readonly #selection: Selection;
  readonly #find: Find;
  /** Lines that are shown and have it; what continues a line counts as that line. */
  readonly #hits = new LineNumbers();
  /** Lines that have it and that more lines may continue: with those, it may change whether they are shown. */
  readonly #open = new Set<number>();
  /** What has been looked at: from `#from` to `#until`. */
  #from: number;
  #until: number;

  /** Looks for the text, whatever the case of its letters, the newest lines first. */
  constructor(query: string, log: ComponentLog, selection: Selection, find?: Find, start = selection.end) {
    const needle = query.toLowerCase();
    this.query = query;
    this.#log = log;
    this.#selection = selection;
    this.#find = find ?? ((from, to) => log.find(needle, from, to));
    this.#from = start;
    this.#until = start;
  }

  /** Whether all that is kept has been looked at. */
  get isComplete(): boolean {
    return this.#from <= this.#log.first && this.#until >= this.#log.end;
  }

  get count(): number {
    return this.#hits.length;
  }

  /** Which hit the line is, from 1; 0 for a line that is none. */
  placeOf(number: number): number {
    return this.#hits.has(number) ? this.#hits.indexOf(number) + 1 : 0;
  }

  /** Whether all from this line on has been looked at. */
  isCompleteFrom(number: number): boolean {
    return this.#from <= number && this.#until >= this.#log.end;
  }

  /** Looks further for about as long as `isTime` says, never beyond what is known to be shown. */
  update(isTime: () => boolean): void {
    const { first } = this.#log;
    const { end } = this.#selection;
    this.#forget(first);
    for (const head of this.#open) this.#judge(head);
    while (this.#until < end && isTime()) {
      const to = Math.min(end, this.#log.pieceOf(this.#until)[1]);
      this.#look(this.#until, to);
      this.#until = to;
    }
    while (this.#from > first && isTime()) {
      const [from] = this.#log.pieceOf(this.#from - 1);
      this.#look(from, this.#from);
      this.#from = from;
    }
  }

  /** The next hit from this line on; around the end it goes on at the beginning. */
  go(number: number, way: 'here' | 'next' | 'previous'): number | undefined {
    const hits = this.#hits;
    switch (way) {
      case 'here':
        return hits.at(hits.indexOf(number + 1) - 1) ?? hits.at(0);
      case 'next':
        return hits.at(hits.indexOf(number + 1)) ?? hits.at(0);
      case 'previous':
        return hits.at(hits.indexOf(number) - 1) ?? hits.at(hits.length - 1);
    }
  }

  #forget(first: number): void {
    this.#until = Math.max(this.#until, first);
    for (const gone of this.#hits.dropBefore(first)) {
      const heir = this.#log.heirOf(gone);
      // What is left of lines that belong together may not have it any more.
      if (heir !== undefined) this.#look(heir, Math.min(this.#until, this.#log.pieceOf(heir)[1]));
    }
  }

  #look(from: number, to: number): void {
    // Backwards, as most of it comes before what has been found.
    for (const number of this.#find(from, to).toReversed()) this.#judge(this.#log.headOf(number));
  }

  #judge(head: number): void {
    if (this.#selection.has(head)) this.#hits.add(head);
    else this.#hits.delete(head);
    if (this.#selection.mayChange(head)) this.#open.add(head);
    else this.#open.delete(head);
  }
}

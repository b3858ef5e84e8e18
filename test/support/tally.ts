/** Counts numbered lines, `<source> <number> ...` each, against what was written: none may be missing, none come twice. */

/** How many lines each source has written, the first being number 0. */
export type Written = Readonly<Record<string, number>>;

export interface Result {
  readonly written: number;
  readonly lost: number;
  readonly doubled: number;
  /** Lines that came behind a later one of their source. */
  readonly disordered: number;
}

interface Source {
  /** How often each number has come. */
  seen: Uint8Array;
  latest: number;
  count: number;
  disordered: number;
}

export class Tally {
  readonly #sources = new Map<string, Source>();
  #rest = '';
  /** Lines that came. */
  lines = 0;
  /** The first few that were no numbered line. */
  readonly strange: string[] = [];

  /** @param text as it comes, cut anywhere */
  add(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#line(line);
  }

  against(written: Written): Result {
    const result = { written: 0, lost: 0, doubled: 0, disordered: 0 };
    for (const [name, count] of Object.entries(written)) {
      const source = this.#sources.get(name);
      result.written += count;
      let distinct = 0;
      for (const times of source?.seen.subarray(0, count) ?? []) if (times > 0) distinct += 1;
      result.lost += count - distinct;
      result.doubled += (source?.count ?? 0) - distinct;
      result.disordered += source?.disordered ?? 0;
    }
    return result;
  }

  #line(line: string): void {
    const [name = '', word = ''] = line.split(' ', 2);
    const number = /^\d+$/.test(word) ? Number(word) : Number.NaN;
    if (Number.isNaN(number)) {
      if (this.strange.length < 10) this.strange.push(line);
      return;
    }
    this.lines += 1;
    const source = this.#sources.get(name) ?? { seen: new Uint8Array(1024), latest: -1, count: 0, disordered: 0 };
    this.#sources.set(name, source);
    if (number >= source.seen.length) {
      const larger = new Uint8Array(2 * number);
      larger.set(source.seen);
      source.seen = larger;
    }
    source.seen[number] = (source.seen[number] ?? 0) + 1;
    source.count += 1;
    if (number < source.latest) source.disordered += 1;
    source.latest = Math.max(source.latest, number);
  }
}

/** Counts numbered lines, `<source> <number> ...` each, against what was written: none may be missing, none come twice. */

/** How many lines each source has written, the first being number 0. */
export type Written = Readonly<Record<string, number>>;

export interface Result {
  readonly written: number;
  readonly lost: number;
  readonly doubled: number;
  /** Lines that came behind a later one of their source. */
  readonly disordered: number;
  /** Each source that is not as it was written, with where. */
  readonly wrong: readonly string[];
}

interface Source {
  /** How often each number has come. */
  seen: Uint8Array;
  latest: number;
  disordered: number;
}

const none: Source = { seen: new Uint8Array(0), latest: -1, disordered: 0 };

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
    const result = { written: 0, lost: 0, doubled: 0, disordered: 0, wrong: [] as string[] };
    for (const [name, count] of Object.entries(written)) {
      const { seen, disordered } = this.#sources.get(name) ?? none;
      const times = Array.from({ length: Math.max(count, seen.length) }, (_, number) => seen[number] ?? 0);
      const lost = times.flatMap((often, number) => (often === 0 && number < count ? [number] : []));
      const doubled = times.flatMap((often, number) => (often > 1 || (often > 0 && number >= count) ? [number] : []));
      result.written += count;
      result.lost += lost.length;
      result.doubled += times.reduce((sum, often, number) => sum + often - (number < count && often > 0 ? 1 : 0), 0);
      result.disordered += disordered;
      if (lost.length + doubled.length + disordered > 0)
        result.wrong.push(
          `${name} of ${count}: lost ${rangesOf(lost)}; doubled ${rangesOf(doubled)}; disordered ${disordered}`,
        );
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
    const source = this.#sources.get(name) ?? { seen: new Uint8Array(1024), latest: -1, disordered: 0 };
    this.#sources.set(name, source);
    if (number >= source.seen.length) {
      const larger = new Uint8Array(2 * number);
      larger.set(source.seen);
      source.seen = larger;
    }
    source.seen[number] = (source.seen[number] ?? 0) + 1;
    if (number < source.latest) source.disordered += 1;
    source.latest = Math.max(source.latest, number);
  }
}

/** `0-4 9`; `-` for none. */
function rangesOf(numbers: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(' ') || '-';
}

/** Whole lines out of pieces of a stream, as blocks: no line costs anything by itself. */
const newline = 10;

/** Longer lines are kept to this, in bytes. */
export const longestLine = 1024 * 1024;

/** How many of these whole lines have been cut: they fill what is kept. */
export function cutIn(lines: Buffer): number {
  let cut = 0;
  for (let from = 0; lines.length - from > longestLine; ) {
    const end = lines.indexOf(newline, from);
    if (end - from >= longestLine) cut += 1;
    from = end + 1;
  }
  return cut;
}

export class Framing {
  #rest: Buffer[] = [];
  #restLength = 0;
  /** The line that is being received is longer than is kept: what is still to come of it is left out. */
  #isCutting = false;

  /** Whole lines with their ends, as blocks of at least one: only the line that pieces meet in is copied. */
  add(piece: Buffer): readonly Buffer[] {
    const last = piece.lastIndexOf(newline);
    if (last < 0) {
      this.#keep(piece);
      return [];
    }
    let from = 0;
    const blocks: Buffer[] = [];
    if (this.#restLength > 0) {
      from = piece.indexOf(newline) + 1;
      // The end of what was too long is left out but for its line's end.
      const end = piece.subarray(this.#isCutting ? from - 1 : 0, from);
      blocks.push(keptOf(Buffer.concat([...this.#rest, end])));
      this.drop();
    }
    if (from <= last) blocks.push(keptOf(piece.subarray(from, last + 1)));
    if (last + 1 < piece.length) this.#keep(piece.subarray(last + 1));
    return blocks;
  }

  /** What has no end yet, as a line; undefined when there is nothing. */
  end(): Buffer | undefined {
    if (this.#restLength === 0) return undefined;
    const line = Buffer.concat([...this.#rest, Buffer.from('\n')]);
    this.drop();
    return line;
  }

  /** Forgets what has no end yet: it will come again. */
  drop(): void {
    this.#rest = [];
    this.#restLength = 0;
    this.#isCutting = false;
  }

  #keep(piece: Buffer): void {
    if (this.#isCutting) return;
    const room = longestLine - this.#restLength;
    const kept = piece.length > room ? piece.subarray(0, room) : piece;
    this.#rest.push(kept);
    this.#restLength += kept.length;
    this.#isCutting = piece.length > room;
  }
}

/** Lines that came within one piece, or ended in it, each cut to what is kept. */
function keptOf(whole: Buffer): Buffer {
  if (whole.length <= longestLine) return whole;
  const lines: Buffer[] = [];
  for (let from = 0; from < whole.length; ) {
    const end = whole.indexOf(newline, from);
    lines.push(whole.subarray(from, Math.min(end, from + longestLine)), whole.subarray(end, end + 1));
    from = end + 1;
  }
  return Buffer.concat(lines);
}

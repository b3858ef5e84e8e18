/** Whole lines out of pieces of a stream, as blocks: no line costs anything by itself. */
const newline = 10;

/** Longer lines are kept to this, in bytes. */
export const longestLine = 1024 * 1024;

export class Framing {
  #rest: Buffer[] = [];
  #restLength = 0;
  /** The line that is being received is longer than is kept: what is still to come of it is left out. */
  #isCutting = false;
  /** Lines that were cut since this was asked last. */
  #cut = 0;

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
      blocks.push(this.#kept(Buffer.concat([...this.#rest, end])));
      this.drop();
    }
    if (from <= last) blocks.push(this.#kept(piece.subarray(from, last + 1)));
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

  /** How many lines have been cut since this was asked. */
  takeCut(): number {
    const cut = this.#cut;
    this.#cut = 0;
    return cut;
  }

  #keep(piece: Buffer): void {
    if (this.#isCutting) return;
    const room = longestLine - this.#restLength;
    const kept = piece.length > room ? piece.subarray(0, room) : piece;
    this.#rest.push(kept);
    this.#restLength += kept.length;
    if (piece.length <= room) return;
    this.#isCutting = true;
    this.#cut += 1;
  }

  #kept(whole: Buffer): Buffer {
    return whole.length > longestLine ? this.#cutLines(whole) : whole;
  }

  /** Lines that came within one piece, or ended in it. */
  #cutLines(whole: Buffer): Buffer {
    const lines: Buffer[] = [];
    for (let from = 0; from < whole.length; ) {
      const end = whole.indexOf(newline, from);
      if (end - from <= longestLine) lines.push(whole.subarray(from, end + 1));
      else {
        lines.push(whole.subarray(from, from + longestLine), whole.subarray(end, end + 1));
        this.#cut += 1;
      }
      from = end + 1;
    }
    return Buffer.concat(lines);
  }
}

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

  /** Whole lines with their ends; undefined while none is complete. */
  add(piece: Buffer): Buffer | undefined {
    const last = piece.lastIndexOf(newline);
    if (last < 0) {
      this.#keep(piece);
      return undefined;
    }
    let whole = piece.subarray(0, last + 1);
    if (this.#isCutting) {
      // The end of what was too long: only its line's end is still missing.
      whole = whole.subarray(whole.indexOf(newline));
      this.#isCutting = false;
    }
    if (this.#restLength > 0) whole = Buffer.concat([...this.#rest, whole]);
    this.#rest = [];
    this.#restLength = 0;
    if (last + 1 < piece.length) this.#keep(piece.subarray(last + 1));
    return whole.length > longestLine ? this.#cutLines(whole) : whole;
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

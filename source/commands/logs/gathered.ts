/** What is to be written, gathered in one place: each write costs as much as a hundred lines, and each new place too. */
import type { Output } from '../session.ts';

/** Bytes that are written together. */
const atOnce = 128 * 1024;
/** A longer line gets a larger place for itself. */
const placeBytes = 2 * atOnce;
/** A text has at most so many bytes for each of its units. */
const bytesInUnit = 3;

export class Gathered {
  readonly #output: Pick<Output, 'write' | 'drained'>;
  /** Whoever has made room may write behind `length`, and moves it. */
  bytes = Buffer.allocUnsafeSlow(placeBytes);
  length = 0;
  #draining: Promise<void> | undefined;

  constructor(output: Pick<Output, 'write' | 'drained'>) {
    this.#output = output;
  }

  /** While what was written has not been passed on: whoever has more had better wait. */
  get draining(): Promise<void> | undefined {
    return this.#draining;
  }

  add(content: string | Buffer): void {
    this.makeRoom(typeof content === 'string' ? content.length * bytesInUnit : content.length);
    this.length +=
      typeof content === 'string' ? this.bytes.write(content, this.length) : content.copy(this.bytes, this.length);
  }

  /** For so many bytes behind what is gathered: between lines only, because what is there may be written. */
  makeRoom(bytes: number): void {
    if (this.length >= atOnce) this.flush();
    if (this.bytes.length - this.length >= bytes) return;
    this.flush();
    if (this.bytes.length < bytes) this.bytes = Buffer.allocUnsafeSlow(bytes);
  }

  flush(): void {
    if (this.length === 0) return;
    const isTaken = this.#output.write(this.bytes.subarray(0, this.length));
    this.length = 0;
    if (isTaken === true) return;
    this.bytes = Buffer.allocUnsafeSlow(placeBytes);
    this.#draining ??= this.#output.drained().then(() => {
      this.#draining = undefined;
    });
  }
}

/**
 * Lines that are JSON already, as records, byte by byte: what the container wrote is copied into its record and not
 * parsed and written anew. What is not quite as simple is left to whoever reads whole lines, and says the same of it.
 */
import { isUtf8 } from 'node:buffer';
import { formats, jsonRowOf, levelOf } from '../../logs/formats.ts';
import { JsonScan } from '../../logs/json-scan.ts';
import { textAt } from '../../logs/stamp.ts';
import type { LogFormat } from '../../stack/components.ts';

const [newline, space, quote, bracket, backslash, brace] = [10, 32, 34, 91, 92, 123];
/** As often a byte of a line stands in its record at most: in the message, in the fields, and escaped in `raw`. */
const mostOften = 4;
/** What else is in a record, but for what tells where it comes from. */
const namesBytes = 200;
const [levelName, messageName] = [0, 1];
/** Fewer bytes are copied faster by hand than by a call. */
const fewBytes = 48;

const [beforeTime, beforeFields, beforeRaw, behindRaw] = ['{"time":"', ',"fields":', ',"raw":"', '"}\n'].map((text) =>
  Buffer.from(text),
) as [Buffer, Buffer, Buffer, Buffer];

export class JsonLines {
  readonly #scan: JsonScan;
  /** What messages begin with may have to be left out. */
  readonly #hasPrefix: boolean;
  /** What stands between the time and the message, and of which word for the severity and which place that is true. */
  #between: { readonly word: Buffer; readonly place: string; readonly bytes: Buffer | undefined } | undefined;
  #out = Buffer.alloc(0);
  #length = 0;

  constructor(format: LogFormat) {
    const { level, message } = jsonRowOf(format);
    this.#scan = new JsonScan([level, message]);
    this.#hasPrefix = formats[format].prefix !== undefined;
  }

  /**
   * @param lines whole ones
   * @param place members that tell where they come from
   * @param other the record of a line that is not simple, with its end
   */
  print(lines: Buffer, place: string, other: (line: Buffer) => string): Buffer {
    this.#out = Buffer.allocUnsafe(lines.length * mostOften);
    this.#length = 0;
    const isText = isUtf8(lines);
    for (let at = 0; at < lines.length; ) {
      const end = lines.indexOf(newline, at);
      const stop = end < 0 ? lines.length : end;
      const text = textAt(lines, at);
      this.#makeRoom((stop - at) * mostOften + place.length + namesBytes);
      const before = this.#length;
      if (!isText || !this.#record(lines, at, text, stop, place)) {
        this.#length = before;
        this.#add(other(lines.subarray(at, stop + 1)));
      }
      at = stop + 1;
    }
    return this.#out.subarray(0, this.#length);
  }

  /** @returns whether it could be written */
  #record(lines: Buffer, at: number, text: number, stop: number, place: string): boolean {
    const { from, to } = this.#scan;
    if (lines[text] !== brace || !this.#scan.read(lines, text, stop)) return false;
    const [message, level] = [from[messageName] as number, from[levelName] as number];
    if (lines[message] !== quote || (this.#hasPrefix && lines[message + 1] === bracket)) return false;
    const between = level < 0 ? undefined : this.#betweenOf(lines, level, to[levelName] as number, place);
    if (!between) return false;
    this.#copy(beforeTime, 0, beforeTime.length);
    if (!this.#escape(lines, at, Math.max(at, text - 1))) return false;
    this.#copy(between, 0, between.length);
    this.#copy(lines, message, to[messageName] as number);
    this.#copy(beforeFields, 0, beforeFields.length);
    this.#copy(lines, text, stop);
    this.#copy(beforeRaw, 0, beforeRaw.length);
    if (!this.#escape(lines, text, stop)) return false;
    this.#copy(behindRaw, 0, behindRaw.length);
    return true;
  }

  /** Most lines are as grave as the one before. @returns undefined where the severity is none that is known */
  #betweenOf(lines: Buffer, from: number, to: number, place: string): Buffer | undefined {
    const known = this.#between;
    if (known?.place === place && known.word.compare(lines, from, to) === 0) return known.bytes;
    const word = Buffer.from(lines.subarray(from, to));
    const level = levelOf(word.toString('latin1').replaceAll('"', ''));
    const bytes = level && Buffer.from(`",${place},"level":"${level}","message":`);
    this.#between = { word, place, bytes };
    return bytes;
  }

  /** @returns whether nothing in it needs more than a backslash */
  #escape(lines: Buffer, from: number, to: number): boolean {
    const out = this.#out;
    let length = this.#length;
    for (let at = from; at < to; at += 1) {
      const byte = lines[at] as number;
      if (byte < space) return false;
      if (byte === quote || byte === backslash) out[length++] = backslash;
      out[length++] = byte;
    }
    this.#length = length;
    return true;
  }

  #copy(bytes: Buffer, from: number, to: number): void {
    const out = this.#out;
    let length = this.#length;
    if (to - from > fewBytes) length += bytes.copy(out, length, from, to);
    else for (let at = from; at < to; at += 1) out[length++] = bytes[at] as number;
    this.#length = length;
  }

  #add(text: string): void {
    const bytes = Buffer.from(text);
    this.#makeRoom(bytes.length);
    this.#length += bytes.copy(this.#out, this.#length);
  }

  #makeRoom(bytes: number): void {
    if (this.#out.length - this.#length >= bytes) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#out.length, this.#length + bytes));
    this.#out.copy(larger, 0, 0, this.#length);
    this.#out = larger;
  }
}

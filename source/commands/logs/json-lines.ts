/**
 * Lines that are JSON already, as records, byte by byte: what the container wrote is copied into its record and not
 * parsed and written anew. What is not quite as simple is left to whoever reads whole lines, and says the same of it.
 */
import { isUtf8 } from 'node:buffer';
import { formats, jsonRowOf, levelOf } from '../../logs/formats.ts';
import { JsonScan } from '../../logs/json-scan.ts';
import { textAt } from '../../logs/stamp.ts';
import type { LogFormat } from '../../stack/components.ts';
import type { Gathered } from './gathered.ts';

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

  constructor(format: LogFormat) {
    const { level, message } = jsonRowOf(format);
    this.#scan = new JsonScan([level, message]);
    this.#hasPrefix = formats[format].prefix !== undefined;
  }

  /**
   * @param lines whole ones
   * @param place members that tell where they come from
   * @param other told each line that is not simple: writes its record
   */
  print(lines: Buffer, place: string, out: Gathered, other: (line: Buffer) => void): void {
    const isText = isUtf8(lines);
    for (let at = 0; at < lines.length; ) {
      const end = lines.indexOf(newline, at);
      const stop = end < 0 ? lines.length : end;
      out.makeRoom((stop - at) * mostOften + place.length + namesBytes);
      const length = isText ? this.#record(lines, at, stop, place, out) : undefined;
      if (length === undefined) other(lines.subarray(at, stop + 1));
      else out.length = length;
      at = stop + 1;
    }
  }

  /** @returns where it ends in what is gathered; undefined where the line is not simple */
  #record(lines: Buffer, at: number, stop: number, place: string, out: Gathered): number | undefined {
    const text = textAt(lines, at);
    const { from, to } = this.#scan;
    if (lines[text] !== brace || !this.#scan.read(lines, text, stop)) return undefined;
    const [message, level] = [from[messageName] as number, from[levelName] as number];
    if (lines[message] !== quote || (this.#hasPrefix && lines[message + 1] === bracket)) return undefined;
    const between = level < 0 ? undefined : this.#betweenOf(lines, level, to[levelName] as number, place);
    if (!between) return undefined;
    const { bytes } = out;
    let length = copy(beforeTime, 0, beforeTime.length, bytes, out.length);
    length = escaped(lines, at, Math.max(at, text - 1), bytes, length);
    if (length < 0) return undefined;
    length = copy(between, 0, between.length, bytes, length);
    length = copy(lines, message, to[messageName] as number, bytes, length);
    length = copy(beforeFields, 0, beforeFields.length, bytes, length);
    length = copy(lines, text, stop, bytes, length);
    length = copy(beforeRaw, 0, beforeRaw.length, bytes, length);
    length = escaped(lines, text, stop, bytes, length);
    return length < 0 ? undefined : copy(behindRaw, 0, behindRaw.length, bytes, length);
  }

  /** Most lines are as grave as the one before. @returns undefined where the severity is none that is known */
  #betweenOf(lines: Buffer, from: number, to: number, place: string): Buffer | undefined {
    const known = this.#between;
    if (known?.place === place && isAt(known.word, lines, from, to)) return known.bytes;
    const word = Buffer.from(lines.subarray(from, to));
    const level = levelOf(word.toString('latin1').replaceAll('"', ''));
    const bytes = level && Buffer.from(`",${place},"level":"${level}","message":`);
    this.#between = { word, place, bytes };
    return bytes;
  }
}

function isAt(word: Buffer, lines: Buffer, from: number, to: number): boolean {
  if (word.length !== to - from) return false;
  for (let nth = 0; nth < word.length; nth += 1) if (word[nth] !== lines[from + nth]) return false;
  return true;
}

/** @returns where it ends there */
function copy(bytes: Buffer, from: number, to: number, into: Buffer, length: number): number {
  if (to - from > fewBytes) return length + bytes.copy(into, length, from, to);
  let end = length;
  for (let at = from; at < to; at += 1) into[end++] = bytes[at] as number;
  return end;
}

/** As a JSON text has it. @returns as `copy`; -1 where something needs more than a backslash */
function escaped(bytes: Buffer, from: number, to: number, into: Buffer, length: number): number {
  let end = length;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] as number;
    if (byte < space) return -1;
    if (byte === quote || byte === backslash) into[end++] = backslash;
    into[end++] = byte;
  }
  return end;
}

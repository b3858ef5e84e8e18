/**
 * Whether bytes are one JSON object, and where two of its members stand, without making anything of it: a line that is
 * JSON already is passed on as it is, so that nobody has to read and write it anew.
 */
const [quote, backslash, comma, colon] = [34, 92, 44, 58];
const [openBrace, closeBrace, openBracket, closeBracket] = [123, 125, 91, 93];
const [zero, nine, minus, plus, dot] = [48, 57, 45, 43, 46];
const [letterE, lowerE, lowerU] = [69, 101, 117];
const [space, tab] = [32, 9];
const literals = ['true', 'false', 'null'].map((word) => Buffer.from(word));
/** Behind a backslash: `"\/bfnrt`; `u` has four digits behind it. */
const escapes = new Set(Buffer.from('"\\/bfnrt'));
/** Of each byte, whether it ends a text, or is none of it as it is. */
const ends = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(byte < space || byte === quote || byte === backslash),
);
/** What is nested deeper is read by whoever has a stack for it. */
const deepest = 64;
const none = -1;

export class JsonScan {
  readonly #names: readonly Buffer[];
  /** Of each name: where its value begins and ends, with the quotes of a text. The last one of several counts. */
  readonly from: number[];
  readonly to: number[];
  #bytes: Uint8Array = Buffer.alloc(0);
  #end = 0;

  /** @param names of members, without anything that JSON would escape */
  constructor(names: readonly string[]) {
    this.#names = names.map((name) => Buffer.from(name));
    this.from = names.map(() => none);
    this.to = names.map(() => none);
  }

  /** As JSON.parse has it, but for what is nested very deep. @param end behind the last byte */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    this.#bytes = bytes;
    this.#end = end;
    this.from.fill(none);
    const at = this.#skip(start);
    return bytes[at] === openBrace && this.#skip(this.#object(at + 1, 0)) === end;
  }

  /** Behind the brace. @returns where it ends, or beyond the end when it is none */
  #object(start: number, depth: number): number {
    const bytes = this.#bytes;
    let at = this.#skip(start);
    if (bytes[at] === closeBrace && at < this.#end) return at + 1;
    for (;;) {
      if (bytes[at] !== quote) return this.#failed();
      const behind = this.#text(at + 1);
      const name = depth === 0 ? this.#nameAt(at + 1, behind - 1) : none;
      at = this.#skip(behind);
      if (bytes[at] !== colon) return this.#failed();
      const value = this.#skip(at + 1);
      const end = this.#value(value, depth);
      if (name !== none) {
        this.from[name] = value;
        this.to[name] = end;
      }
      at = this.#skip(end);
      if (at >= this.#end) return this.#failed();
      if (bytes[at] === closeBrace) return at + 1;
      if (bytes[at] !== comma) return this.#failed();
      at = this.#skip(at + 1);
    }
  }

  #array(start: number, depth: number): number {
    const bytes = this.#bytes;
    let at = this.#skip(start);
    if (bytes[at] === closeBracket && at < this.#end) return at + 1;
    for (;;) {
      at = this.#skip(this.#value(at, depth));
      if (at >= this.#end) return this.#failed();
      if (bytes[at] === closeBracket) return at + 1;
      if (bytes[at] !== comma) return this.#failed();
      at = this.#skip(at + 1);
    }
  }

  #value(at: number, depth: number): number {
    if (at >= this.#end || depth > deepest) return this.#failed();
    const byte = this.#bytes[at] as number;
    if (byte === quote) return this.#text(at + 1);
    if (byte === minus || isDigit(byte)) return this.#number(at);
    if (byte === openBrace) return this.#object(at + 1, depth + 1);
    if (byte === openBracket) return this.#array(at + 1, depth + 1);
    for (const word of literals) if (this.#isAt(word, at)) return at + word.length;
    return this.#failed();
  }

  /** Behind its first quote. */
  #text(start: number): number {
    const bytes = this.#bytes;
    for (let at = start; ; at += 1) {
      while (ends[bytes[at] as number] === 0) at += 1;
      if (at >= this.#end || bytes[at] === quote) return at + 1;
      if (bytes[at] !== backslash) return this.#failed();
      at += 1;
      if (bytes[at] === lowerU && [1, 2, 3, 4].every((nth) => isHex(bytes[at + nth]))) at += 4;
      else if (!escapes.has(bytes[at] as number)) return this.#failed();
    }
  }

  #number(start: number): number {
    const bytes = this.#bytes;
    const first = bytes[start] === minus ? start + 1 : start;
    let at = bytes[first] === zero ? first + 1 : this.#digits(first);
    if (bytes[at] === dot) at = this.#digits(at + 1);
    if (bytes[at] === lowerE || bytes[at] === letterE)
      at = this.#digits(bytes[at + 1] === plus || bytes[at + 1] === minus ? at + 2 : at + 1);
    return at;
  }

  /** At least one. */
  #digits(start: number): number {
    let at = start;
    while (at < this.#end && isDigit(this.#bytes[at])) at += 1;
    return at === start ? this.#failed() : at;
  }

  #skip(start: number): number {
    let at = start;
    while (at < this.#end && (this.#bytes[at] === space || this.#bytes[at] === tab)) at += 1;
    return at;
  }

  #nameAt(from: number, to: number): number {
    for (let index = 0; index < this.#names.length; index += 1) {
      const name = this.#names[index] as Buffer;
      if (name.length === to - from && this.#isAt(name, from)) return index;
    }
    return none;
  }

  #isAt(word: Buffer, at: number): boolean {
    for (let nth = 0; nth < word.length; nth += 1) if (this.#bytes[at + nth] !== word[nth]) return false;
    return true;
  }

  #failed(): number {
    return this.#end + 1;
  }
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= zero && byte <= nine;

const isHex = (byte: number | undefined): boolean =>
  isDigit(byte) || (byte !== undefined && (byte | 32) >= 97 && (byte | 32) <= 102);

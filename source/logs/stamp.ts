/**
 * The time that Kubernetes writes before each line of a log, `2026-11-23T20:55:01.123456789Z `, read from bytes: most lines
 * are never looked at, so none of them may cost a string. Nodes write their own zone (`+08:00`).
 */
const [zero, nine, space, dot, zulu, plus, minus, newline] = [48, 57, 32, 46, 90, 43, 45, 10];
/** `2026-11-23`, `2026-11-23T20:55:01` */
const [dayLength, secondsLength] = [10, 19];
/** Of a time with its zone. */
export const longestStamp = 40;

let knownDay = -1;
let knownDayMs = 0;

const digit = (bytes: Uint8Array, at: number): number => (bytes[at] as number) - zero;
const two = (bytes: Uint8Array, at: number): number => digit(bytes, at) * 10 + digit(bytes, at + 1);

/** Milliseconds since 1970 with their fraction, exact to a quarter of a microsecond; NaN where no time stands. */
export function timeAt(bytes: Uint8Array, at: number): number {
  const seconds = secondsAt(bytes, at);
  if (Number.isNaN(seconds)) return seconds;
  let [fraction, unit] = [0, 100];
  if (bytes[at + secondsLength] === dot)
    for (let next = at + secondsLength + 1; isDigit(bytes[next]); next += 1) {
      fraction += digit(bytes, next) * unit;
      unit /= 10;
    }
  return seconds * 1000 + fraction;
}

/** Whole seconds since 1970; NaN where no time stands. */
export function secondsAt(bytes: Uint8Array, at: number): number {
  if (bytes[at + 4] !== minus || bytes[at + 10] !== 84 || bytes[at + 13] !== 58) return Number.NaN;
  const day = (two(bytes, at) * 100 + two(bytes, at + 2)) * 10_000 + two(bytes, at + 5) * 100 + two(bytes, at + 8);
  if (day !== knownDay) {
    knownDayMs = Date.UTC(Math.floor(day / 10_000), (Math.floor(day / 100) % 100) - 1, day % 100);
    knownDay = day;
  }
  const seconds = two(bytes, at + 11) * 3600 + two(bytes, at + 14) * 60 + two(bytes, at + 17);
  return knownDayMs / 1000 + seconds - zoneSeconds(bytes, at + secondsLength);
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= zero && byte <= nine;

function zoneSeconds(bytes: Uint8Array, from: number): number {
  let at = from;
  if (bytes[at] === dot) for (at += 1; isDigit(bytes[at]); at += 1);
  const sign = bytes[at];
  if (sign === zulu || (sign !== plus && sign !== minus)) return 0;
  const offset = two(bytes, at + 1) * 3600 + two(bytes, at + 4) * 60;
  return sign === plus ? offset : -offset;
}

/** Where the text of a line begins: behind its time, or where the line does when it has none. */
export function textAt(bytes: Uint8Array, at: number): number {
  if (bytes[at] === space) return at + 1;
  if (bytes[at + 4] !== minus || bytes[at + 10] !== 84) return at;
  // As kubelets in UTC write it.
  if (bytes[at + 30] === space && bytes[at + 29] === zulu) return at + 31;
  const end = Math.min(bytes.length, at + longestStamp);
  let next = at + dayLength;
  while (next < end && bytes[next] !== space && bytes[next] !== newline) next += 1;
  return bytes[next] === space && next < end && next >= at + secondsLength ? next + 1 : at;
}

/** Where the last of these whole lines begins. */
export function lastLineAt(bytes: Buffer): number {
  return bytes.length < 2 ? 0 : bytes.lastIndexOf(newline, bytes.length - 2) + 1;
}

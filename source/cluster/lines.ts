/** Splits a byte stream into lines without decoding what is between them twice. */
import type { Readable } from 'node:stream';

const newline = 10;

/** Every line without its end; a last one without an end too. */
export async function* linesOf(stream: Readable): AsyncGenerator<string> {
  let rest: Buffer[] = [];
  for await (const piece of stream as AsyncIterable<Buffer>) {
    const chunk = Buffer.isBuffer(piece) ? piece : Buffer.from(piece);
    const last = chunk.lastIndexOf(newline);
    if (last < 0) {
      rest.push(chunk);
      continue;
    }
    // One decode for all complete lines of a chunk; a multi-byte character never spans a newline.
    const whole = Buffer.concat([...rest, chunk.subarray(0, last)]).toString('utf8');
    rest = last + 1 < chunk.length ? [chunk.subarray(last + 1)] : [];
    yield* whole.split('\n');
  }
  if (rest.length > 0) yield Buffer.concat(rest).toString('utf8');
}

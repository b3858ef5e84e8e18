/** Redis' protocol, the server's side: commands as arrays of strings or as plain lines, each answered in turn. */
import type { Duplex } from 'node:stream';

/** @param run one command. @throws Error in Redis' words. */
export function speakResp(stream: Duplex, run: (words: readonly string[]) => unknown): void {
  let received = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    for (let next = readCommand(received); next; next = readCommand(received)) {
      received = received.subarray(next.end);
      if (next.words.length > 0) stream.write(answer(run, next.words));
    }
  });
  stream.on('end', () => stream.end());
  stream.on('error', () => stream.destroy());
}

function answer(run: (words: readonly string[]) => unknown, words: readonly string[]): string {
  try {
    return encode(run(words));
  } catch (error) {
    return `-${(error as Error).message}\r\n`;
  }
}

function encode(value: unknown): string {
  if (value === null || value === undefined) return '$-1\r\n';
  if (typeof value === 'number') return `:${value}\r\n`;
  if (Array.isArray(value)) return `*${value.length}\r\n${value.map(encode).join('')}`;
  const text = String(value);
  return /^(OK|PONG)$/.test(text) ? `+${text}\r\n` : `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
}

/** Undefined while something is still to come. */
function readCommand(bytes: Buffer): { readonly words: readonly string[]; readonly end: number } | undefined {
  const line = readLine(bytes, 0);
  if (!line) return undefined;
  if (!line.text.startsWith('*')) return { words: line.text.split(/\s+/).filter(Boolean), end: line.end };
  const words: string[] = [];
  let at = line.end;
  for (let left = Number(line.text.slice(1)); left > 0; left--) {
    const size = readLine(bytes, at);
    const length = Number(size?.text.slice(1));
    if (!size || bytes.length < size.end + length + 2) return undefined;
    words.push(bytes.toString('utf8', size.end, size.end + length));
    at = size.end + length + 2;
  }
  return { words, end: at };
}

function readLine(bytes: Buffer, from: number): { readonly text: string; readonly end: number } | undefined {
  const end = bytes.indexOf('\r\n', from);
  return end < 0 ? undefined : { text: bytes.toString('utf8', from, end), end: end + 2 };
}

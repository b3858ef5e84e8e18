/** RESP, the little of it that is needed: commands out, simple replies in. */
import type { Socket } from 'node:net';

/** Sends a command and gives its reply; an error reply throws with Redis' own words. One command at a time. */
export function commander(socket: Socket): (...words: readonly string[]) => Promise<unknown> {
  let received: Buffer = Buffer.alloc(0);
  let wake: () => void = () => {};
  socket.on('data', (data: Buffer) => {
    received = Buffer.concat([received, data]);
    wake();
  });
  socket.on('close', () => wake());
  return async (...words) => {
    socket.write(`*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`);
    for (;;) {
      const reply = parseReply(received);
      if (reply) {
        received = received.subarray(reply.length);
        if (reply.value instanceof Error) throw reply.value;
        return reply.value;
      }
      if (socket.destroyed) throw new Error('Socket closed unexpectedly');
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
}

interface Reply {
  readonly value: unknown;
  /** Bytes it takes. */
  readonly length: number;
}

/** The first reply of what was received; undefined while it is not complete. */
export function parseReply(received: Buffer): Reply | undefined {
  const end = received.indexOf('\r\n');
  if (end < 0) return undefined;
  const kind = String.fromCharCode(received[0] as number);
  const line = received.toString('utf8', 1, end);
  if (kind === '+') return { value: line, length: end + 2 };
  if (kind === '-') return { value: new Error(line), length: end + 2 };
  if (kind === ':') return { value: Number(line), length: end + 2 };
  if (kind !== '$') throw new Error(`a reply of kind ${kind} was not expected`);
  const size = Number(line);
  if (size < 0) return { value: null, length: end + 2 };
  const last = end + 2 + size;
  return received.length < last + 2 ? undefined : { value: received.toString('utf8', end + 2, last), length: last + 2 };
}

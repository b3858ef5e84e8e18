/** Makes a server on loopback as far away as one on the internet: every byte takes half a round trip each way. */
import { createServer, connect as open, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** Listens on a port of its own and hands on to `port`. Resolves with the new port and what closes it. */
export async function farAway(port: number, roundTripMs: number): Promise<{ readonly port: number; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = open(port, '127.0.0.1');
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    delay(near, far, roundTripMs / 2);
    delay(far, near, roundTripMs / 2);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { port: (server.address() as { port: number }).port, close };
}

/** Timers of equal length fire in the order they were set, so chunks keep theirs. */
function delay(from: Duplex, to: Duplex, ms: number): void {
  from.on('data', (chunk: Buffer) => setTimeout(() => to.write(chunk), ms));
  from.on('end', () => setTimeout(() => to.end(), ms));
}

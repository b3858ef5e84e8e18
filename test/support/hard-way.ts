/** A way to a server that can be cut: TCP on loopback, passed on as it comes. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** `end`: the server hangs up; `reset`: the connection breaks; `freeze`: nothing passes any more, and nobody is told. */
export type Cut = 'end' | 'reset' | 'freeze';

export interface HardWay {
  readonly port: number;
  /** What becomes of every connection that is open. */
  cut(how: Cut): void;
  close(): Promise<void>;
}

interface Passing {
  readonly client: Socket;
  readonly server: Socket;
}

export async function hardWay(target: URL): Promise<HardWay> {
  const open = new Set<Passing>();
  /** Whoever is at their other end may never notice that they were cut. */
  const left = new Set<Passing>();
  const listener = createServer((client) => {
    const server = connect(Number(target.port), target.hostname);
    const passing = { client, server };
    open.add(passing);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const)
      from
        .on('error', () => {})
        .on('close', () => {
          if (open.delete(passing)) to.destroy();
        })
        .pipe(to);
  });
  await once(listener.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (listener.address() as AddressInfo).port,
    cut(how) {
      for (const passing of open) {
        open.delete(passing);
        left.add(passing);
        const { client, server } = passing;
        server.unpipe(client);
        client.unpipe(server);
        if (how === 'reset') client.resetAndDestroy();
        if (how === 'end') client.end();
        server.destroy();
      }
    },
    async close() {
      const closed = once(listener, 'close');
      listener.close();
      for (const { client, server } of [...open, ...left]) {
        client.destroy();
        server.destroy();
      }
      await closed;
    },
  };
}

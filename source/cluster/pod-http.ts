/** HTTP into a pod over a port-forward. The API server's own proxy would strip `Authorization`. */
import type { Duplex } from 'node:stream';
import { Client } from 'undici';
import { send } from './public-http.ts';
import type { HttpClient } from './types.ts';

export function podHttp(open: (signal: AbortSignal) => Promise<Duplex>): HttpClient {
  const closing = new AbortController();
  const client = new Client('http://pod', {
    allowH2: false,
    // A kept connection would be a port-forward kept; each lasts as long as its answers come quickly after another.
    keepAliveTimeout: 4_000,
    connect: (_options, done) => {
      open(closing.signal).then(
        (stream) => done(null, socketLike(stream) as never),
        (error: Error) => done(error, null),
      );
    },
  });
  const close = () => {
    closing.abort(new Error('it is not needed any more'));
    return client.destroy();
  };
  return { request: (request) => send(client, request), close };
}

/** What undici asks of a socket beyond a stream. */
function socketLike(stream: Duplex): Duplex {
  const nothing = () => stream;
  return Object.assign(stream, {
    setTimeout: nothing,
    setNoDelay: nothing,
    setKeepAlive: nothing,
    ref: nothing,
    unref: nothing,
  });
}

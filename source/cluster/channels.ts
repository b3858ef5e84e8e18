/** WebSockets to the API server, authenticated as the requests are. */
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import type { Clock } from '../context.ts';
import { ApiError, ConnectionError, connectionError, responseError } from './api-error.ts';
import type { Transport } from './transport.ts';

const openTimeoutMs = 15_000;
const pingEveryMs = 10_000;
const deafAfterMs = 30_000;
/** No refusal is longer; what is beyond is not read. */
const refusalLimit = 64 * 1024;

/**
 * Opens a WebSocket, paused, and keeps it honest: pings every 10 s, and ends it when nothing comes back for 30 s, because a
 * half-open connection says nothing by itself. It ends with the signal, too.
 * @throws ApiError with the server's own words when it refuses; ConnectionError when it cannot be reached.
 */
export async function openSocket(
  transport: Transport,
  path: string,
  protocols: readonly string[],
  signal: AbortSignal | undefined,
): Promise<WebSocket> {
  const { credentials } = transport;
  const authorization = await credentials.authorization(signal);
  try {
    return await attempt(transport, path, protocols, authorization, signal);
  } catch (error) {
    if (!(error instanceof ApiError && error.code === 401 && credentials.refresh(authorization))) throw error;
    return attempt(transport, path, protocols, await credentials.authorization(signal), signal);
  }
}

async function attempt(
  transport: Transport,
  path: string,
  protocols: readonly string[],
  authorization: string | undefined,
  signal: AbortSignal | undefined,
): Promise<WebSocket> {
  const { config, tls, clock, userAgent } = transport;
  const url = new URL(config.server.pathname.replace(/\/$/, '') + path, config.server);
  url.protocol = config.server.protocol === 'http:' ? 'ws:' : 'wss:';
  const agent = await proxyAgent(transport.proxy);
  signal?.throwIfAborted();
  const socket = new WebSocket(url, [...protocols], {
    ...tls,
    ...(agent ? { agent } : {}),
    handshakeTimeout: openTimeoutMs,
    headers: { 'user-agent': userAgent, ...(authorization ? { authorization } : {}) },
    perMessageDeflate: false,
  });
  const abort = () => socket.terminate();
  signal?.addEventListener('abort', abort, { once: true });
  socket.once('close', () => signal?.removeEventListener('abort', abort));
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => {
      // What the server says at once must wait until somebody listens: the caller resumes.
      socket.pause();
      resolve();
    });
    socket.once('error', (error) => reject(signal?.aborted ? signal.reason : openingError(error)));
    socket.once('unexpected-response', (_, response) => {
      readRefusal(response).then(reject, (error) => reject(openingError(error)));
    });
  });
  // What happens after opening is told by `close`; without a listener an error would end the program.
  socket.on('error', () => {});
  void keepHonest(socket, clock);
  return socket;
}

/** ws gives its own faults as messages without a code. */
function openingError(error: Error): ConnectionError {
  const known = connectionError(error);
  return known ?? new ConnectionError(/timed out/.test(error.message) ? 'timeout' : 'reset', error.message, error);
}

async function readRefusal(response: IncomingMessage): Promise<ApiError> {
  let body = '';
  for await (const piece of response.setEncoding('utf8') as AsyncIterable<string>) {
    body += piece;
    if (body.length > refusalLimit) break;
  }
  return responseError(response.statusCode ?? 500, body, response.headers);
}

async function proxyAgent(proxy: string | undefined) {
  if (proxy === undefined) return undefined;
  const { HttpsProxyAgent } = await import('https-proxy-agent');
  return new HttpsProxyAgent(proxy);
}

async function keepHonest(socket: WebSocket, clock: Clock): Promise<void> {
  const ended = new AbortController();
  socket.once('close', () => ended.abort());
  let heardAt = clock.monotonic();
  const heard = () => {
    heardAt = clock.monotonic();
  };
  socket.on('pong', heard).on('message', heard);
  for (;;) {
    await clock.sleep(pingEveryMs, ended.signal).catch(() => {});
    if (ended.signal.aborted) return;
    // While our own reader takes its time, nothing can be heard.
    if (socket.isPaused) heard();
    if (clock.monotonic() - heardAt > deafAfterMs) return socket.terminate();
    socket.ping();
  }
}

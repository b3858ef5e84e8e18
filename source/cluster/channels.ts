/** WebSockets to the API server, authenticated as the requests are. */
import { WebSocket } from 'ws';
import { connectionError, responseError } from './api-error.ts';
import type { Transport } from './transport.ts';

const openTimeoutMs = 15_000;
const pingEveryMs = 10_000;
const deafAfterMs = 30_000;

/**
 * Opens a WebSocket, paused, and keeps it honest: pings every 10 s, and ends it when nothing comes back for 30 s, because a
 * half-open connection says nothing by itself.
 * @throws ApiError with the server's own words when it refuses; ConnectionError when it cannot be reached.
 */
export async function openSocket(
  transport: Transport,
  path: string,
  protocols: readonly string[],
  signal: AbortSignal | undefined,
): Promise<WebSocket> {
  signal?.throwIfAborted();
  try {
    return await attempt(transport, path, protocols, signal);
  } catch (error) {
    if ((error as { code?: number }).code !== 401 || !transport.credentials.refresh()) throw error;
    return attempt(transport, path, protocols, signal);
  }
}

async function attempt(
  transport: Transport,
  path: string,
  protocols: readonly string[],
  signal: AbortSignal | undefined,
): Promise<WebSocket> {
  const { config, credentials, tls } = transport;
  const url = new URL(config.server.pathname.replace(/\/$/, '') + path, config.server);
  url.protocol = config.server.protocol === 'http:' ? 'ws:' : 'wss:';
  const authorization = await credentials.authorization(signal);
  const agent = await proxyAgent(transport.proxy);
  const socket = new WebSocket(url, [...protocols], {
    ...tls,
    ...(agent ? { agent } : {}),
    handshakeTimeout: openTimeoutMs,
    headers: authorization ? { authorization } : {},
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
    socket.once('error', (error) => reject(signal?.aborted ? signal.reason : (connectionError(error) ?? error)));
    socket.once('unexpected-response', (_, response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (data: string) => {
        body += data;
      });
      response.on('end', () => reject(responseError(response.statusCode ?? 500, body, response.headers)));
      response.on('error', reject);
    });
  });
  // What happens after opening is told by `close`; without a listener an error would end the program.
  socket.on('error', () => {});
  keepHonest(socket);
  return socket;
}

async function proxyAgent(proxy: string | undefined) {
  if (proxy === undefined) return undefined;
  const { HttpsProxyAgent } = await import('https-proxy-agent');
  return new HttpsProxyAgent(proxy);
}

function keepHonest(socket: WebSocket): void {
  let heardAt = performance.now();
  const heard = () => {
    heardAt = performance.now();
  };
  socket.on('pong', heard).on('message', heard);
  const timer = setInterval(() => {
    if (performance.now() - heardAt > deafAfterMs) socket.terminate();
    else socket.ping();
  }, pingEveryMs);
  timer.unref();
  socket.once('close', () => clearInterval(timer));
}

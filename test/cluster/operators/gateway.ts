/** Stand-in for the platform's gateway: HTTPS with the wildcard certificate, routed by Ingress objects. */
import { readFile } from 'node:fs/promises';
import {
  createServer as createHttpServer,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Api } from '../api.ts';
import { type Layout, network } from '../layout.ts';
import { follow, type Picture } from './follow.ts';
import {
  bodyLimitOf,
  chooseRoute,
  type EndpointSlice,
  endpointsOf,
  type Ingress,
  type Route,
  type Service,
} from './routes.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

function answer(
  response: ServerResponse,
  code: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(code, {
    'content-type': 'text/plain',
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  });
  response.end(body);
}

class TooLarge extends Error {}

function limited(bytes: number): Transform {
  let seen = 0;
  return new Transform({
    transform(chunk: Buffer, _, done): void {
      seen += chunk.length;
      if (bytes > 0 && seen > bytes) done(new TooLarge());
      else done(null, chunk);
    },
  });
}

const hopByHop = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'proxy-connection',
  'te',
  'trailer',
]);

function forwardedHeaders(request: IncomingMessage): Record<string, string | string[]> {
  const kept = Object.entries(request.headers).filter(
    ([name, value]) => value !== undefined && !hopByHop.has(name),
  ) as [string, string | string[]][];
  const client = request.socket.remoteAddress ?? '';
  const before = request.headers['x-forwarded-for'];
  return {
    ...Object.fromEntries(kept),
    'x-forwarded-proto': 'https',
    'x-forwarded-host': request.headers.host ?? '',
    'x-forwarded-port': '443',
    'x-forwarded-for': before ? `${before}, ${client}` : client,
    'x-real-ip': client,
  };
}

async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  target: string,
  limit: number,
): Promise<void> {
  if (limit > 0 && Number(request.headers['content-length'] ?? 0) > limit) throw new TooLarge();
  const [host, port] = target.split(':');
  const upstream = httpRequest({
    host,
    port,
    method: request.method,
    path: request.url,
    headers: forwardedHeaders(request),
    timeout: 300_000,
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    upstream.on('response', resolve);
    upstream.on('error', reject);
    upstream.on('timeout', () => upstream.destroy(new Error('no answer')));
  });
  // A service may answer before it has read everything.
  const sent = pipeline(request, limited(limit), upstream).catch((error: Error) => {
    if (error instanceof TooLarge) throw error;
  });
  const reply = await Promise.race([answered, sent.then(() => answered)]);
  const headers = Object.entries(reply.headers).filter(([name]) => !hopByHop.has(name));
  response.writeHead(reply.statusCode ?? 502, Object.fromEntries(headers) as Record<string, string | string[]>);
  await pipeline(reply, response);
}

export interface GatewayOptions {
  readonly api: Api;
  readonly layout: Layout;
  /** Hosts of the platform itself, which no Ingress can take. */
  readonly platform: ReadonlyMap<string, Handler>;
  readonly signal: AbortSignal;
}

/** Serves until the signal ends it; returns when both ports listen. */
export async function runGateway({ api, layout, platform, signal }: GatewayOptions): Promise<void> {
  const ignore = (): void => undefined;
  const ingresses: Picture<Ingress> = follow(
    api,
    { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' },
    ignore,
    signal,
  );
  const services: Picture<Service> = follow(api, { apiVersion: 'v1', kind: 'Service' }, ignore, signal);
  const slices: Picture<EndpointSlice> = follow(
    api,
    { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' },
    ignore,
    signal,
  );
  let turn = 0;

  async function proxy(request: IncomingMessage, response: ServerResponse, route: Route): Promise<void> {
    const targets = endpointsOf(route, services, slices.values());
    const target = targets[turn++ % Math.max(1, targets.length)];
    if (!target) return answer(response, 503, 'no healthy upstream');
    await forward(request, response, target, bodyLimitOf(route.ingress));
  }

  function handle(request: IncomingMessage, response: ServerResponse): void {
    const host = (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
    const own = platform.get(host);
    const choice = chooseRoute(ingresses.values(), host, (request.url ?? '/').split('?')[0] ?? '/');
    if (own) own(request, response);
    else if (choice.kind === 'paused') answer(response, 503, 'Service Temporarily Unavailable');
    else if (choice.kind === 'none') answer(response, 404, 'default backend - 404');
    else
      proxy(request, response, choice.route).catch((error: Error) => {
        if (error instanceof TooLarge) answer(response, 413, 'Request Entity Too Large', { connection: 'close' });
        else answer(response, 502, `Bad Gateway: ${error.message}`);
      });
  }

  function redirect(request: IncomingMessage, response: ServerResponse): void {
    const host = (request.headers.host ?? '').replace(/:\d+$/, '');
    answer(response, 308, '', { location: `https://${host}${request.url}` });
  }

  const file = (name: string): Promise<string> => readFile(join(layout.pki, name), 'utf8');
  const secure = createHttpsServer(
    { cert: await file('gateway.crt'), key: await file('gateway.key'), requestTimeout: 0 },
    handle,
  );
  const open = createHttpServer(redirect);
  for (const [server, port] of [
    [secure, 443],
    [open, 80],
  ] as const)
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, network.gateway, resolve);
      signal.addEventListener('abort', () => server.close());
    });
}

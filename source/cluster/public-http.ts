/** HTTP to public addresses, as a visitor's program would do it: default authorities, DNS unless told otherwise. */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { TLSSocket } from 'node:tls';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import { proxyFor } from './proxy.ts';
import { translated } from './transport.ts';
import type { HttpClient, HttpRequest, HttpResponse } from './types.ts';

const defaultTimeoutMs = 30_000;
/** No answer read here is larger; what is beyond was not meant for us. */
const bodyLimit = 8 * 2 ** 20;

/** `HOST:PORT:ADDR`, as curl has it. */
export interface Resolve {
  readonly host: string;
  readonly port: number;
  readonly address: string;
}

/** A gateway that stands for all public addresses, with an authority of its own: that of the sandbox. */
export interface Gateway {
  readonly address: string;
  readonly port: number;
  /** PEM. */
  readonly ca: string;
}

/** @throws (from requests) ConnectionError with the fault by name: dns, refused, tls, timeout, reset. */
export function publicHttp(
  baseUrl: string,
  resolves: readonly Resolve[] = [],
  env: Readonly<Record<string, string | undefined>> = {},
  gateway?: Gateway,
): HttpClient {
  const url = new URL(baseUrl);
  const port = Number(url.port || (url.protocol === 'http:' ? 80 : 443));
  const pinned = resolves.find((each) => each.host === url.hostname && each.port === port);
  const connect = { timeout: 10_000, ...(pinned ? { lookup: fixedLookup(pinned.address) as never } : {}) };
  const proxy = pinned || gateway ? undefined : proxyFor(url, env);
  let certificateUntil: number | undefined;
  const noted =
    (done: buildConnector.Callback): buildConnector.Callback =>
    (...answer) => {
      const [, socket] = answer;
      const end = socket instanceof TLSSocket ? Date.parse(socket.getPeerCertificate().valid_to) : Number.NaN;
      if (!Number.isNaN(end)) certificateUntil = end;
      done(...answer);
    };
  const open = async (): Promise<Dispatcher> => {
    if (gateway) {
      const { address: hostname, port: at, ca } = gateway;
      const dial = buildConnector({ timeout: connect.timeout, ca, allowH2: false });
      return new Agent({
        allowH2: false,
        connect: (options, done) =>
          dial({ ...options, hostname, host: hostname, port: String(at), servername: url.hostname }, noted(done)),
      });
    }
    if (proxy === undefined) {
      const dial = buildConnector({ ...connect, allowH2: false });
      return new Agent({ allowH2: false, connections: 4, connect: (options, done) => dial(options, noted(done)) });
    }
    const { ProxyAgent } = await import('undici');
    return new ProxyAgent({ uri: proxy, allowH2: false });
  };
  let opened: Promise<Dispatcher> | undefined;
  return {
    async request(request) {
      opened ??= open();
      return send(await opened, request, url.origin);
    },
    certificateUntil: () => certificateUntil,
    async close() {
      await (await opened)?.destroy();
    },
  };
}

type LookupCallback = (error: null, address: string | { address: string; family: number }[], family?: number) => void;

function fixedLookup(address: string) {
  const family = isIP(address);
  return (_host: string, options: { all?: boolean }, done: LookupCallback) =>
    options.all ? done(null, [{ address, family }]) : done(null, address, family);
}

/** One request, read to its end. */
export async function send(through: Dispatcher, request: HttpRequest, origin = 'http://pod'): Promise<HttpResponse> {
  const timeout = AbortSignal.timeout(request.timeoutMs ?? defaultTimeoutMs);
  const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout;
  try {
    const response = await through.request({
      origin,
      path: request.path,
      method: request.method ?? 'GET',
      headers: { 'user-agent': 'posthog-sealos', ...request.headers },
      body: request.body ?? null,
      signal,
    });
    const pieces: Buffer[] = [];
    let size = 0;
    for await (const piece of response.body as AsyncIterable<Buffer>) {
      size += piece.length;
      if (size > bodyLimit) break;
      pieces.push(piece);
    }
    return { status: response.statusCode, headers: response.headers, body: Buffer.concat(pieces).toString('utf8') };
  } catch (error) {
    if (timeout.aborted && !request.signal?.aborted)
      throw translated(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' }), undefined);
    throw translated(error, request.signal);
  }
}

/** Addresses of a host: those given, else DNS; empty when there are none. */
export async function publicLookup(
  host: string,
  resolves: readonly Resolve[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const given = resolves.filter((each) => each.host === host).map(({ address }) => address);
  if (given.length > 0) return given;
  signal.throwIfAborted();
  const asked = lookup(host, { all: true }).catch(() => []);
  // The system's resolver cannot be interrupted, and may take half a minute when DNS is broken; it is left to itself.
  const { promise: interrupted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return (await Promise.race([asked, interrupted])).map(({ address }) => address);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

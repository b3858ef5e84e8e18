/**
 * HTTP to one API server. Ordinary requests share 16 connections; streams (watches, logs) have connections of their own,
 * so that requests never wait behind them. HTTP/1.1 only (DESIGN section 4, Transport).
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { type ConnectionOptions, createSecureContext } from 'node:tls';
import { Agent, buildConnector, type Dispatcher, ProxyAgent } from 'undici';
import type { Clock } from '../context.ts';
import { exitCodes, UserError } from '../errors.ts';
import { ApiError, ConnectionError, connectionError, responseError } from './api-error.ts';
import { type Credentials, credentialsFor } from './credentials.ts';
import { createGate } from './gate.ts';
import type { ClusterConfig } from './kubeconfig.ts';
import { proxyFor } from './proxy.ts';

const requestConnections = 16;
const connectTimeoutMs = 10_000;
const headersTimeoutMs = 30_000;
const keepAliveMs = 30_000;
/** A connection whose other end is gone is found out half a minute after the last word: probed from then on, ten times a second apart. */
const probeAfterMs = 10_000;
/** How many streams are being opened at the same time, and how long one may hold the next up. */
const openingStreams = 4;
const openingPatienceMs = 1_000;
/** How long after a broken connection a server may still be reading what it needs to know. */
const settlingMs = 20_000;

export interface TransportDeps {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly clock: Clock;
}

export interface Call {
  readonly method: Dispatcher.HttpMethod;
  /** Path and query, below the server's own path. */
  readonly path: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Transport {
  readonly config: ClusterConfig;
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly userAgent: string;
  readonly tls: ConnectionOptions;
  /** Address of the proxy on the way, if any. */
  readonly proxy: string | undefined;
  /** @throws ApiError for answers that are no success, ConnectionError when there is none. */
  send(call: Call): Promise<Answer>;
  /** The body as it comes; the same errors. */
  stream(call: Call): Promise<Readable>;
  /** Whether a connection failed within the last 20 s: the server may be coming back, and not know everybody yet. */
  settling(): boolean;
  close(): Promise<void>;
}

/** @throws UserError `bad-proxy` (exit 2) for a proxy address that is none. */
export function createTransport(config: ClusterConfig, { env, version, clock }: TransportDeps): Transport {
  const credentials = credentialsFor(config, clock, env);
  const tls = tlsOptions(config);
  const proxy = config.proxyUrl ?? proxyFor(config.server, env);
  const connect = connector(tls);
  const requests = dispatcher(tls, connect, proxy, requestConnections);
  const streams = dispatcher(tls, connect, proxy, undefined);
  const gate = createGate(openingStreams, openingPatienceMs, clock);
  const base = config.server.pathname.replace(/\/$/, '');
  const userAgent = `posthog-sealos/${version}`;
  let brokenAt = Number.NEGATIVE_INFINITY;
  /** What to throw instead of what came. */
  const failed = (error: unknown, signal: AbortSignal | undefined) => {
    const told = translated(error, signal);
    if (told instanceof ConnectionError) brokenAt = clock.monotonic();
    return told;
  };

  const dispatch = (through: Dispatcher, call: Call, authorization: string | undefined, streaming: boolean) =>
    through.request({
      origin: config.server.origin,
      path: base + call.path,
      method: call.method,
      headers: {
        'user-agent': userAgent,
        accept: 'application/json',
        ...(authorization ? { authorization } : {}),
        ...call.headers,
      },
      body: call.body ?? null,
      signal: call.signal ?? null,
      headersTimeout: headersTimeoutMs,
      bodyTimeout: streaming ? 0 : headersTimeoutMs,
      // A connection that a stream leaves behind may be dead by the time that the next one begins: each has its own.
      ...(streaming ? { reset: true } : {}),
    });

  const ask = async (through: Dispatcher, call: Call, streaming: boolean): Promise<Dispatcher.ResponseData> => {
    try {
      const authorization = await credentials.authorization(call.signal);
      const response = await dispatch(through, call, authorization, streaming);
      if (response.statusCode < 300) return response;
      const error = responseError(response.statusCode, await response.body.text(), response.headers);
      if (error.code !== 401 || !credentials.refresh(authorization)) throw error;
      const again = await dispatch(through, call, await credentials.authorization(call.signal), streaming);
      if (again.statusCode < 300) return again;
      throw responseError(again.statusCode, await again.body.text(), again.headers);
    } catch (error) {
      throw failed(error, call.signal);
    }
  };

  return {
    config,
    credentials,
    clock,
    userAgent,
    tls,
    proxy,
    async send(call) {
      const response = await ask(requests, call, false);
      try {
        return { status: response.statusCode, headers: response.headers, body: await response.body.text() };
      } catch (error) {
        throw failed(error, call.signal);
      }
    },
    async stream(call) {
      const { body } = await gate.pass(() => ask(streams, call, true), call.signal);
      return body.once('error', (error) => failed(error, call.signal));
    },
    settling: () => clock.monotonic() - brokenAt < settlingMs,
    async close() {
      await Promise.all([requests.destroy(), streams.destroy()]);
    },
  };
}

/** What aborted, if it was aborted; else the connection's fault by name. */
export function translated(error: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  return error instanceof ApiError ? error : (connectionError(error) ?? error);
}

function tlsOptions({ ca, insecure, serverName, clientCertificate }: ClusterConfig): ConnectionOptions {
  return {
    ...(ca ? { ca } : {}),
    ...(clientCertificate ? { cert: clientCertificate.cert, key: clientCertificate.key } : {}),
    ...(serverName ? { servername: serverName } : {}),
    rejectUnauthorized: !insecure,
  };
}

/** One for all connections: certificates are read once, and a TLS session that one has made is taken up by the next. */
function connector(tls: ConnectionOptions): buildConnector.connector {
  let made: buildConnector.connector | undefined;
  const make = () =>
    buildConnector({
      ...tls,
      // Else HTTP/2 is offered, whatever the dispatcher says. Node 24.21 then fills all memory where a request is given up.
      allowH2: false,
      secureContext: createSecureContext(tls),
      timeout: connectTimeoutMs,
      keepAlive: true,
      keepAliveInitialDelay: probeAfterMs,
    } as never);
  return (options, callback) => {
    // What cannot be read is the first connection's fault, not that of whoever asks for nothing.
    made ??= make();
    made(options, callback);
  };
}

function dispatcher(
  tls: ConnectionOptions,
  connect: buildConnector.connector,
  proxy: string | undefined,
  connections: number | undefined,
): Dispatcher {
  const common = {
    allowH2: false,
    keepAliveTimeout: keepAliveMs,
    ...(connections === undefined ? {} : { connections }),
  };
  if (proxy !== undefined) {
    if (!URL.canParse(proxy) || !/^(https?|socks5?):$/.test(new URL(proxy).protocol)) throw badProxy();
    return new ProxyAgent({ uri: proxy, requestTls: tls as never, ...common });
  }
  return new Agent({ ...common, connect });
}

/** Without the address, which may hold a password. */
function badProxy(): UserError {
  return new UserError({
    code: 'bad-proxy',
    exit: exitCodes.usage,
    say: (t) => t.cluster.badProxy,
    hint: (t) => t.cluster.badProxyHint,
  });
}

/**
 * HTTP to one API server. Ordinary requests share 16 connections; streams (watches, logs) have connections of their own,
 * so that requests never wait behind them. HTTP/1.1 only (DESIGN section 4, Transport).
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { ConnectionOptions } from 'node:tls';
import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import { ApiError, connectionError, responseError } from './api-error.ts';
import { type Credentials, credentialsFor } from './credentials.ts';
import type { ClusterConfig } from './kubeconfig.ts';
import { proxyFor } from './proxy.ts';

const requestConnections = 16;
const connectTimeoutMs = 10_000;
const headersTimeoutMs = 30_000;
const keepAliveMs = 30_000;

export interface TransportDeps {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
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
  readonly tls: ConnectionOptions;
  /** Address of the proxy on the way, if any. */
  readonly proxy: string | undefined;
  /** @throws ApiError for answers that are no success, ConnectionError when there is none. */
  send(call: Call): Promise<Answer>;
  /** The body as it comes; the same errors. */
  stream(call: Call): Promise<Readable>;
  close(): Promise<void>;
}

export function createTransport(config: ClusterConfig, deps: TransportDeps): Transport {
  const credentials = credentialsFor(config, deps.now, deps.env);
  const tls = tlsOptions(config);
  const proxy = config.proxyUrl ?? proxyFor(config.server, deps.env);
  const requests = dispatcher(tls, proxy, requestConnections);
  const streams = dispatcher(tls, proxy, undefined);
  const base = config.server.pathname.replace(/\/$/, '');

  const dispatch = async (through: Dispatcher, call: Call, streaming: boolean): Promise<Dispatcher.ResponseData> => {
    const authorization = await credentials.authorization(call.signal);
    return through.request({
      origin: config.server.origin,
      path: base + call.path,
      method: call.method,
      headers: {
        'user-agent': `posthog-sealos/${deps.version}`,
        accept: 'application/json',
        ...(authorization ? { authorization } : {}),
        ...call.headers,
      },
      body: call.body ?? null,
      signal: call.signal ?? null,
      headersTimeout: headersTimeoutMs,
      bodyTimeout: streaming ? 0 : headersTimeoutMs,
    });
  };

  const ask = async (through: Dispatcher, call: Call, streaming: boolean): Promise<Dispatcher.ResponseData> => {
    try {
      const response = await dispatch(through, call, streaming);
      if (response.statusCode < 400) return response;
      const error = responseError(response.statusCode, await response.body.text(), response.headers);
      if (error.code !== 401 || !credentials.refresh()) throw error;
      const again = await dispatch(through, call, streaming);
      if (again.statusCode < 400) return again;
      throw responseError(again.statusCode, await again.body.text(), again.headers);
    } catch (error) {
      throw translated(error, call.signal);
    }
  };

  return {
    config,
    credentials,
    tls,
    proxy,
    async send(call) {
      const response = await ask(requests, call, false);
      try {
        return { status: response.statusCode, headers: response.headers, body: await response.body.text() };
      } catch (error) {
        throw translated(error, call.signal);
      }
    },
    async stream(call) {
      return (await ask(streams, call, true)).body;
    },
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

function dispatcher(tls: ConnectionOptions, proxy: string | undefined, connections: number | undefined): Dispatcher {
  const common = {
    allowH2: false,
    keepAliveTimeout: keepAliveMs,
    ...(connections === undefined ? {} : { connections }),
  };
  if (proxy) return new ProxyAgent({ uri: proxy, requestTls: tls as never, ...common });
  return new Agent({
    ...common,
    connect: { ...tls, timeout: connectTimeoutMs, keepAlive: true, keepAliveInitialDelay: keepAliveMs } as never,
  });
}

/** The API server on loopback: who may speak, what goes wrong on purpose, and how it ends. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { StatusError } from '../objects/index.ts';
import type { Objects, Pace, User, World } from '../types.ts';
import { type Call, type Parts, refuse, statusOf } from './call.ts';
import { answerDocument } from './documents.ts';
import { failure } from './failure.ts';
import type { Faults } from './faults.ts';
import { authorize, denial } from './rbac.ts';
import { type RequestInfo, requestInfoOf } from './request-info.ts';
import { answerResource, kindFor } from './resources.ts';

export interface ServeOptions {
  readonly objects: Objects;
  readonly world: World;
  readonly pace: Pace;
  readonly tls: { readonly cert: string; readonly key: string };
  readonly users: (token: string) => User | undefined;
  readonly random: () => number;
  readonly faults?: Readonly<Faults>;
  readonly host: '127.0.0.1';
  /** 0 takes any that is free. */
  readonly port: number;
}

export interface ApiServer {
  readonly url: URL;
  /** Ends all connections; nothing answers for so long, in milliseconds of real time. */
  restart(ms: number): Promise<void>;
  /** Connections that are open stay open, and carry nothing any more. */
  freeze(): void;
  close(): Promise<void>;
}

/** @throws the listener's error when the port is taken. */
export async function serveApi(options: ServeOptions): Promise<ApiServer> {
  const { objects, world, pace, random, users, tls, host, faults = {} } = options;
  const parts: Parts = { objects, world, pace, random, faults };
  const connections = new Set<Duplex>();
  const secured = new Set<Duplex>();
  const ending = new AbortController();
  let requests = 0;

  /** @throws StatusError */
  const admit = (request: IncomingMessage): { readonly info: RequestInfo; readonly user: User } => {
    const token = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const user = token === undefined || faults.expiredTokens ? undefined : users(token);
    if (!user) throw StatusError.unauthorized();
    requests += 1;
    if (faults.tooManyRequests !== undefined) throw StatusError.tooManyRequests(faults.tooManyRequests);
    if (faults.errors && requests % 2 === 0) throw StatusError.internal('the sandbox was told to fail');
    const info = infoOf(request);
    if (!authorize(objects.store, user, info)) throw refusalOf(user, info);
    return { info, user };
  };

  const isReset = () => Boolean(faults.resets) && requests % 2 === 0;

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const signal = AbortSignal.any([gone.signal, ending.signal]);
    try {
      if (faults.slowMs) await pace.sleep(faults.slowMs, signal);
      const { info, user } = admit(request);
      if (isReset()) return void request.socket.destroy();
      const call: Call = { parts, info, user, request, response, signal };
      if (info.resource) await answerResource(call, info.resource);
      else await answerDocument(call);
    } catch (error) {
      refuse({ response }, error);
    } finally {
      // What nobody read would keep the connection from its next request.
      request.resume();
    }
  };

  const upgrade = async (request: IncomingMessage, connection: Duplex, head: Buffer): Promise<void> => {
    connection.on('error', () => {});
    try {
      const { info, user } = admit(request);
      const { resource } = info;
      const subresource = resource?.subresource ?? '';
      const kind = resource && kindFor(resource, info.malformed);
      if (!kind || !(subresource === 'exec' || subresource === 'portforward')) throw StatusError.noSuchResource();
      const pod = objects.get(kind, resource.namespace, resource.name ?? '');
      const { serveExec, servePortForward } = await import('./channels.ts');
      const serve = subresource === 'exec' ? serveExec : servePortForward;
      serve({ parts, info, user, request, connection, head, signal: ending.signal }, pod);
    } catch (error) {
      const { code, json } = statusOf(error);
      const headers = `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(json)}\r\nConnection: close`;
      connection.end(`HTTP/1.1 ${code} Refused\r\n${headers}\r\n\r\n${json}`);
    }
  };

  const server = createServer(tls, (request, response) => void handle(request, response));
  server.on('upgrade', (request, connection, head) => void upgrade(request, connection, head));
  const track = (all: Set<Duplex>) => (socket: Duplex) => {
    all.add(socket);
    socket.on('close', () => all.delete(socket));
  };
  server.on('connection', track(connections));
  server.on('secureConnection', track(secured));
  server.on('tlsClientError', () => {});
  const endConnections = () => {
    for (const connection of connections) connection.destroy();
  };
  const listen = async (port: number): Promise<number> => {
    server.listen(port, host);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const stop = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    endConnections();
    await closed;
  };
  const port = await listen(options.port);

  return {
    url: new URL(`https://${host}:${port}`),
    async restart(ms) {
      await stop();
      await pace.sleep(ms, ending.signal);
      await listen(port);
    },
    freeze() {
      for (const connection of secured) {
        connection.pause();
        connection.cork();
      }
    },
    async close() {
      ending.abort(new Error('the sandbox ends'));
      if (server.listening) await stop();
    },
  };
}

/** @throws StatusError 400 */
function infoOf(request: IncomingMessage): RequestInfo {
  try {
    return requestInfoOf(request.method ?? '', request.url ?? '/');
  } catch {
    throw StatusError.badRequest(`the address cannot be read: ${request.url}`);
  }
}

function refusalOf(user: User, info: RequestInfo): StatusError {
  const { resource } = info;
  const why = denial(user, info);
  if (!resource) return failure(403, 'Forbidden', `forbidden: ${why}`, {});
  const { resource: plural, group, name } = resource;
  const subject = (group ? `${plural}.${group}` : plural) + (name ? ` "${name}"` : '');
  const details = { ...(name && { name }), ...(group && { group }), kind: plural };
  return failure(403, 'Forbidden', `${subject} is forbidden: ${why}`, details);
}

/** The API server on loopback: who may speak, what goes wrong on purpose, and how it ends. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { StatusError } from '../objects/index.ts';
import type { Objects, Pace, User, World } from '../types.ts';
import { type Call, type Parts, refuse, statusOf } from './call.ts';
import { answerDocument } from './documents.ts';
import type { Faults } from './faults.ts';
import { type Gate, gateOf } from './gate.ts';
import { answerResource, kindFor } from './resources.ts';

export interface ServeOptions {
  readonly objects: Objects;
  readonly world: World;
  readonly pace: Pace;
  readonly tls: { readonly cert: string; readonly key: string };
  readonly users: (token: string) => User | undefined;
  readonly random: () => number;
  readonly faults?: Readonly<Faults>;
  /** Plurals of kinds that this server does not have. */
  readonly hidden?: ReadonlySet<string>;
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

/** Longer than clients keep theirs (Go: 90 s), so that none is closed just when it is used again. */
const keepAliveTimeout = 120_000;
/** As Go's: commands of `exec` stand in the address. */
const maxHeaderSize = 2 ** 20;

/** @throws the listener's error when the port is taken. */
export async function serveApi(options: ServeOptions): Promise<ApiServer> {
  const { objects, world, pace, random, users, tls, host, faults = {}, hidden = new Set<string>() } = options;
  const parts: Parts = { objects, world, pace, random, faults, hidden };
  const ending = new AbortController();
  const desk: Desk = { parts, gate: gateOf(objects.store, users, faults), ending: ending.signal };

  const server = createServer(
    { ...tls, keepAliveTimeout, maxHeaderSize },
    (request, response) => void handle(desk, request, response),
  );
  server.on('upgrade', (request, connection, head) => void upgrade(desk, request, connection, head));
  server.on('tlsClientError', () => {});
  const connections = connectionsOf(server);
  const listen = async (port: number): Promise<number> => {
    server.listen(port, host);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const stop = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    connections.end();
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
    freeze: connections.freeze,
    async close() {
      ending.abort(new Error('the sandbox ends'));
      if (server.listening) await stop();
    },
  };
}

/** Where requests are taken. */
interface Desk {
  readonly parts: Parts;
  readonly gate: Gate;
  readonly ending: AbortSignal;
}

async function handle(
  { parts, gate, ending }: Desk,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const signal = AbortSignal.any([gone.signal, ending]);
  try {
    if (parts.faults.slowMs) await parts.pace.sleep(parts.faults.slowMs, signal);
    const { info, user } = gate.admit(request);
    if (gate.cuts()) return void request.socket.destroy();
    const call: Call = { parts, info, user, request, response, signal };
    if (info.resource) await answerResource(call, info.resource);
    else await answerDocument(call);
  } catch (error) {
    refuse({ response }, error);
  } finally {
    // What nobody read would keep the connection from its next request.
    request.resume();
  }
}

async function upgrade(desk: Desk, request: IncomingMessage, connection: Duplex, head: Buffer): Promise<void> {
  const { parts, gate, ending } = desk;
  connection.on('error', () => {});
  try {
    const { info, user } = gate.admit(request);
    if (gate.cuts()) return void connection.destroy();
    const { resource } = info;
    const subresource = resource?.subresource ?? '';
    const kind = resource && kindFor(resource, info.malformed, parts.hidden);
    if (!kind || !(subresource === 'exec' || subresource === 'portforward')) throw StatusError.noSuchResource();
    const pod = parts.objects.get(kind, resource.namespace, resource.name ?? '');
    const { serveExec, servePortForward } = await import('./channels.ts');
    const serve = subresource === 'exec' ? serveExec : servePortForward;
    serve({ parts, info, user, request, connection, head, signal: ending }, pod);
  } catch (error) {
    const { code, json } = statusOf(error);
    const headers = `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(json)}\r\nConnection: close`;
    connection.end(`HTTP/1.1 ${code} Refused\r\n${headers}\r\n\r\n${json}`);
  }
}

function connectionsOf(server: Server): { end(): void; freeze(): void } {
  const [all, secured] = [new Set<Duplex>(), new Set<Duplex>()];
  const track = (set: Set<Duplex>) => (socket: Duplex) => {
    set.add(socket);
    socket.on('close', () => set.delete(socket));
  };
  server.on('connection', track(all));
  server.on('secureConnection', track(secured));
  return {
    end() {
      for (const socket of all) socket.destroy();
    },
    freeze() {
      for (const socket of secured) {
        socket.pause();
        socket.cork();
      }
    },
  };
}

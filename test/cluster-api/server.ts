/** A throw-away API server on loopback that says what a test tells it to. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from '../../source/cluster/index.ts';
import type { ClusterConfig } from '../../source/cluster/kubeconfig.ts';
import type { Cluster } from '../../source/cluster/types.ts';
import { systemClock } from '../../source/commands/system.ts';
import type { Clock } from '../../source/context.ts';

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

type Handler = (request: Seen, response: ServerResponse, incoming: IncomingMessage) => void | Promise<void>;

export class TestServer {
  readonly requests: Seen[] = [];
  connections = 0;
  handler: Handler = (_, response) => reply(response, 200, {});
  readonly #server: Server;

  constructor() {
    this.#server = createServer(async (incoming, response) => {
      let body = '';
      for await (const piece of incoming) body += String(piece);
      const seen = { method: incoming.method ?? '', url: incoming.url ?? '', headers: incoming.headers, body };
      this.requests.push(seen);
      await this.handler(seen, response, incoming);
    });
    this.#server.on('connection', () => {
      this.connections++;
    });
  }

  async start(): Promise<URL> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return new URL(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export function reply(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

export const status = (code: number, reason: string, message: string, details: object = {}) => ({
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  code,
  reason,
  message,
  details,
});

const longestBackoffMs = 11_000;
/** Waits for nothing between tries, so that a test of retries takes no time; limits of time are as long as ever. */
const hasty: Clock = {
  ...systemClock,
  sleep: async (ms, signal) => (ms > longestBackoffMs ? systemClock.sleep(ms, signal) : signal?.throwIfAborted()),
};

export function clusterAt(server: URL, more: Partial<ClusterConfig> = {}, clock: Clock = hasty): Cluster {
  const config: ClusterConfig = {
    context: 'test',
    namespace: 'ns-a',
    server,
    insecure: false,
    token: 'secret-token',
    ...more,
  };
  return connect(config, { env: {}, clock, random: () => 0.5, version: '1.2.3' });
}

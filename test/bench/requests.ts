/** Plain requests to an API server, with as little of a client as possible in between. */
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { loadKubeconfig } from '../../source/cluster/index.ts';

export interface Place {
  /** The answer's body as it came. Throws an Error when it is not a success. */
  send(method: string, path: string, body?: unknown): Promise<Buffer>;
  /** Chunks of an answer that goes on until it is told to end. */
  open(path: string): Promise<IncomingMessage>;
  close(): void;
}

/** The server and user that a kubeconfig names. */
export async function placeOf(kubeconfig: string): Promise<Place> {
  const { server, ca, token, clientCertificate } = await loadKubeconfig({ path: kubeconfig, env: {} });
  return placeAt(server, { ...(ca && { ca }), ...clientCertificate }, token);
}

/** @param trust as node:tls takes it. */
export function placeAt(server: URL, trust: object, token?: string): Place {
  const agent = new Agent({ keepAlive: true, ...trust });
  const start = (method: string, path: string, body?: unknown): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const headers = {
        accept: 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
      };
      const asked = request(new URL(path, server), { method, headers, agent }, resolve);
      // A connection that the server left in the moment that it was taken up again is no answer (`reusedSocket`).
      const fail = (error: NodeJS.ErrnoException) =>
        asked.reusedSocket && error.code === 'ECONNRESET'
          ? start(method, path, body).then(resolve, reject)
          : reject(error);
      asked.on('error', fail).end(body === undefined ? undefined : JSON.stringify(body));
    });
  return {
    async send(method, path, body) {
      const response = await start(method, path, body);
      const text = await buffer(response);
      if ((response.statusCode ?? 0) >= 300) throw new Error(`${method} ${path}: ${text.toString('utf8')}`);
      return text;
    },
    async open(path) {
      const response = await start('GET', path);
      if (response.statusCode !== 200) throw new Error(`GET ${path}: ${response.statusCode}`);
      return response;
    },
    close: () => agent.destroy(),
  };
}

/** Gives each whole line of an answer to `hear`, until the answer ends. */
export async function eachLine(answer: IncomingMessage, hear: (line: string) => void): Promise<void> {
  let rest = '';
  answer.setEncoding('utf8');
  for await (const chunk of answer as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) hear(line);
  }
}

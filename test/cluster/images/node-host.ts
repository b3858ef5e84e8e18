/** The Host of a container: real sockets, files and databases. */
import { randomBytes } from 'node:crypto';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import type {
  Conversation,
  FetchOptions,
  Host,
  Redis,
  Sql,
  WebRequest,
  WebResponse,
} from '../../../source/sandbox/components/host.ts';
import { commander } from './resp.ts';

const connectMs = 5_000;

export function nodeHost(argv: readonly string[]): Host {
  const ending = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.on(name, () => {
      ending.abort();
      // Long enough to finish what is in hand, short enough for no one to wait.
      setTimeout(() => process.exit(0), 200);
    });
  }
  return {
    env: process.env,
    argv,
    log: (line) => void process.stdout.write(`${line}\n`),
    now: () => Date.now(),
    sleep: wait,
    idle: wait,
    ending: ending.signal,
    serve,
    serveConversation,
    serveText,
    converse,
    text,
    fetch,
    sql,
    redis,
    read: (path) => readFile(path, 'utf8').catch(() => undefined),
    write: async (path, content) => {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
    },
    append: async (path, content) => {
      await mkdir(dirname(path), { recursive: true });
      await appendFile(path, content);
    },
    randomHex: (bytes) => randomBytes(bytes).toString('hex'),
  };
}

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, resolve);
  });
}

function serve(port: number, answer: (request: WebRequest) => Promise<WebResponse>): Promise<void> {
  const server = createServer(async (incoming, outgoing) => {
    try {
      const { status, headers = {}, body } = await answer(await requestOf(incoming));
      outgoing.writeHead(status, headers as Record<string, string>).end(body);
    } catch (error) {
      // Who asked may be gone; a component that cannot answer stays up, as the real ones do.
      process.stdout.write(`${(error as Error).message}\n`);
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(500).end();
    }
  });
  return listen(server, port);
}

async function requestOf(incoming: IncomingMessage): Promise<WebRequest> {
  const pieces: Buffer[] = [];
  for await (const piece of incoming as AsyncIterable<Buffer>) pieces.push(piece);
  const url = new URL(incoming.url ?? '/', 'http://host');
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: incoming.headers as Record<string, string>,
    body: Buffer.concat(pieces).toString('utf8'),
    remoteAddress: (incoming.socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
  };
}

function serveConversation(port: number, answer: (question: unknown) => Promise<unknown>): Promise<void> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => socket.destroy());
    let turn: Promise<void> = Promise.resolve();
    createInterface({ input: socket }).on('line', (line) => {
      // Answers keep the order of the questions.
      turn = turn
        .then(async () => {
          const said = await answer(JSON.parse(line)).catch((error: Error) => ({ error: error.message }));
          socket.write(`${JSON.stringify(said)}\n`);
        })
        // Somebody who speaks another protocol.
        .catch(() => void socket.destroy());
    });
  });
  return listen(server, port);
}

function serveText(port: number, answer: (text: string) => string): Promise<void> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', (data) => {
      const said = answer(data.toString('utf8'));
      if (said !== '') socket.end(said);
    });
  });
  return listen(server, port);
}

function dial(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const slow = setTimeout(() => socket.destroy(new Error(`connect ETIMEDOUT ${host}:${port}`)), connectMs);
    socket.once('connect', () => {
      clearTimeout(slow);
      resolve(socket);
    });
    socket.once('error', (error) => {
      clearTimeout(slow);
      reject(error);
    });
  });
}

async function converse(host: string, port: number): Promise<Conversation> {
  const socket = await dial(host, port);
  const waiting: { resolve: (value: unknown) => void; reject: (error: Error) => void }[] = [];
  const fail = (error: Error) => {
    for (const each of waiting.splice(0)) each.reject(error);
  };
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('Connection closed by the broker')));
  createInterface({ input: socket }).on('line', (line) => waiting.shift()?.resolve(JSON.parse(line)));
  return {
    ask: (question) =>
      new Promise((resolve, reject) => {
        if (socket.destroyed) return reject(new Error('Connection closed by the broker'));
        waiting.push({ resolve, reject });
        socket.write(`${JSON.stringify(question)}\n`);
      }),
    close: () => socket.destroy(),
  };
}

async function text(host: string, port: number, send?: string): Promise<string> {
  const socket = await dial(host, port);
  try {
    if (send === undefined) return '';
    return await new Promise<string>((resolve, reject) => {
      socket.once('data', (data) => resolve(data.toString('utf8')));
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('connection closed')));
      socket.setTimeout(connectMs, () => reject(new Error(`no answer from ${host}:${port}`)));
      socket.write(send);
    });
  } finally {
    socket.destroy();
  }
}

function fetch(
  url: string,
  { method = 'GET', headers = {}, body = '', timeoutMs = 10_000 }: FetchOptions = {},
): Promise<WebResponse> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      url,
      {
        method,
        headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
        timeout: timeoutMs,
        agent: false,
      },
      async (response) => {
        const pieces: Buffer[] = [];
        for await (const piece of response as AsyncIterable<Buffer>) pieces.push(piece);
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers as Record<string, string>,
          body: Buffer.concat(pieces).toString('utf8'),
        });
      },
    );
    request.on('timeout', () => request.destroy(new Error(`timeout ${url}`)));
    request.on('error', reject);
    request.end(body);
  });
}

async function sql(url: string): Promise<Sql> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: connectMs });
  client.on('error', () => {});
  await client.connect();
  return {
    query: async (statement, values) => {
      const result = (await client.query(statement, values as unknown[] | undefined)) as {
        rows?: Record<string, unknown>[];
      };
      return result.rows ?? [];
    },
    close: () => client.end(),
  };
}

async function redis(url: string): Promise<Redis> {
  const { hostname, port, password } = new URL(url);
  const socket = await dial(hostname, Number(port || '6379'));
  socket.on('error', () => {});
  const command = commander(socket);
  if (password !== '')
    await command('AUTH', decodeURIComponent(password)).catch((error: Error) => {
      socket.destroy();
      throw error;
    });
  return { command, close: () => socket.destroy() };
}

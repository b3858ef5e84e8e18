/** The Host of a container: real sockets, files and databases. */
import { randomBytes } from 'node:crypto';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest } from 'node:http';
import { connect, createServer as createTcpServer, type Socket } from 'node:net';
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
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
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
    write: (path, content) => writeFile(path, content),
    append: (path, content) => appendFile(path, content),
    randomHex: (bytes) => randomBytes(bytes).toString('hex'),
  };
}

function serve(port: number, answer: (request: WebRequest) => Promise<WebResponse>): Promise<void> {
  const server = createServer(async (incoming, outgoing) => {
    const pieces: Buffer[] = [];
    for await (const piece of incoming as AsyncIterable<Buffer>) pieces.push(piece);
    const url = new URL(incoming.url ?? '/', 'http://host');
    const {
      status,
      headers = {},
      body,
    } = await answer({
      method: incoming.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      headers: incoming.headers as Record<string, string>,
      body: Buffer.concat(pieces).toString('utf8'),
      remoteAddress: (incoming.socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
    });
    outgoing.writeHead(status, headers as Record<string, string>).end(body);
  });
  return new Promise((resolve) => server.listen(port, resolve));
}

function serveConversation(port: number, answer: (question: unknown) => Promise<unknown>): Promise<void> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => socket.destroy());
    let turn: Promise<void> = Promise.resolve();
    createInterface({ input: socket }).on('line', (line) => {
      // Answers keep the order of the questions.
      turn = turn.then(async () => {
        const said = await answer(JSON.parse(line)).catch((error: Error) => ({ error: error.message }));
        socket.write(`${JSON.stringify(said)}\n`);
      });
    });
  });
  return new Promise((resolve) => server.listen(port, resolve));
}

function serveText(port: number, answer: (text: string) => string): Promise<void> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', (data) => {
      const said = answer(data.toString('utf8'));
      if (said !== '') socket.end(said);
    });
  });
  return new Promise((resolve) => server.listen(port, resolve));
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

/** RESP, the little of it that is needed: commands out, simple replies in. */
async function redis(url: string): Promise<Redis> {
  const { hostname, port, password } = new URL(url);
  const socket = await dial(hostname, Number(port || '6379'));
  socket.on('error', () => {});
  let buffer = '';
  let wake: (() => void) | undefined;
  socket.on('data', (data) => {
    buffer += data.toString('utf8');
    wake?.();
  });
  const command = async (...words: readonly string[]): Promise<unknown> => {
    socket.write(`*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`);
    for (;;) {
      const reply = parse(buffer);
      if (reply) {
        buffer = buffer.slice(reply.length);
        if (reply.value instanceof Error) throw reply.value;
        return reply.value;
      }
      if (socket.destroyed) throw new Error('Socket closed unexpectedly');
      await new Promise<void>((resolve) => {
        wake = resolve;
        socket.once('close', resolve);
      });
    }
  };
  if (password !== '')
    await command('AUTH', decodeURIComponent(password)).catch((error: Error) => {
      socket.destroy();
      throw error;
    });
  return { command, close: () => socket.destroy() };
}

function parse(buffer: string): { readonly value: unknown; readonly length: number } | undefined {
  const end = buffer.indexOf('\r\n');
  if (end < 0) return undefined;
  const line = buffer.slice(1, end);
  if (buffer[0] === '+') return { value: line, length: end + 2 };
  if (buffer[0] === '-') return { value: new Error(line), length: end + 2 };
  if (buffer[0] === ':') return { value: Number(line), length: end + 2 };
  const size = Number(line);
  if (size < 0) return { value: null, length: end + 2 };
  const bytes = Buffer.from(buffer.slice(end + 2));
  if (bytes.length < size + 2) return undefined;
  const value = bytes.subarray(0, size).toString('utf8');
  return { value, length: end + 2 + value.length + 2 };
}

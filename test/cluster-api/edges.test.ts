/** What credentials, channels and streams do at their edges; each test holds a line whose change no other test noticed. */
import { writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { loadKubeconfig, publicHttp } from '../../source/cluster/index.ts';
import { systemClock } from '../../source/commands/system.ts';
import type { Clock } from '../../source/context.ts';
import { settle, TestClock } from '../support/test-clock.ts';
import { clusterAt, reply, TestServer } from './server.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edges-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('credentials', () => {
  let server: TestServer;
  let url: URL;
  let now: number;
  const clock: Clock = { ...systemClock, now: () => now };
  beforeEach(async () => {
    now = Date.UTC(2026, 0, 1);
    server = new TestServer();
    url = await server.start();
    server.handler = (_, response) => reply(response, 200, { gitVersion: 'v1.34.4', major: '1', minor: '34' });
  });
  afterEach(() => server.stop());
  const used = () => server.requests.map(({ headers }) => headers['authorization']);
  const plugin = (body: string) => ({
    command: process.execPath,
    args: ['-e', body, '--', join(folder, 'seen')],
    env: {},
    apiVersion: 'client.authentication.k8s.io/v1',
    provideClusterInfo: true,
  });

  test('of a plugin are renewed a minute before they end', async () => {
    const body = `const fs = require('fs'); fs.appendFileSync(process.argv[1], 'x');
      console.log(JSON.stringify({ status: { token: 't' + fs.readFileSync(process.argv[1], 'utf8').length, expirationTimestamp: '2026-01-01T01:00:00Z' } }))`;
    const cluster = clusterAt(url, { token: undefined, exec: plugin(body) } as never, clock);
    await cluster.version();
    now += 58 * 60_000;
    await cluster.version();
    now += 90_000;
    await cluster.version();
    expect(used()).toEqual(['Bearer t1', 'Bearer t1', 'Bearer t2']);
    await cluster.close();
  });

  test('a plugin that asks for it is told the cluster', async () => {
    const body = `require('fs').writeFileSync(process.argv[1], process.env.KUBERNETES_EXEC_INFO); console.log('{"status":{"token":"t"}}')`;
    const cluster = clusterAt(url, { token: undefined, exec: plugin(body) } as never, clock);
    await cluster.version();
    const info = JSON.parse(await readFile(join(folder, 'seen'), 'utf8')) as object;
    expect(info).toMatchObject({ spec: { interactive: false, cluster: { server: url.href } } });
    await cluster.close();
  });

  test('a plugin that hangs ends with whoever waits for it', async () => {
    const body = `require('fs').writeFileSync(process.argv[1], String(process.pid)); setInterval(() => {}, 1000)`;
    const cluster = clusterAt(url, { token: undefined, exec: plugin(body) } as never, clock);
    const stop = new AbortController();
    const asking = expect(cluster.version(stop.signal)).rejects.toThrow('enough');
    const started = async () => Number(await readFile(join(folder, 'seen'), 'utf8').catch(() => ''));
    const pid = await expect.poll(started).toBeGreaterThan(0).then(started);
    stop.abort(new Error('enough'));
    await asking;
    await expect.poll(() => isAlive(pid)).toBe(false);
    await cluster.close();
  });

  test('of a file are read again after half a minute', async () => {
    const tokenFile = join(folder, 'token');
    const cluster = clusterAt(url, { token: undefined, tokenFile } as never, clock);
    await writeFile(tokenFile, 'old');
    await cluster.version();
    await writeFile(tokenFile, 'new');
    now += 29_000;
    await cluster.version();
    now += 2_000;
    await cluster.version();
    expect(used()).toEqual(['Bearer old', 'Bearer old', 'Bearer new']);
    await cluster.close();
  });

  test('a body without an end is not read to it', async () => {
    server.handler = (_, response) => {
      const piece = Buffer.alloc(1 << 20, 'x');
      const more = () => {
        while (!response.destroyed && response.write(piece));
        response.once('drain', more);
      };
      more();
    };
    const http = publicHttp(url.origin);
    const { body } = await http.request({ path: '/' });
    expect(body.length).toBeLessThanOrEqual(8 * 2 ** 20);
    await http.close();
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('kubeconfigs', () => {
  const write = (name: string, current: string, size = 0) =>
    writeFile(
      join(folder, name),
      JSON.stringify({
        clusters: [{ name: 'c', cluster: { server: `https://${name}.test` } }],
        contexts: [{ name: current, context: { cluster: 'c' } }],
        'current-context': current,
        padding: ' '.repeat(size),
      }),
    );

  test('a file of more than a megabyte is another file', async () => {
    await write('large', 'x', 2 ** 20);
    await expect(loadKubeconfig({ env: {}, path: join(folder, 'large') })).rejects.toMatchObject({ exit: 2 });
  });
});

describe('channels', () => {
  let server: Server;
  let url: URL;
  let sockets: WebSocketServer;
  let serve: (socket: WebSocket) => void;
  /** Status to refuse an upgrade with, by its headers and URL. */
  let refuse: (headers: Readonly<Record<string, unknown>>) => number | undefined;
  let asked: URL[];
  beforeEach(async () => {
    asked = [];
    refuse = () => undefined;
    sockets = new WebSocketServer({
      noServer: true,
      autoPong: false,
      handleProtocols: (offered) => [...offered][0] ?? false,
    });
    server = createServer();
    server.on('upgrade', (request, socket, head) => {
      asked.push(new URL(request.url ?? '', 'http://server'));
      const code = refuse(request.headers);
      if (code !== undefined) return void socket.end(`HTTP/1.1 ${code} No\r\ncontent-length: 0\r\n\r\n`);
      sockets.handleUpgrade(request, socket, head, (opened) => serve(opened));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  afterEach(async () => {
    for (const socket of sockets.clients) socket.terminate();
    await new Promise((resolve) => server.close(resolve));
  });
  const channel = (number: number, content: string | Buffer) =>
    Buffer.concat([Buffer.of(number), Buffer.from(content)]);
  const success = channel(3, '{"status":"Success"}');

  test('a token that is refused is read again', async () => {
    const tokenFile = join(folder, 'token');
    await writeFile(tokenFile, 'old');
    const cluster = clusterAt(url, { token: undefined, tokenFile } as never, systemClock);
    refuse = ({ authorization }) => {
      if (authorization === 'Bearer new') return undefined;
      writeFileSync(tokenFile, 'new');
      return 401;
    };
    serve = (socket) => socket.send(success);
    expect((await cluster.exec('pod', ['true'])).exitCode).toBe(0);
    await cluster.close();
  });

  test('an input reaches a server that knows no v5, counted', async () => {
    const cluster = clusterAt(url, {}, systemClock);
    refuse = (headers) => (String(headers['sec-websocket-protocol']).includes('v5') ? 403 : undefined);
    serve = (socket) => socket.on('message', () => socket.send(success));
    await cluster.exec('pod', ['cat'], { stdin: 'äb' });
    expect(asked.at(-1)?.searchParams.getAll('command')).toEqual(['sh', '-c', 'head -c "$0" | "$@"', '3', 'cat']);
    await cluster.close();
  });

  test('output without an end is cut', async () => {
    const cluster = clusterAt(url, {}, systemClock);
    serve = (socket) => {
      for (let sent = 0; sent < 20; sent++) socket.send(channel(1, Buffer.alloc(2 ** 20, 'x')));
      socket.send(success);
    };
    const { stdout } = await cluster.exec('pod', ['yes']);
    expect(stdout.length).toBe(16 * 2 ** 20);
    await cluster.close();
  });

  test('a port-forward that breaks is no end of the data', async () => {
    const cluster = clusterAt(url, {}, systemClock);
    serve = (socket) => socket.terminate();
    const stream = await cluster.portForward('pod', 80);
    const read = async () => {
      for await (const _ of stream);
    };
    await expect(read()).rejects.toMatchObject({ fault: 'reset' });
    await cluster.close();
  });

  test('a server that answers no ping for 30 s is gone', async () => {
    const clock = new TestClock();
    const cluster = clusterAt(url, {}, clock);
    serve = () => {};
    const running = expect(cluster.exec('pod', ['sleep'], { timeoutMs: 600_000 })).rejects.toMatchObject({
      fault: 'reset',
    });
    await expect.poll(() => sockets.clients.size).toBe(1);
    await settle();
    await clock.pass(60_000);
    await running;
    await cluster.close();
  });
});

test.each([
  'unable to retrieve container logs for containerd://8200eb7b006883c857b721c2036c1a2a',
  'failed to try resolving symlinks in path "/var/log/pods/x/web/0.log": lstat /var/log/pods/x: no such file or directory\n',
])('what a node says in place of a log is no log: %s', async (said) => {
  const server = new TestServer();
  const url = await server.start();
  server.handler = (_, response) => void response.writeHead(200, { 'content-type': 'text/plain' }).end(said);
  const cluster = clusterAt(url, {}, systemClock);
  const every = async (stream: AsyncIterable<unknown>) => {
    for await (const _ of stream);
  };
  const gone = { name: 'ApiError', code: 404, message: said.trim() };
  await expect(every(cluster.logBytes('pod'))).rejects.toMatchObject(gone);
  await expect(every(cluster.logLines('pod'))).rejects.toMatchObject(gone);
  await expect(cluster.logText('pod')).rejects.toMatchObject(gone);
  server.handler = (_, response) => void response.writeHead(200, { 'content-type': 'text/plain' }).end(`web: ${said}`);
  expect(await cluster.logText('pod')).toBe(`web: ${said}`);
  await cluster.close();
  await server.stop();
});

test('a log that is cut off in the middle is a connection that broke', async () => {
  const server = new TestServer();
  const url = await server.start();
  server.handler = (_, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.write('half a l');
    setImmediate(() => response.socket?.end());
  };
  const cluster = clusterAt(url, {}, systemClock);
  const read = async () => {
    for await (const _ of cluster.logBytes('pod', { container: 'main', follow: true }));
  };
  await expect(read()).rejects.toMatchObject({ name: 'ConnectionError', fault: 'reset' });
  await cluster.close();
  await server.stop();
});

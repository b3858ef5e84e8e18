import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Cluster } from '../../source/cluster/types.ts';
import { systemClock } from '../../source/commands/system.ts';
import { clusterAt, status } from './server.ts';

let server: Server;
let cluster: Cluster;
let sockets: WebSocketServer;
let asked: URL;
let serve: (socket: WebSocket) => void;
let refuse: { code: number; body: object } | undefined;

beforeEach(async () => {
  refuse = undefined;
  sockets = new WebSocketServer({ noServer: true, handleProtocols: (offered) => [...offered][0] ?? false });
  server = createServer();
  server.on('upgrade', (request, socket, head) => {
    asked = new URL(request.url ?? '', 'http://server');
    if (refuse) {
      const body = JSON.stringify(refuse.body);
      socket.end(`HTTP/1.1 ${refuse.code} Refused\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (opened) => serve(opened));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cluster = clusterAt(new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), {}, systemClock);
});
afterEach(async () => {
  await cluster.close();
  for (const socket of sockets.clients) socket.terminate();
  await new Promise((resolve) => server.close(resolve));
});

const channel = (number: number, text: string | Buffer) => Buffer.concat([Buffer.of(number), Buffer.from(text)]);
const ended = (body: object) => channel(3, JSON.stringify(body));
const failed = { status: 'Failure', details: { causes: [{ reason: 'ExitCode', message: '7' }] } };

describe('a command in a container', () => {
  test('gives what it wrote and its exit code', async () => {
    serve = (socket) => {
      socket.send(channel(1, 'out '));
      socket.send(channel(2, 'err'));
      socket.send(channel(1, 'put'));
      socket.send(ended(failed));
    };
    expect(await cluster.exec('pod', ['sh', '-c', 'a b'], { container: 'main' })).toEqual({
      exitCode: 7,
      stdout: 'out put',
      stderr: 'err',
    });
    expect(asked.pathname).toBe('/api/v1/namespaces/ns-a/pods/pod/exec');
    expect(asked.searchParams.getAll('command')).toEqual(['sh', '-c', 'a b']);
    expect(asked.searchParams.get('container')).toBe('main');
  });

  test('is given its input and the end of it', async () => {
    const heard: string[] = [];
    serve = (socket) =>
      socket.on('message', (data: Buffer) => {
        heard.push(data.toString('latin1'));
        if (data[0] === 255) socket.send(ended({ status: 'Success' }));
      });
    expect(await cluster.exec('pod', ['cat'], { stdin: 'hello' })).toMatchObject({ exitCode: 0 });
    expect(heard).toEqual(['\0hello', '\xff\0']);
  });

  test('whose connection drops without a status is an error, not a wait for ever', async () => {
    serve = (socket) => socket.terminate();
    await expect(cluster.exec('pod', ['sleep'])).rejects.toMatchObject({ name: 'ConnectionError', fault: 'reset' });
  });

  test('that takes too long ends as timed out', async () => {
    serve = () => {};
    await expect(cluster.exec('pod', ['sleep'], { timeoutMs: 50 })).rejects.toMatchObject({ fault: 'timeout' });
  });

  test('that the server refuses keeps the server’s words', async () => {
    refuse = { code: 404, body: status(404, 'NotFound', 'pods "pod" not found') };
    await expect(cluster.exec('pod', ['ls'])).rejects.toMatchObject({ code: 404, message: 'pods "pod" not found' });
  });

  test('that could not be run at all has no exit code', async () => {
    serve = (socket) => socket.send(ended({ status: 'Failure', message: 'executable file not found' }));
    await expect(cluster.exec('pod', ['nosuch'])).rejects.toThrow('executable file not found');
  });
});

describe('a port of a pod', () => {
  const port = Buffer.of(0x40, 0x1f);
  const echo = (socket: WebSocket) => {
    // The first message of each channel repeats the port.
    socket.send(channel(0, port));
    socket.send(channel(1, port));
    socket.on('message', (data: Buffer) => socket.send(data));
  };

  test('is a stream both ways, every byte kept', async () => {
    serve = echo;
    const stream = await cluster.portForward('pod', 8000);
    expect(asked.searchParams.get('ports')).toBe('8000');
    const sent = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 256));
    stream.write(sent);
    const pieces: Buffer[] = [];
    for await (const piece of stream as AsyncIterable<Buffer>) {
      pieces.push(piece);
      if (Buffer.concat(pieces).length >= sent.length) break;
    }
    expect(Buffer.concat(pieces).equals(sent)).toBe(true);
  });

  test('that nobody listens on says so', async () => {
    serve = (socket) => {
      socket.send(channel(0, port));
      socket.send(channel(1, port));
      socket.send(channel(1, 'connection refused'));
    };
    const stream = await cluster.portForward('pod', 8000);
    const error = await new Promise<Error>((resolve) => stream.once('error', resolve));
    expect(error).toMatchObject({ fault: 'refused', detail: 'connection refused' });
  });

  test('carries HTTP, with Authorization', async () => {
    let request = '';
    serve = (socket) => {
      socket.send(channel(0, port));
      socket.on('message', (data: Buffer) => {
        request += data.subarray(1).toString();
        if (request.includes('\r\n\r\n')) socket.send(channel(0, 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'));
      });
    };
    const http = cluster.podHttp('pod', 8000);
    const answer = await http.request({
      path: '/_health',
      headers: { authorization: 'Bearer x', host: 'posthog.example.com' },
    });
    await http.close();
    expect(answer).toMatchObject({ status: 200, body: 'ok' });
    expect(request).toContain('GET /_health HTTP/1.1');
    expect(request.toLowerCase()).toContain('authorization: bearer x');
    expect(request.toLowerCase()).toContain('host: posthog.example.com');
  });
});

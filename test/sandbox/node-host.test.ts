/** The host that containers give the components: sockets, files and Redis' protocol, on loopback. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Host } from '../../source/sandbox/components/host.ts';
import { nodeHost } from '../cluster/images/node-host.ts';
import { parseReply } from '../cluster/images/resp.ts';

const closing: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function host(): Host {
  const handlers = { SIGTERM: process.listeners('SIGTERM'), SIGINT: process.listeners('SIGINT') };
  const made = nodeHost(['node']);
  // Its handlers would end the tests' own process.
  for (const name of ['SIGTERM', 'SIGINT'] as const)
    for (const listener of process.listeners(name)) if (!handlers[name].includes(listener)) process.off(name, listener);
  return made;
}

/** A port that was free just now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function talking(answer: (socket: Socket, text: string) => void): Promise<number> {
  const server = createServer((socket) => {
    closing.push(() => void socket.destroy());
    socket.on('data', (data) => answer(socket, data.toString('utf8')));
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  closing.push(() => void server.close());
  return (server.address() as AddressInfo).port;
}

describe('replies of Redis', () => {
  test.each([
    ['+OK\r\n', 'OK', 5],
    [':12\r\n', 12, 5],
    ['$-1\r\n', null, 5],
    ['$5\r\nh\u00e9lo\r\n+next', 'h\u00e9lo', 11],
    ['$0\r\n\r\n', '', 6],
  ])('%j', (text, value, length) => {
    expect(parseReply(Buffer.from(text))).toEqual({ value, length });
  });

  test.each(['', '+OK', '$5\r\nhel', '$5\r\nhello', '$5\r\nhello\r'])('%j is not complete', (text) => {
    expect(parseReply(Buffer.from(text))).toBeUndefined();
  });

  test('a letter that arrives in two pieces stays whole', async () => {
    const reply = Buffer.from('$2\r\n\u00e9\r\n');
    const port = await talking((socket) => {
      socket.write(reply.subarray(0, 5), () => setImmediate(() => socket.write(reply.subarray(5))));
    });
    const client = await host().redis(`redis://127.0.0.1:${port}`);
    expect(await client.command('GET', 'key')).toBe('\u00e9');
    client.close();
  });

  test('a wrong password is told in its own words', async () => {
    const port = await talking((socket, text) => {
      expect(text).toContain('AUTH');
      socket.write('-WRONGPASS invalid username-password pair or user is disabled.\r\n');
    });
    await expect(host().redis(`redis://:secret@127.0.0.1:${port}`)).rejects.toThrow(/^WRONGPASS/);
  });

  test('a server that hangs up is not waited for', async () => {
    const port = await talking((socket) => socket.destroy());
    const client = await host().redis(`redis://127.0.0.1:${port}`);
    await expect(client.command('PING')).rejects.toThrow('Socket closed');
  });
});

test('conversations keep their order, pass on errors, and survive who speaks another protocol', async () => {
  const port = await freePort();
  const server = host();
  await server.serveConversation(port, async (question) => {
    if (question === 'bad') throw new Error('not that');
    return { heard: question };
  });
  await expect(server.text('127.0.0.1', port, 'GET / HTTP/1.1\r\n\r\n')).rejects.toThrow();
  const talk = await server.converse('127.0.0.1', port);
  expect(await Promise.all([talk.ask(1), talk.ask('bad'), talk.ask(2)])).toEqual([
    { heard: 1 },
    { error: 'not that' },
    { heard: 2 },
  ]);
  talk.close();
  await expect(talk.ask(3)).rejects.toThrow('Connection closed');
});

test('a web server answers with 500 where its component cannot, and stays', async () => {
  const port = await freePort();
  const server = host();
  await server.serve(port, async ({ path }) => {
    if (path === '/bad') throw new Error('dependency is away');
    return { status: 200, body: path };
  });
  expect((await server.fetch(`http://127.0.0.1:${port}/bad`)).status).toBe(500);
  expect(await server.fetch(`http://127.0.0.1:${port}/good?x=1`)).toMatchObject({ status: 200, body: '/good' });
  await expect(server.serve(port, async () => ({ status: 200, body: '' }))).rejects.toThrow('EADDRINUSE');
});

test('a server that says nothing is given up', async () => {
  const server = createHttpServer(() => {});
  await new Promise<void>((resolve) => server.listen(0, resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  await expect(host().fetch(url, { timeoutMs: 50 })).rejects.toThrow('timeout');
});

test('files are made with their folders and read back; none is undefined', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'stub-'));
  closing.push(() => rm(folder, { recursive: true }));
  const { read, write, append } = host();
  const path = join(folder, 'a/b/c');
  expect(await read(path)).toBeUndefined();
  await append(path, 'one');
  await append(path, 'two');
  expect(await read(path)).toBe('onetwo');
  await write(path, 'three');
  expect(await readFile(path, 'utf8')).toBe('three');
});

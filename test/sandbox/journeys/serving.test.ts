/** Who serves the sandbox, who takes over, and what is kept when one is killed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { root } from '../../../source/build/paths.ts';
import { connect, loadKubeconfig } from '../../../source/cluster/index.ts';
import type { Cluster } from '../../../source/cluster/types.ts';
import type { SandboxState } from '../../../source/sandbox/home/state.ts';
import { apiAnswers, ensureState, type JoinedSandbox, joinSandbox } from '../../../source/sandbox/join.ts';
import { SandboxFolder } from './support.ts';

let folder: SandboxFolder;
const opened: (() => Promise<unknown>)[] = [];
beforeEach(() => {
  folder = new SandboxFolder();
});
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
  folder.remove();
});

const never = new AbortController().signal;
const complaints: string[] = [];

async function joined(): Promise<JoinedSandbox> {
  const sandbox = await joinSandbox({
    context: folder.context,
    signal: never,
    complain: (who, error) => complaints.push(`${who}: ${error}`),
  });
  opened.push(() => sandbox.membership.leave());
  return sandbox;
}

async function clusterOf({ kubeconfig }: Pick<JoinedSandbox, 'kubeconfig'>): Promise<Cluster> {
  const cluster = connect(await loadKubeconfig({ path: kubeconfig, env: {}, signal: never }), folder.context);
  opened.push(() => cluster.close());
  return cluster;
}

const note = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { a: '1' } });
const refOf = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', name });

test('a guest takes over port, token and state', async () => {
  const [host, guest] = [await joined(), await joined()];
  expect([host.membership.serves, guest.membership.serves]).toEqual([true, false]);
  const cluster = await clusterOf(guest);
  await cluster.create(note('kept'));
  await host.membership.leave();
  await expect.poll(() => guest.membership.serves).toBe(true);
  expect(await cluster.get(refOf('kept'))).toMatchObject({ data: { a: '1' } });
  expect(complaints).toEqual([]);
});

test('one that is too busy to say who it is is waited for', async () => {
  const state = await ensureState(folder.home, folder.context);
  const asked: Socket[] = [];
  const busy = createServer((socket) => asked.push(socket)).listen(state.publicPort, '127.0.0.1');
  await once(busy, 'listening');
  const joining = joined();
  await expect.poll(() => asked.length, { timeout: 10_000 }).toBe(4);
  busy.close();
  for (const socket of asked) socket.destroy();
  expect((await joining).membership.serves).toBe(true);
});

test('kill -9 loses nothing that was acknowledged', async () => {
  const state = await ensureState(folder.home, folder.context);
  const server = spawn(process.execPath, [join(root, 'test/sandbox/journeys/serve.ts')], { env: { ...folder.env } });
  opened.push(async () => server.kill('SIGKILL'));
  await expect.poll(() => apiAnswers(state)).toBe(true);
  const guest = await joined();
  expect(guest.membership.serves).toBe(false);
  const cluster = await clusterOf(guest);
  const acknowledged: string[] = [];
  const writing = (async () => {
    for (let index = 0; index < 200; index++) {
      await cluster.create(note(`note-${index}`));
      acknowledged.push(`note-${index}`);
      if (index === 100) server.kill('SIGKILL');
    }
  })().catch(() => {});
  await once(server, 'exit');
  await writing;
  await expect.poll(() => guest.membership.serves).toBe(true);
  const { items } = await cluster.list({ apiVersion: 'v1', kind: 'ConfigMap' });
  const names = new Set(items.map(({ metadata }) => metadata.name));
  expect(acknowledged.length).toBeGreaterThan(100);
  expect(acknowledged.filter((name) => !names.has(name))).toEqual([]);
});

describe('what keeps it from serving is told, and nothing is overwritten', () => {
  const stateFile = () => join(folder.home, 'sandbox.json');
  const status = () => folder.run(['status', '--sandbox']);

  test('a port that another program has', async () => {
    const state = await ensureState(folder.home, folder.context);
    const other = createHttpServer().listen(state.publicPort, '127.0.0.1');
    await once(other, 'listening');
    opened.push(async () => other.close());
    const { code, err } = await status();
    expect(code).toBe(3);
    expect(err).toContain(`Another program listens on the sandbox's port`);
  });

  test('files that are folders', async () => {
    await ensureState(folder.home, folder.context);
    mkdirSync(join(folder.home, 'objects.jsonl'));
    const { code, err } = await status();
    expect([code, err]).toEqual([3, expect.stringContaining('cannot keep its state')]);
  });

  test.each([
    ['damaged', '{"version":1,', 'cannot be read'],
    ['newer', '{"version":99}', 'was made by a newer posthog-sealos'],
  ])('a %s state', async (_, content, words) => {
    await ensureState(folder.home, folder.context);
    writeFileSync(stateFile(), content);
    const { code, err } = await status();
    expect(code).toBe(3);
    expect(err).toContain(words);
    expect(readFileSync(stateFile(), 'utf8')).toBe(content);
    const reset = await folder.run(['sandbox', 'reset']);
    expect(reset.code).toBe(0);
    const kept = /kept in (.*)\.\n/.exec(reset.out)?.[1] ?? '';
    expect(readFileSync(join(kept, 'sandbox.json'), 'utf8')).toBe(content);
  });

  test.each([
    ['objects.jsonl', 'nonsense\n{"x"', 'cannot be read'],
    ['objects.jsonl', '{"format":"posthog-sealos sandbox objects","version":99}\n', 'newer posthog-sealos'],
    ['traffic.json', '{"rate":4,"coun', 'cannot be read'],
    ['traffic.json', '{"version":1,"rate":4}', 'cannot be read'],
    ['traffic.json', '{"version":99}', 'newer posthog-sealos'],
  ])('%s that holds %s', async (file, content, words) => {
    await ensureState(folder.home, folder.context);
    writeFileSync(join(folder.home, file), content);
    const { code, err } = await status();
    expect([code, err.includes(words)]).toEqual([3, true]);
    expect(readFileSync(join(folder.home, file), 'utf8')).toBe(content);
    const reset = await folder.run(['sandbox', 'reset']);
    const kept = /kept in (.*)\.\n/.exec(reset.out)?.[1] ?? '';
    expect(readFileSync(join(kept, file), 'utf8')).toBe(content);
  });

  test('a folder that cannot be made', async () => {
    writeFileSync(join(folder.path, 'posthog-sealos'), 'a file in its way');
    const { code, err } = await status();
    expect(code).toBe(3);
    expect(err).toContain('cannot keep its state');
  });
});

test('nothing is told without the token, whatever the Host header', async () => {
  const { state } = await joined();
  const asked = await ask(state, 'anything.example.com');
  expect(asked).toBe(401);
});

async function ask({ port, authority }: SandboxState, host: string): Promise<number> {
  const { request } = await import('node:https');
  const asking = request({
    host: '127.0.0.1',
    port,
    path: '/api/v1/namespaces',
    ca: authority.ca,
    servername: 'localhost',
    headers: { host },
  });
  asking.end();
  const [response] = (await once(asking, 'response')) as [{ statusCode: number; resume(): void }];
  response.resume();
  return response.statusCode;
}

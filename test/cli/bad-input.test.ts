/** The table of bad input: each says what is wrong and what to do, with its exit code, in both languages, without a stack. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../source/cli.ts';
import { systemClock, systemContext } from '../../source/commands/system.ts';
import { maxNameLength } from '../../source/stack/components.ts';
import { selfSigned } from '../support/self-signed.ts';
import { FakeIo } from './fake-io.ts';

let home = '';
const servers: Server[] = [];
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'posthog-sealos-home-'));
});
afterAll(async () => {
  await rm(home, { recursive: true, force: true });
  for (const server of servers) server.close();
});

/** As on this machine, but waiting takes little time; not so little that a handshake could not come in time. */
const context = {
  ...systemContext('0.0.0-test'),
  random: () => 0,
  clock: {
    ...systemClock,
    sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(ms / 20, signal),
  },
};

async function go(argv: readonly string[], { lang = 'en', stdin = '' } = {}) {
  const io = new FakeIo({ stdin, env: { HOME: home, LANG: lang === 'zh' ? 'zh_CN.UTF-8' : 'en_US.UTF-8' } });
  const code = await run(argv, io, context, new AbortController().signal);
  return { code, out: io.out, err: io.err };
}

/** Refused in both languages and for programs, with something to do next and nothing from inside the program. */
async function expectRefusal(argv: readonly string[], code: number, text: string, stdin = ''): Promise<void> {
  const [en, zh] = [await go(argv, { stdin }), await go(argv, { lang: 'zh', stdin })];
  expect(en.err).toContain(text);
  for (const each of [en, zh]) {
    expect([each.code, each.out]).toEqual([code, '']);
    expect(each.err).not.toMatch(/^\s+at |posthog-sealos\/source|node:internal/m);
    expect(each.err.trim().split('\n').length).toBeGreaterThan(1);
  }
  expect(zh.err).toMatch(/[\u4e00-\u9fff]/);
  expect(zh.err).not.toBe(en.err);
  const json = await go([...argv, '-o', 'json'], { stdin });
  expect(json.code).toBe(code);
  expect(JSON.parse(json.out)).toMatchObject({ type: 'error', hint: expect.stringMatching(/./) });
}

const long = (length: number) => 'x'.repeat(length);

describe('flags and answers', () => {
  test.each<[readonly string[], string]>([
    [['instal'], 'did you mean "install"?'],
    [['install', '--siz', 'small'], 'did you mean --size?'],
    [['install', '--size', 'smal'], 'did you mean "small"?'],
    [['install', '--set', 'siz=small'], 'did you mean "size"?'],
    [['install', '--set', 'components.wep.cpu=1'], 'did you mean "components.web.cpu"?'],
    [['install', '--name', 'My_PostHog'], '--name: "My_PostHog" cannot be "name": it must be lower-case letters'],
    [['install', '--name', '1st'], 'beginning with a letter'],
    [['install', '--name', long(maxNameLength + 1)], `at most ${maxNameLength} characters`],
    [['install', '--host', 'https://posthog.example.com'], 'no scheme, path, port or underscore'],
    [['install', '--host', 'posthog.example.com/app'], 'no scheme, path, port or underscore'],
    [['install', '--host', 'post_hog.example.com'], 'no scheme, path, port or underscore'],
    [['install', '--host', `${long(64)}.example.com`], 'labels of at most 63 characters'],
    [['install', '--host', `${`${long(60)}.`.repeat(5)}com`], 'cannot be "host"'],
    [['install', '--timeout', '2'], 'write a duration'],
    [['install', '--conflicts', 'force'], 'it must be one of keep, take'],
    [['install', '--fix', 'everything'], '"everything" cannot be --fix'],
    [['install', '--resolve', 'posthog.example.com'], 'HOST:PORT:ADDR'],
    [['install', '-n', 'No_Namespace'], 'is no name of a namespace'],
    [['install', '--set', 'mail.password=x'], 'does not belong on a command line'],
    [['install', '--admin-password-stdin'], 'needs --admin-email'],
    [['install', '--admin-email', 'a@example.com', '--admin-password-stdin'], 'stdin is empty'],
    [['install', '--values', join(tmpdir(), 'there', 'is', 'none.yaml')], 'does not exist'],
    [['install', '--values', tmpdir()], 'is a directory'],
  ])('%j', async (argv, text) => {
    await expectRefusal(argv, 2, text);
  });
});

const kubeconfig = (server: string) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server } }],
    users: [{ name: 'u', user: { token: 'the-secret-token' } }],
    contexts: [{ name: 'main', context: { cluster: 'c', user: 'u', namespace: 'ns-1' } }],
    'current-context': 'main',
  });

async function kubeconfigFile(content: string): Promise<string> {
  const file = join(home, 'kubeconfig.yaml');
  await writeFile(file, content);
  return file;
}

const serverThat = async (answers: RequestListener) => `http://${await listening(createServer(answers))}`;

async function listening(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe.each(['install', 'proof', 'status'])('the kubeconfig of %s', (command) => {
  const given = (file: string) => [command, '--kubeconfig', file];

  test('is nowhere', async () => {
    await expectRefusal([command], 3, 'No kubeconfig was found');
    expect((await go([command])).err).toContain('Sealos desktop');
  });

  test('is not where it was said to be', async () => {
    await expectRefusal(given(join(home, 'none')), 3, 'does not exist');
  });

  test('is a directory', async () => {
    await mkdir(join(home, 'folder'), { recursive: true });
    await expectRefusal(given(join(home, 'folder')), 2, join(home, 'folder'));
  });

  test.each(['', '\n'])('is empty (%j)', async (content) => {
    await expectRefusal(given(await kubeconfigFile(content)), 2, 'empty');
  });

  test.each(['clusters: [', 'just text', '- a'])('is malformed (%j)', async (content) => {
    await expectRefusal(given(await kubeconfigFile(content)), 2, 'kubeconfig.yaml');
  });

  test('has no such context', async () => {
    const file = await kubeconfigFile(kubeconfig('http://127.0.0.1:9'));
    await expectRefusal([...given(file), '--context', 'mian'], 2, 'did you mean "main"?');
  });

  test('leads to a port where nobody listens', async () => {
    const file = await kubeconfigFile(kubeconfig('http://127.0.0.1:9'));
    await expectRefusal(given(file), 3, '127.0.0.1:9');
  });

  test('leads to a server whose certificate its authority has not signed', async () => {
    const server = await listening(createTlsServer(await selfSigned('127.0.0.1')));
    await expectRefusal(given(await kubeconfigFile(kubeconfig(`https://${server}`))), 3, 'is not trusted');
  });

  test('leads to a server that takes the question and says nothing', async () => {
    const file = await kubeconfigFile(kubeconfig(await serverThat(() => {})));
    await expectRefusal(given(file), 3, 'it does not answer in time');
  });

  test.each<[string, RequestListener]>([
    ['a web page', (_, response) => response.end('<!doctype html><title>Welcome</title>')],
    ['a page that was not found', (_, response) => response.writeHead(404).end('<html>nginx</html>')],
    ['another address', (_, response) => response.writeHead(302, { location: 'https://login.example.com/' }).end()],
  ])('leads to a server that answers with %s', async (_, answers) => {
    const file = await kubeconfigFile(kubeconfig(await serverThat(answers)));
    await expectRefusal(given(file), 3, 'does not answer like a Kubernetes API server');
  });

  test('has a token that has expired', async () => {
    const server = await serverThat((_, response) => {
      response.writeHead(401, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ kind: 'Status', code: 401, reason: 'Unauthorized', message: 'Unauthorized' }));
    });
    const file = await kubeconfigFile(kubeconfig(server));
    await expectRefusal(given(file), 3, 'does not accept your login');
    expect((await go([...given(file), '-v'])).err).not.toContain('the-secret-token');
  });

  test('has a token without rights', async () => {
    const server = await serverThat((_, response) => {
      response.writeHead(403, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ kind: 'Status', code: 403, reason: 'Forbidden', message: 'secrets is forbidden' }));
    });
    await expectRefusal(given(await kubeconfigFile(kubeconfig(server))), 3, 'Your token may not do this');
  });
});

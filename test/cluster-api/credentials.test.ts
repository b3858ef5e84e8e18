import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { credentialsFor } from '../../source/cluster/credentials.ts';
import type { ClusterConfig } from '../../source/cluster/kubeconfig.ts';
import { isToken } from '../../source/cluster/token.ts';
import { UserError } from '../../source/errors.ts';
import { clusterAt, reply, status, TestServer } from './server.ts';

let server: TestServer;
let url: URL;
let folder: string;
/** What the server takes. */
let accepted: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'posthog-sealos-credentials-'));
  server = new TestServer();
  url = await server.start();
  server.handler = ({ headers }, response) =>
    headers['authorization'] === `Bearer ${accepted}`
      ? reply(response, 200, { gitVersion: 'v1.34.4', major: '1', minor: '34' })
      : reply(response, 401, status(401, 'Unauthorized', 'Unauthorized'));
});
afterEach(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

async function asking(config: Partial<ClusterConfig>, times = 1): Promise<readonly unknown[]> {
  const cluster = clusterAt(url, { token: undefined, ...config } as Partial<ClusterConfig>);
  try {
    return await Promise.all(Array.from({ length: times }, () => cluster.version().catch((error: unknown) => error)));
  } finally {
    await cluster.close();
  }
}

describe('a login plugin', () => {
  /** Gives token-1, token-2, ...; counts how often it ran. */
  const script = (body: string) => ({
    command: process.execPath,
    args: ['-e', `const fs = require('fs'); const [, file] = process.argv; ${body}`, '--', join(folder, 'runs')],
    env: {},
    apiVersion: 'client.authentication.k8s.io/v1',
    provideClusterInfo: false,
  });
  const counting = (status: string) =>
    script(
      `fs.appendFileSync(file, 'x'); const run = fs.readFileSync(file, 'utf8').length; console.log(JSON.stringify({ status: ${status} }))`,
    );
  const runs = async () => (await readFile(join(folder, 'runs'), 'utf8').catch(() => '')).length;

  test('runs once for everybody who asks', async () => {
    accepted = 'token-1';
    const answers = await asking({ exec: counting(`{ token: 'token-' + run }`) }, 5);
    expect(answers).toEqual(Array(5).fill({ gitVersion: 'v1.34.4', major: 1, minor: 34 }));
    expect(await runs()).toBe(1);
  });

  test('whose token ends at no time that can be read does not run for each request', async () => {
    accepted = 'token-1';
    const exec = counting(`{ token: 'token-' + run, expirationTimestamp: 'soon' }`);
    const cluster = clusterAt(url, { token: undefined, exec } as unknown as Partial<ClusterConfig>);
    for (let time = 0; time < 3; time++) await cluster.version();
    await cluster.close();
    expect(await runs()).toBe(1);
  });

  test('runs again when its token is refused, and once only', async () => {
    accepted = 'token-2';
    expect(await asking({ exec: counting(`{ token: 'token-' + run }`) })).toMatchObject([{ minor: 34 }]);
    expect(await runs()).toBe(2);
    accepted = 'another';
    expect(await asking({ exec: counting(`{ token: 'token-' + run }`) })).toMatchObject([{ code: 401 }]);
    expect(await runs()).toBe(4);
  });

  test.each([
    ['fails', 'console.error("my-secret"); process.exit(3)', 'exit 3'],
    ['prints junk', 'console.log("my-secret")', 'no JSON'],
    ['gives no token', 'console.log("{}")', 'no token'],
  ])('that %s is named, without what it said', async (_, body, why) => {
    const [error] = await asking({ exec: script(body) });
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ code: 'login-plugin', exit: 3, message: expect.stringContaining(why) });
    expect(String(error)).not.toContain('my-secret');
    expect(server.requests).toEqual([]);
  });

  test('that is not installed is named', async () => {
    const [error] = await asking({ exec: { ...script(''), command: 'sealos-login-that-is-not-there' } });
    expect(error).toMatchObject({ code: 'login-plugin', message: expect.stringContaining('ENOENT') });
  });
});

describe('a token file', () => {
  test('is read again when its token is refused', async () => {
    const tokenFile = join(folder, 'token');
    await writeFile(tokenFile, 'old\n');
    accepted = 'old';
    const cluster = clusterAt(url, { token: undefined, tokenFile } as unknown as Partial<ClusterConfig>);
    await cluster.version();
    await writeFile(tokenFile, 'new\n');
    accepted = 'new';
    await cluster.version();
    expect(server.requests.map(({ headers }) => headers['authorization'])).toEqual([
      'Bearer old',
      'Bearer old',
      'Bearer new',
    ]);
    await cluster.close();
  });

  test('that holds no token is refused before anybody is asked', async () => {
    const tokenFile = join(folder, 'token');
    await writeFile(tokenFile, 'two words\nand lines');
    expect(await asking({ tokenFile })).toMatchObject([{ code: 'bad-kubeconfig', exit: 2 }]);
    expect(await asking({ tokenFile: join(folder, 'none') })).toMatchObject([{ code: 'bad-kubeconfig', exit: 2 }]);
    expect(server.requests).toEqual([]);
  });
});

describe('what is sent', () => {
  const now = { now: () => 0 };
  const given = (config: Partial<ClusterConfig>) => ({ server: url, insecure: false, ...config }) as ClusterConfig;
  const header = (config: Partial<ClusterConfig>, env = {}) => credentialsFor(given(config), now, env).authorization();
  /** Gives what a JavaScript expression says as its token. */
  const giving = (token: string, more: object = {}) => ({
    command: process.execPath,
    args: ['-e', `console.log(JSON.stringify({ status: { token: ${token} } }))`],
    env: {},
    apiVersion: 'client.authentication.k8s.io/v1beta1',
    provideClusterInfo: false,
    ...more,
  });

  test('is of the plugin first, then of the token file, the token, and the password', async () => {
    const tokenFile = join(folder, 'token');
    await writeFile(tokenFile, 'of-file');
    const all = { exec: giving(`'of-plugin\\n'`), tokenFile, token: 'of-user', basic: 'dTpw' };
    expect(await header(all)).toBe('Bearer of-plugin');
    expect(await header({ ...all, exec: undefined } as never)).toBe('Bearer of-file');
    expect(await header({ token: 'of-user', basic: 'dTpw' })).toBe('Bearer of-user');
    expect(await header({ basic: 'dTpw' })).toBe('Basic dTpw');
    expect(await header({})).toBeUndefined();
  });

  test('and refused is not sent again when nothing better can come', async () => {
    accepted = 'another';
    expect(await asking({ token: 'fixed' })).toMatchObject([{ code: 401 }]);
    expect(server.requests).toHaveLength(1);
  });

  test('by those who were refused late does not end what is new', async () => {
    const file = JSON.stringify(join(folder, 'runs'));
    const run = `require('fs').appendFileSync(${file}, 'x') ?? require('fs').readFileSync(${file}, 'utf8')`;
    const plugin = credentialsFor(given({ exec: giving(run) }), now, {});
    const first = await plugin.authorization();
    expect(plugin.refresh(first)).toBe(true);
    expect(await plugin.authorization()).toBe('Bearer xx');
    expect(plugin.refresh(first)).toBe(true);
    expect(await plugin.authorization()).toBe('Bearer xx');
  });

  test('comes from a plugin that has our environment and its own, which is stronger, and no other', async () => {
    const names = ['OURS', 'BOTH', 'ITS', 'LINES'];
    const token = `${JSON.stringify(names)}.map((name) => process.env[name] ?? 'none').join('/')`;
    expect(process.env['LINES']).toBeDefined();
    expect(
      await header({ exec: giving(token, { env: { BOTH: 'its', ITS: 'its' } }) }, { OURS: 'ours', BOTH: 'ours' }),
    ).toBe('Bearer ours/its/its/none');
  });

  test.each([
    [
      'all of it',
      { ca: Buffer.from('ca'), insecure: true },
      true,
      { 'certificate-authority-data': 'Y2E=', 'insecure-skip-tls-verify': true },
    ],
    ['no certificate where there is none', {}, true, { 'insecure-skip-tls-verify': false }],
    ['nothing unless it asks', { ca: Buffer.from('ca') }, false, undefined],
  ])('a plugin is told of the cluster: %s', async (_, config, provideClusterInfo, expected) => {
    const exec = giving(`Buffer.from(process.env.KUBERNETES_EXEC_INFO).toString('base64')`, { provideClusterInfo });
    const sent = (await header({ ...config, exec }))?.replace('Bearer ', '') ?? '';
    expect(JSON.parse(Buffer.from(sent, 'base64').toString())).toEqual({
      apiVersion: 'client.authentication.k8s.io/v1beta1',
      kind: 'ExecCredential',
      spec: { interactive: false, ...(expected ? { cluster: { server: url.href, ...expected } } : {}) },
    });
  });
});

test.each([
  ['eyJhbGciOi.J9-_~+/=', true],
  ['!', true],
  ['', false],
  ['two words', false],
  ['a\nb', false],
  ['a\x7f', false],
  ['tökén', false],
])('%j as a token: %s', (text, is) => {
  expect(isToken(text)).toBe(is);
});

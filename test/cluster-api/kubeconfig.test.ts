import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadKubeconfig } from '../../source/cluster/kubeconfig.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
});
afterEach(() => rm(folder, { recursive: true }));

const config = (name: string, more = {}) => ({
  clusters: [
    {
      name: 'sealos',
      cluster: {
        server: `https://${name}.example.com:6443`,
        'certificate-authority-data': Buffer.from('ca').toString('base64'),
      },
    },
  ],
  users: [{ name: 'u', user: { token: `token-${name}` } }],
  contexts: [{ name: 'u@sealos', context: { cluster: 'sealos', user: 'u', namespace: `ns-${name}` } }],
  'current-context': 'u@sealos',
  ...more,
});
const write = async (name: string, content: unknown) => {
  const path = join(folder, name);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};
const load = (more: Partial<Parameters<typeof loadKubeconfig>[0]> = {}) =>
  loadKubeconfig({ env: {}, home: folder, ...more });

describe('found', () => {
  test('where Sealos tools put it, with its namespace and token', async () => {
    await write('.sealos/kubeconfig', config('a'));
    const found = await load();
    expect(found).toMatchObject({ context: 'u@sealos', namespace: 'ns-a', token: 'token-a', insecure: false });
    expect(found.server.href).toBe('https://a.example.com:6443/');
    expect(found.ca?.toString()).toBe('ca');
  });

  test('in $KUBECONFIG: the first file wins, missing ones are skipped', async () => {
    const [a, b] = [await write('a', config('a')), await write('b', config('b'))];
    expect(await load({ env: { KUBECONFIG: `${join(folder, 'none')}:${a}:${b}` } })).toMatchObject({
      token: 'token-a',
      namespace: 'ns-a',
    });
  });

  test('and the flags for namespace and context come first', async () => {
    const contexts = [
      ...config('a').contexts,
      { name: 'other', context: { cluster: 'sealos', user: 'u', namespace: 'ns-other' } },
    ];
    const path = await write('a', config('a', { contexts }));
    expect(await load({ path, context: 'other' })).toMatchObject({ namespace: 'ns-other' });
    expect(await load({ path, namespace: 'ns-given' })).toMatchObject({ namespace: 'ns-given' });
  });

  test('a token file and a plugin beside the file that names them', async () => {
    const path = await write(
      'a',
      config('a', {
        users: [
          { name: 'u', user: { tokenFile: 'token', exec: { apiVersion: 'v1', command: './login', args: ['x'] } } },
        ],
      }),
    );
    expect(await load({ path })).toMatchObject({
      tokenFile: join(folder, 'token'),
      exec: { command: join(folder, 'login'), args: ['x'] },
    });
  });
});

describe('refused with what, why and what to do', () => {
  test('none at all: says where Sealos offers it', async () => {
    await expect(load()).rejects.toMatchObject({ code: 'no-kubeconfig', exit: 3, hint: expect.any(Function) });
  });

  test('one that was named and is not there', async () => {
    await expect(load({ path: join(folder, 'none') })).rejects.toMatchObject({
      exit: 3,
      message: expect.stringContaining('none'),
    });
  });

  test.each([
    ['empty', '', 'is empty'],
    ['no YAML', 'clusters: [\n  - {', 'not valid YAML (line'],
    ['another file', 'hello: world', 'not a kubeconfig'],
    ['a text', 'hello', 'not a kubeconfig'],
    ['anchors that explode', 'a: &a [x]\nclusters: [*a, *a]', ''],
  ])('%s', async (_, content, words) => {
    const path = await write('bad', content);
    await expect(load({ path })).rejects.toMatchObject({
      code: 'bad-kubeconfig',
      exit: 2,
      message: expect.stringContaining(words),
    });
  });

  test('a directory', async () => {
    await expect(load({ path: folder })).rejects.toMatchObject({
      exit: 2,
      message: expect.stringContaining('directory'),
    });
  });

  test('an unknown context, with the nearest', async () => {
    const path = await write('a', config('a'));
    await expect(load({ path, context: 'u@sealo' })).rejects.toMatchObject({
      code: 'unknown-context',
      exit: 2,
      message: expect.stringContaining('did you mean "u@sealos"'),
    });
  });

  test('a context without a server', async () => {
    const path = await write('a', config('a', { clusters: [{ name: 'sealos', cluster: {} }] }));
    await expect(load({ path })).rejects.toMatchObject({ exit: 2 });
  });
});

describe('who we are', () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const as = async (user: object, name = 'deep/a') =>
    load({ path: await write(name, config('a', { users: [{ name: 'u', user }] })) });

  test('a client certificate: from the file itself before files beside it', async () => {
    await write('deep/cert.pem', 'cert of file');
    await write('deep/key.pem', 'key of file');
    const files = { 'client-certificate': 'cert.pem', 'client-key': join(folder, 'deep/key.pem') };
    const data = { 'client-certificate-data': base64('cert of data'), 'client-key-data': base64('key of data') };
    const parts = async (user: object) => {
      const { clientCertificate } = await as(user);
      return clientCertificate && [String(clientCertificate.cert), String(clientCertificate.key)];
    };
    expect(await parts(files)).toEqual(['cert of file', 'key of file']);
    expect(await parts(data)).toEqual(['cert of data', 'key of data']);
    expect(await parts({ ...files, ...data })).toEqual(['cert of data', 'key of data']);
  });

  test.each(['client-certificate', 'client-key'])(
    'a %s that is not there is named, with who names it',
    async (field) => {
      await expect(as({ [field]: 'gone.pem' })).rejects.toMatchObject({
        code: 'bad-kubeconfig',
        exit: 2,
        message: expect.stringContaining(join(folder, 'deep/gone.pem')),
        object: join(folder, 'deep/a'),
      });
    },
  );

  test('a token with a line end, a name with its password, a name without', async () => {
    expect(await as({ token: 'secret\n' })).toMatchObject({ token: 'secret' });
    expect(await as({ username: 'u', password: 'p:q' })).toMatchObject({ basic: base64('u:p:q') });
    expect(await as({ username: 'u' })).toMatchObject({ basic: base64('u:') });
    expect(await as({})).not.toHaveProperty('basic');
  });

  test('a token that fits into no header is refused, and not shown', async () => {
    const refused = await as({ token: 'two words' }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'bad-kubeconfig', exit: 2 });
    expect(String(refused)).not.toContain('two words');
  });

  test.each([{ 'client-certificate-data': 'YQ==' }, { 'client-key-data': 'YQ==' }])(
    'half a client certificate is refused: %j',
    async (half) => {
      await expect(as(half)).rejects.toMatchObject({ code: 'bad-kubeconfig', exit: 2 });
    },
  );

  test('a plugin: what it is called with, and a bare name is looked for where programs are', async () => {
    const env = [
      { name: 'A', value: '1' },
      { name: 'B', value: '2' },
    ];
    expect(await as({ exec: { command: 'login', env, provideClusterInfo: true } })).toMatchObject({
      exec: {
        apiVersion: 'client.authentication.k8s.io/v1',
        command: 'login',
        args: [],
        env: { A: '1', B: '2' },
        provideClusterInfo: true,
      },
    });
    expect(await as({ exec: { command: '/bin/login' } })).toMatchObject({
      exec: { command: '/bin/login', env: {}, provideClusterInfo: false },
    });
  });
});

test('how the server is reached: name, proxy, trust', async () => {
  const cluster = {
    server: 'https://10.0.0.1:6443',
    'tls-server-name': 'api.test',
    'proxy-url': 'http://proxy.test:3128',
    'insecure-skip-tls-verify': true,
  };
  const path = await write('a', config('a', { clusters: [{ name: 'sealos', cluster }] }));
  expect(await load({ path })).toMatchObject({
    serverName: 'api.test',
    proxyUrl: 'http://proxy.test:3128',
    insecure: true,
  });
});

test.each([
  ['u@sealos', 'token-kube'],
  ['other', 'token-sealos'],
  [undefined, 'token-kube'],
])('of the two usual files, the one that has the context %s', async (context, token) => {
  await write('.kube/config', config('kube'));
  const contexts = [{ name: 'other', context: { cluster: 'sealos', user: 'u' } }];
  await write('.sealos/kubeconfig', config('sealos', { contexts, 'current-context': 'other' }));
  expect(await load(context === undefined ? {} : { context })).toMatchObject({ token });
});

test('a context that neither of the usual files has is unknown, not absent', async () => {
  await write('.kube/config', config('kube'));
  await expect(load({ context: 'nowhere' })).rejects.toMatchObject({ code: 'unknown-context', exit: 2 });
});

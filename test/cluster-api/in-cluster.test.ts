import { tmpdir } from 'node:os';
import { beforeEach, expect, test, vi } from 'vitest';
import { type KubeconfigOptions, loadKubeconfig } from '../../source/cluster/kubeconfig.ts';

const folder = '/var/run/secrets/kubernetes.io/serviceaccount/';
/** What the kubelet has put into the pod. Its place is fixed and belongs to root, so that reading is replaced here. */
const mounted = vi.hoisted(() => new Map<string, string>());
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const readFile = async (path: string, options?: { readonly encoding?: BufferEncoding }) => {
    if (!path.startsWith(folder)) return real.readFile(path, options as never);
    const content = mounted.get(path.slice(folder.length));
    if (content === undefined) throw Object.assign(new Error(`ENOENT ${path}`), { code: 'ENOENT' });
    return options?.encoding ? content : Buffer.from(content);
  };
  return { ...real, readFile };
});

const env = { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '6443' };
const home = `${tmpdir()}/home-that-is-not-there`;
const load = (more: Partial<KubeconfigOptions> = {}) => loadKubeconfig({ env, home, ...more });

beforeEach(() => {
  mounted.clear();
  mounted.set('ca.crt', 'the CA');
  mounted.set('token', 'of the account');
  mounted.set('namespace', 'ns-pod\n');
});

test('in a pod without a kubeconfig, its service account is used, and its server trusted by its CA', async () => {
  expect(await load()).toEqual({
    context: 'in-cluster',
    namespace: 'ns-pod',
    server: new URL('https://10.96.0.1:6443'),
    ca: Buffer.from('the CA'),
    insecure: false,
    tokenFile: `${folder}token`,
  });
});

test.each([
  [{ KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '6443' }, 'https://[fd00::1]:6443/'],
  [{ KUBERNETES_SERVICE_HOST: '10.96.0.1' }, 'https://10.96.0.1/'],
])('%j leads to %s', async (surroundings, href) => {
  expect((await load({ env: surroundings })).server.href).toBe(href);
});

test('the namespace is the one that was asked for, the pod’s own, or default', async () => {
  expect((await load({ namespace: 'ns-given' })).namespace).toBe('ns-given');
  mounted.delete('namespace');
  expect((await load()).namespace).toBe('default');
});

test.each([
  ['outside a pod', () => ({ env: {} })],
  ['in a pod without an account', () => void mounted.clear()],
])('%s there is none', async (_, prepare) => {
  await expect(load(prepare() ?? {})).rejects.toMatchObject({ code: 'no-kubeconfig', exit: 3 });
});

test('a kubeconfig that was named and is not there is not replaced by it', async () => {
  await expect(load({ path: `${home}/none` })).rejects.toMatchObject({ code: 'no-kubeconfig' });
  await expect(load({ env: { ...env, KUBECONFIG: `${home}/none` } })).rejects.toMatchObject({ code: 'no-kubeconfig' });
});

test('a context that is named means another cluster than that of the pod', async () => {
  await expect(load({ context: 'prod' })).rejects.toMatchObject({ code: 'no-kubeconfig', exit: 3 });
});

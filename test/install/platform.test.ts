import { describe, expect, test } from 'vitest';
import { ConnectionError } from '../../source/cluster/index.ts';
import type { HttpClient } from '../../source/cluster/types.ts';
import type { Outside } from '../../source/install/contract.ts';
import { completeHost, findPlatform } from '../../source/install/platform.ts';
import type { KubeObject } from '../../source/stack/types.ts';
import { MemoryCluster } from '../support/memory-cluster.ts';
import { testContext } from '../support/test-context.ts';

const never = new AbortController().signal;

/** Answers by address and path; everything else cannot be reached. */
function outsideWith(
  answers: Record<string, unknown>,
  objects: KubeObject[] = [],
  server = 'https://sealos.example.com:6443',
) {
  const cluster = new MemoryCluster(...objects);
  Object.assign(cluster, { server: new URL(server) });
  const asked: string[] = [];
  const publicHttp = (base: string): HttpClient => ({
    async request({ path }) {
      asked.push(base + path);
      const answer = answers[base + path];
      if (answer === undefined) throw new ConnectionError('dns', 'ENOTFOUND');
      return { status: 200, headers: {}, body: JSON.stringify(answer) };
    },
    close: async () => {},
  });
  const outside: Outside = { cluster: cluster.asCluster(), context: testContext(), publicHttp, lookup: async () => [] };
  return { outside, asked };
}

const ingress = (host: string, secretName: string, labels = {}): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'network-abc', labels },
  spec: { rules: [{ host }], tls: [{ secretName }] },
});
const app = (url: string): KubeObject => ({
  apiVersion: 'app.sealos.io/v1',
  kind: 'App',
  metadata: { name: 'template' },
  spec: { data: { url } },
});
const templateAnswer = { data: { SEALOS_CLOUD_DOMAIN: 'users.example.app', SEALOS_CERT_SECRET_NAME: 'wild' } };

describe('the domain of a platform', () => {
  test('is that of an address which the platform gave before', async () => {
    const { outside, asked } = outsideWith({}, [ingress('x7k2.users.example.app', 'wildcard-cert')]);
    expect(await findPlatform(outside, never)).toMatchObject({
      domain: 'users.example.app',
      tlsSecret: 'wildcard-cert',
      source: 'ingress',
    });
    expect(asked).toEqual([]);
  });

  test('is not guessed from a custom domain, whose certificate is named like its Ingress, nor from our own address', async () => {
    const objects = [ingress('shop.example.org', 'network-abc')];
    expect((await findPlatform(outsideWith({}, objects).outside, never)).source).toBe('server');
    const ours = [ingress('posthog.example.org', 'wildcard-cert', { 'posthog-sealos/component': 'ingress' })];
    expect((await findPlatform(outsideWith({}, ours).outside, never)).source).toBe('server');
  });

  test('is what the template provider says, with the certificate', async () => {
    const { outside } = outsideWith({ 'https://template.sealos.example.com/api/platform/getEnv': templateAnswer });
    expect(await findPlatform(outside, never)).toMatchObject({
      domain: 'users.example.app',
      tlsSecret: 'wild',
      source: 'template',
    });
  });

  test('is asked at the host that the platform’s own apps name, port included', async () => {
    const { outside } = outsideWith({ 'https://template.cloud.example.com:8443/api/platform/getEnv': templateAnswer }, [
      app('https://template.cloud.example.com:8443'),
    ]);
    expect(await findPlatform(outside, never)).toMatchObject({
      domain: 'users.example.app',
      port: 8443,
      source: 'template',
    });
  });

  test.each([
    [
      { domain: 'a.example.com', userDomains: [{ name: 'u.example.com', secretName: 's' }], port: '443' },
      { domain: 'u.example.com', scheme: 'https', tlsSecret: 's' },
    ],
    [
      { domain: 'a.example.com', disableHttps: true, httpPort: '8080' },
      { domain: 'a.example.com', scheme: 'http', port: 8080 },
    ],
    [
      { domain: 'a.example.com', disableHttps: true, httpPort: '80' },
      { domain: 'a.example.com', scheme: 'http' },
    ],
  ])('is what the launchpad says: case %#', async (answer, expected) => {
    const { outside } = outsideWith({
      'https://applaunchpad.sealos.example.com/api/platform/getClientAppConfig': answer,
    });
    const found = await findPlatform(outside, never);
    expect(found).toMatchObject({ ...expected, source: 'launchpad' });
    expect('port' in expected).toBe(found.port !== undefined);
  });

  test.each([
    ['https://usw-1.sealos.io:6443', 'usw-1.sealos.app', 'region'],
    ['https://sealos.example.com:6443', 'sealos.example.com', 'server'],
    ['https://10.0.0.1:6443', undefined, 'none'],
  ])('of %s is %s', async (server, domain, source) => {
    expect(await findPlatform(outsideWith({}, [], server).outside, never)).toMatchObject({
      source,
      ...(domain ? { domain } : {}),
    });
  });

  test('an abort is an abort, not an unknown domain', async () => {
    await expect(findPlatform(outsideWith({}).outside, AbortSignal.abort(new Error('enough')))).rejects.toThrow(
      'enough',
    );
  });
});

test.each([
  ['posthog', 'x.com', 'posthog.x.com'],
  ['posthog.example.com', 'x.com', 'posthog.example.com'],
  ['posthog', undefined, 'posthog'],
])('%s in %s is %s', (host, domain, complete) => {
  expect(completeHost(host, domain)).toBe(complete);
});

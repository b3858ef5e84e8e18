/** Names and addresses inside the cluster, and the way in from outside. */
import { describe, expect, test } from 'vitest';
import type { WebRequest } from '../../../source/sandbox/components/host.ts';
import { createStore } from '../../../source/sandbox/objects/index.ts';
import { createNetwork } from '../../../source/sandbox/world/network.ts';
import { gateway } from '../../../source/sandbox/world/public.ts';
import { kind } from '../controllers/support.ts';

const store = createStore();
const put = (apiVersion: string, name: string, object: object) =>
  store.put(kind(apiVersion, name), { apiVersion, kind: name, ...object } as never);

function service(name: string, namespace: string, clusterIP: string, endpoints: readonly object[]): void {
  const ports = [{ name: 'http', port: 80 }];
  put('v1', 'Service', { metadata: { name, namespace }, spec: { clusterIP, ports } });
  put('discovery.k8s.io/v1', 'EndpointSlice', {
    metadata: { name: `${name}-x`, namespace, labels: { 'kubernetes.io/service-name': name } },
    endpoints,
    ports: [{ name: 'http', port: 8000 }],
  });
}
const ready = { ready: true };
service('web', 'ns-a', '10.96.0.1', [
  { addresses: ['10.1.0.1'], conditions: ready },
  { addresses: ['10.1.0.2'], conditions: ready },
  { addresses: ['10.1.0.3'], conditions: { ready: false } },
]);
service('db', 'ns-a', 'None', [{ addresses: ['10.1.0.4'], hostname: 'db-0', conditions: { ready: false } }]);
service('empty', 'ns-a', '10.96.0.2', []);
service('web', 'ns-b', '10.96.0.3', [{ addresses: ['10.1.0.5'], conditions: ready }]);

const network = createNetwork(store);
const page = (text: string) => ({ web: async ({ path }: WebRequest) => ({ status: 200, body: `${text} ${path}` }) });
for (const [address, text] of [
  ['10.1.0.1', 'one'],
  ['10.1.0.2', 'two'],
  ['10.1.0.5', 'other'],
] as const)
  network.listen(address, 8000, page(text));

test.each<[host: string, port: number, address: RegExp | string]>([
  ['web', 80, /^10\.1\.0\.[12]:8000$/],
  ['web.ns-a.svc.cluster.local', 80, /^10\.1\.0\.[12]:8000$/],
  ['web.ns-b', 80, '10.1.0.5:8000'],
  ['web.ns-b.svc', 80, '10.1.0.5:8000'],
  ['10.96.0.3', 80, '10.1.0.5:8000'],
  ['10.1.0.1', 8000, '10.1.0.1:8000'],
  ['db-0.db', 5432, '10.1.0.4:5432'],
  ['db-0.db.ns-a.svc.cluster.local', 5432, '10.1.0.4:5432'],
])('%s:%d leads to %s', (host, port, address) => {
  const found = network.target('ns-a', host, port);
  expect(`${found.address}:${found.port}`).toMatch(address);
});

test.each([
  ['nobody', 80, 'getaddrinfo ENOTFOUND nobody'],
  ['web.ns-c', 80, 'getaddrinfo ENOTFOUND web.ns-c'],
  // A headless Service has a name only for who is ready.
  ['db', 5432, 'getaddrinfo ENOTFOUND db'],
  ['db-1.db', 5432, 'getaddrinfo ENOTFOUND db-1.db'],
  ['empty', 80, 'connect ECONNREFUSED 10.96.0.2:80'],
  ['web', 81, 'connect ECONNREFUSED 10.96.0.1:81'],
  ['10.1.0.1', 9, 'connect ECONNREFUSED 10.1.0.1:9'],
])('%s:%d fails: %s', (host, port, message) => {
  expect(() => network.find('ns-a', host, port)).toThrow(message);
});

test('a Service takes its endpoints in turn', () => {
  const found = Array.from({ length: 4 }, () => network.target('ns-a', 'web', 80).address);
  expect(new Set(found).size).toBe(2);
});

describe('from outside', () => {
  const to = (name: string, number = 80) => ({ service: { name, port: { number } } });
  const ingress = (name: string, annotations: object, host: string, paths: readonly object[]) =>
    put('networking.k8s.io/v1', 'Ingress', {
      metadata: { name, namespace: 'ns-a', annotations },
      spec: { rules: [{ host, http: { paths } }] },
    });
  ingress('main', { 'kubernetes.io/ingress.class': 'nginx' }, 'a.test', [
    { path: '/', pathType: 'Prefix', backend: to('web') },
    { path: '/empty', pathType: 'Prefix', backend: to('empty') },
    { path: '/empty/not', pathType: 'Exact', backend: to('web') },
  ]);
  ingress('paused', { 'kubernetes.io/ingress.class': 'pause' }, 'paused.test', [
    { path: '/', pathType: 'Prefix', backend: to('web') },
  ]);
  const public_ = gateway(store, network, () => true);
  const ask = (host: string, path: string) =>
    public_(host, {
      method: 'GET',
      path,
      query: new URLSearchParams(),
      headers: {},
      body: '',
      remoteAddress: '9.9.9.9',
    });

  test.each([
    ['a.test', '/', 200, /^(one|two) \/$/],
    ['a.test', '/emptyish', 200, /emptyish/],
    ['a.test', '/empty/', 503, /no healthy upstream/],
    ['a.test', '/empty/not', 200, /not/],
    ['a.test', '/empty/not/', 503, /upstream/],
    ['b.test', '/', 404, /default backend/],
    ['paused.test', '/', 404, /default backend/],
  ])('%s%s: %d', async (host, path, status, body) => {
    const answer = await ask(host, path);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatch(body);
  });
});

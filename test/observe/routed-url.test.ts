import { expect, test } from 'vitest';
import { routedUrl } from '../../source/observe/routed-url.ts';
import type { KubeObject } from '../../source/stack/types.ts';
import { snapshotOf } from './objects.ts';

const host = 'wmrtplqe.usw-1.example.app';

/** As the one-click template makes it (template/posthog/index.yaml). */
const ingress = ({
  name = 'posthog',
  hosts = [host] as readonly (string | undefined)[],
  service = 'posthog',
  path = '/' as string | undefined,
  tls = [{ hosts: [host], secretName: 'wildcard-cert' }] as readonly object[],
} = {}): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name, labels: { 'cloud.sealos.io/app-deploy-manager': 'posthog' } },
  spec: {
    rules: hosts.map((each) => ({
      host: each,
      http: { paths: [{ pathType: 'Prefix', path, backend: { service: { name: service, port: { number: 8000 } } } }] },
    })),
    tls,
  },
});
const icon = (url: unknown): KubeObject => ({
  apiVersion: 'app.sealos.io/v1',
  kind: 'App',
  metadata: { name: 'posthog' },
  spec: { data: { url } },
});
const url = `https://${host}`;
const own = ingress({
  name: 'network-qwertyuiopas',
  hosts: ['events.acme.com'],
  tls: [{ hosts: ['events.acme.com'] }],
});

const cases: Readonly<
  Record<string, readonly [ingresses: readonly KubeObject[], icons: readonly KubeObject[], string | undefined]>
> = {
  'as the template makes it': [[ingress()], [icon(url)], url],
  'without an icon': [[ingress()], [], url],
  'without a certificate': [[ingress({ tls: [] })], [], `http://${host}`],
  'with a certificate for other hosts': [
    [ingress({ tls: [{ hosts: ['x.usw-1.example.app'] }] })],
    [],
    `http://${host}`,
  ],
  'with one for its domain': [[ingress({ tls: [{ hosts: ['*.usw-1.example.app'] }] })], [], url],
  'with one for a domain that its host is not directly below': [
    [ingress({ tls: [{ hosts: ['*.example.app'] }] })],
    [],
    `http://${host}`,
  ],
  'with one for whatever host': [[ingress({ tls: [{ secretName: 'wildcard-cert' }] })], [], url],
  'with a path that is not said': [[ingress({ path: undefined })], [], url],
  'where only a path leads to it': [[ingress({ path: '/e' })], [], undefined],
  'where it leads to something else': [[ingress({ service: 'posthog-plugins' })], [], undefined],
  'with a rule for every host': [[ingress({ hosts: [undefined, '*.example.app', host] })], [], url],
  'with a host of its own beside that of the template': [[own, ingress()], [], url],
  'with a host of its own that the icon opens': [
    [ingress(), own],
    [icon('https://events.acme.com')],
    'https://events.acme.com',
  ],
  'with a host of its own alone': [[own], [icon(url)], 'https://events.acme.com'],
  'on another port, which only the icon tells': [[ingress()], [icon(`${url}:30443/`)], `${url}:30443`],
  'where routes may not be read': [[], [icon(url)], url],
  'with an icon that leads nowhere': [[], [icon('system-template?x=1')], undefined],
  'with an icon that runs something': [[], [icon('javascript:alert(1)')], undefined],
  'with a host that is none': [[ingress({ hosts: ['a b'] })], [icon(undefined)], undefined],
  'with nothing': [[], [], undefined],
};

test.each(Object.entries(cases))('%s', (_, [Ingress, App, expected]) => {
  expect(routedUrl(snapshotOf({ Ingress, App }))).toBe(expected);
});

test('an Ingress without anything in it', () => {
  const bare = { ...ingress(), spec: undefined } as unknown as KubeObject;
  const empty = { ...ingress(), spec: { rules: [{ host, http: {} }] } } as unknown as KubeObject;
  expect(routedUrl(snapshotOf({ Ingress: [bare, empty] }))).toBeUndefined();
});

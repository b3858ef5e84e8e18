/** The public paths (stack-spec F) and the Services behind them (B.11). */
import { describe, expect, it } from 'vitest';
import {
  find,
  type IngressPath,
  type IngressSpec,
  objectsOf,
  ofKind,
  portNumber,
  type ServiceSpec,
  selects,
  specOf,
  workloadsOf,
} from './fixtures/objects.ts';

const objects = objectsOf('small');
const ingress = find(objects, 'Ingress', 'posthog');
const paths = specOf<IngressSpec>(ingress).rules[0]?.http.paths ?? [];

/** Where a gateway sends a path: Exact before Prefix, the longest prefix of whole elements first. */
function route(path: string): string {
  const goes = (each: IngressPath) =>
    each.pathType === 'Exact'
      ? each.path === path
      : each.path === '/' || path === each.path || path.startsWith(`${each.path}/`);
  const [best] = paths
    .filter(goes)
    .sort((a, b) => Number(b.pathType === 'Exact') - Number(a.pathType === 'Exact') || b.path.length - a.path.length);
  return best ? `${best.backend.service.name}:${best.backend.service.port.number}` : '-';
}

describe('the public address', () => {
  it.each([
    ['/', 'posthog:8000'],
    ['/login', 'posthog:8000'],
    ['/api/signup/', 'posthog:8000'],
    ['/_health', 'posthog:8000'],
    ['/e', 'posthog-capture:3000'],
    ['/e/', 'posthog-capture:3000'],
    ['/events', 'posthog:8000'],
    ['/capture/', 'posthog-capture:3000'],
    ['/batch/', 'posthog-capture:3000'],
    ['/track/', 'posthog-capture:3000'],
    ['/engage/', 'posthog-capture:3000'],
    ['/i/v0/e/', 'posthog-capture:3000'],
    ['/i/v1/analytics/events', 'posthog-capture:3000'],
    ['/i/v1/logs', 'posthog:8000'],
    ['/s/', 'posthog-replay-capture:3000'],
    ['/s', 'posthog-replay-capture:3000'],
    ['/static/array.js', 'posthog:8000'],
    ['/flags/', 'posthog-feature-flags:3001'],
    ['/decide/', 'posthog-feature-flags:3001'],
    ['/api/feature_flag/local_evaluation', 'posthog-feature-flags:3001'],
    ['/api/feature_flag/7', 'posthog:8000'],
    ['/array/phc_x/config', 'posthog-hypercache:3002'],
    ['/array/phc_x/config.js', 'posthog-hypercache:3002'],
    ['/surveys', 'posthog-hypercache:3002'],
    ['/surveys/', 'posthog-hypercache:3002'],
    ['/surveys/7', 'posthog:8000'],
    ['/api/surveys', 'posthog-hypercache:3002'],
    ['/api/surveys/', 'posthog-hypercache:3002'],
    ['/api/surveys/7', 'posthog:8000'],
    ['/public/webhooks/x', 'posthog-plugins:6738'],
    ['/public/m/x', 'posthog-plugins:6738'],
  ])('leads %s to %s', (path, service) => expect(route(path)).toBe(service));

  it('shows the web first, which is the path that the desktop reads', () => {
    expect(paths[0]).toMatchObject({
      path: '/',
      pathType: 'Prefix',
      backend: { service: { name: 'posthog', port: { number: 8000 } } },
    });
  });

  it('is one host with the platform’s certificate', () => {
    expect(specOf<IngressSpec>(ingress).rules.map(({ host }) => host)).toEqual(['posthog.example.com']);
    expect(specOf<IngressSpec>(ingress).tls).toEqual([{ hosts: ['posthog.example.com'], secretName: 'wildcard-cert' }]);
    expect(ingress.metadata.labels).toMatchObject({ 'cloud.sealos.io/app-deploy-manager-domain': 'posthog' });
  });

  it('has the annotations of F, no snippet and no class of its own', () => {
    const nginx = 'nginx.ingress.kubernetes.io/';
    expect(ingress.metadata.annotations).toEqual({
      'kubernetes.io/ingress.class': 'nginx',
      [`${nginx}proxy-body-size`]: '64m',
      [`${nginx}ssl-redirect`]: 'true',
      [`${nginx}backend-protocol`]: 'HTTP',
      [`${nginx}client-body-buffer-size`]: '64k',
      [`${nginx}proxy-buffer-size`]: '64k',
      [`${nginx}proxy-send-timeout`]: '300',
      [`${nginx}proxy-read-timeout`]: '300',
    });
    expect(specOf<object>(ingress)).not.toHaveProperty('ingressClassName');
  });

  it('leads only to Services and ports that exist', () => {
    for (const { backend } of paths) {
      const { ports } = specOf<ServiceSpec>(find(objects, 'Service', backend.service.name));
      expect(ports.map(({ port }) => port)).toContain(backend.service.port.number);
    }
  });
});

describe('Services', () => {
  const inside = {
    posthog: [8000, 8001],
    plugins: [6738],
    'recording-api': [6738],
    capture: [3000],
    'replay-capture': [3000],
  };
  const more = { 'feature-flags': [3001], hypercache: [3002], personhog: [50052] };
  const headless = { clickhouse: [8123, 9000, 9009], zookeeper: [2181], kafka: [9092, 9644, 33145, 8081, 8082] };
  const all: Readonly<Record<string, readonly number[]>> = { ...inside, ...more, ...headless };

  it('are these and no others', () => {
    const names = Object.keys(all).map((name) => (name === 'posthog' ? name : `posthog-${name}`));
    expect(
      ofKind(objects, 'Service')
        .map(({ metadata }) => metadata.name)
        .sort(),
    ).toEqual(names.sort());
  });

  it.each(Object.entries(all))(
    '%s has its ports, all with names, and leads to one workload that opens them',
    (name, ports) => {
      const service = find(objects, 'Service', name === 'posthog' ? name : `posthog-${name}`);
      const spec = specOf<ServiceSpec>(service);
      expect(spec.ports.map(({ port }) => port)).toEqual(ports);
      expect(spec.ports.every((port) => port.name.length > 0)).toBe(true);
      expect([spec.clusterIP, spec.publishNotReadyAddresses]).toEqual(
        name in headless ? ['None', true] : [undefined, undefined],
      );
      const behind = workloadsOf(objects, 'Deployment', 'StatefulSet').filter((each) =>
        selects(service, each.spec.template.metadata?.labels ?? {}),
      );
      expect(behind.map(({ object }) => object.metadata.name)).toEqual([
        `posthog-${name}`.replace('posthog-posthog', 'posthog').replace('hypercache', 'feature-flags'),
      ]);
      for (const { targetPort } of spec.ports) {
        expect(
          behind[0]?.pod.containers.some((container) =>
            container.ports?.some((port) => port.containerPort === portNumber(container, targetPort)),
          ),
        ).toBe(true);
      }
    },
  );
});

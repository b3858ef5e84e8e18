/** Limits, sums and peaks of every size (stack-spec B.9, D.2), against the platform's default quota (sealos-platform 5.3). */
import { describe, expect, it } from 'vitest';
import { demandOf, peakDemand, steadyDemand } from '../../source/stack/demand.ts';
import { parseQuantity } from '../../source/stack/quantity.ts';
import { largestBacklogBytes, topicsOf } from '../../source/stack/topics.ts';
import { sizeNames } from '../../source/stack/types.ts';
import {
  type ClusterSpec,
  containersOf,
  find,
  manifests,
  objectsOf,
  specOf,
  stackOf,
  type WorkloadSpec,
} from './fixtures/objects.ts';

const gibibyte = 2 ** 30;

/** Replicas x CPU/memory of a container, trial | small | medium | large. */
const table: Readonly<Record<string, readonly [string, string, string, string]>> = {
  posthog: ['1 x 1/3Gi', '1 x 2/4Gi', '2 x 2/4Gi', '4 x 4/8Gi'],
  'posthog-worker': ['1 x 500m/2Gi', '1 x 1/3Gi', '1 x 2/6Gi', '4 x 2/6Gi'],
  'posthog-plugins': ['1 x 300m/1536Mi', '1 x 500m/2Gi', '1 x 1/2Gi', '3 x 1/3Gi'],
  'posthog-ingestion': ['1 x 500m/1536Mi', '1 x 1/2Gi', '1 x 2/3Gi', '6 x 1/3Gi'],
  'posthog-replay-ingestion': ['1 x 300m/1536Mi', '1 x 500m/2Gi', '1 x 1/2Gi', '4 x 1/3Gi'],
  'posthog-recording-api': ['1 x 200m/1Gi', '1 x 500m/1Gi', '1 x 500m/1Gi', '2 x 1/2Gi'],
  'posthog-capture': ['1 x 200m/256Mi', '1 x 500m/512Mi', '1 x 1/512Mi', '3 x 1/1Gi'],
  'posthog-replay-capture': ['1 x 100m/256Mi', '1 x 200m/512Mi', '1 x 500m/512Mi', '2 x 1/1Gi'],
  'posthog-feature-flags': ['1 x 200m/256Mi', '1 x 500m/512Mi', '1 x 1/512Mi', '3 x 1/1Gi'],
  hypercache: ['1 x 100m/128Mi', '1 x 200m/256Mi', '1 x 200m/256Mi', '3 x 500m/512Mi'],
  'posthog-property-defs': ['1 x 100m/256Mi', '1 x 200m/512Mi', '1 x 500m/512Mi', '1 x 1/1Gi'],
  'posthog-personhog': ['1 x 100m/256Mi', '1 x 200m/512Mi', '1 x 500m/512Mi', '2 x 1/1Gi'],
  router: ['1 x 100m/128Mi', '1 x 100m/256Mi', '1 x 200m/256Mi', '2 x 500m/512Mi'],
  'posthog-clickhouse': ['1 x 1/4Gi', '1 x 2/8Gi', '1 x 4/16Gi', '1 x 16/64Gi'],
  'posthog-zookeeper': ['1 x 100m/768Mi', '1 x 200m/768Mi', '1 x 500m/1Gi', '1 x 1/2Gi'],
  'posthog-kafka': ['1 x 500m/2Gi', '1 x 1/2Gi', '1 x 2/4Gi', '1 x 4/10Gi'],
  functions: ['1 x 500m/512Mi', '1 x 500m/512Mi', '1 x 500m/512Mi', '1 x 500m/512Mi'],
};

/** CPU/memory, and GiB of the volume. */
const databases: Readonly<Record<string, readonly [string, string, string, string]>> = {
  postgresql: ['500m/2Gi 5Gi', '1/2Gi 10Gi', '2/4Gi 30Gi', '4/16Gi 100Gi'],
  redis: ['200m/512Mi 1Gi', '500m/1Gi 2Gi', '1/2Gi 4Gi', '2/4Gi 8Gi'],
  'redis-sentinel': ['100m/128Mi -', '100m/128Mi -', '100m/128Mi -', '100m/128Mi -'],
};

/** Sums of limits: pods, cores, GiB of memory, GiB of volumes. Volumes of medium and large follow from the broker's rule (D.2). */
const steady = {
  trial: { pods: 17, cpu: 6.1, memory: 21.375, storage: 31 },
  small: { pods: 17, cpu: 12.2, memory: 30.875, storage: 81 },
  medium: { pods: 18, cpu: 24, memory: 52.125, storage: 284 },
  large: { pods: 40, cpu: 79.6, memory: 208.625, storage: 1018 },
};

describe.each(sizeNames.map((size, index) => [size, index] as const))('size %s', (size, index) => {
  const objects = objectsOf(size);

  it.each(Object.entries(table))('gives %s its replicas and limits', (name, bySize) => {
    const placed = containersOf(objects).find(({ container }) => container.name === name);
    const limits = placed?.container.resources?.limits;
    expect(`${placed?.spec.replicas} x ${limits?.['cpu']}/${limits?.['memory']}`).toBe(bySize[index]);
  });

  it.each(Object.entries(databases))('gives %s its limits and volume', (name, bySize) => {
    const parts = ['posthog-pg', 'posthog-redis'].flatMap(
      (cluster) => specOf<ClusterSpec>(find(objects, 'Cluster', cluster)).componentSpecs,
    );
    const part = parts.find((each) => each.name === name);
    const volume = part?.volumeClaimTemplates?.[0]?.spec.resources.requests.storage ?? '-';
    expect(`${part?.resources.limits['cpu']}/${part?.resources.limits['memory']} ${volume}`).toBe(bySize[index]);
  });

  it('asks for no more than it limits, and for something everywhere', () => {
    for (const { container } of containersOf(objects)) {
      for (const resource of ['cpu', 'memory', 'ephemeral-storage']) {
        const [limit, request] = [container.resources?.limits?.[resource], container.resources?.requests?.[resource]];
        expect(parseQuantity(limit ?? 'none'), container.name).toBeGreaterThan(0);
        expect(parseQuantity(request ?? 'none'), container.name).toBeGreaterThan(0);
        expect(parseQuantity(request ?? '')).toBeLessThanOrEqual(parseQuantity(limit ?? ''));
      }
    }
  });

  it('sums to what the README and the plan say', () => {
    const { pods, cpu, memory, storage } = steadyDemand(stackOf(size));
    expect({
      pods,
      cpu: Math.round(cpu * 1000) / 1000,
      memory: memory / gibibyte,
      storage: storage / gibibyte,
    }).toEqual(steady[size]);
  });

  it('takes no more for its first install, as the README says and the wizard shows', () => {
    expect(peakDemand(stackOf(size, { migrate: 'install' }), 'install')).toEqual(steadyDemand(stackOf(size)));
  });

  it('can never fill the broker’s disk: all topics at their largest within 80 % of its volume', () => {
    const volume = parseQuantity(
      specOf<WorkloadSpec>(find(objects, 'StatefulSet', 'posthog-kafka')).volumeClaimTemplates?.[0]?.spec.resources
        .requests.storage ?? '0',
    );
    const largest = largestBacklogBytes(topicsOf(size, manifests.topics));
    expect(largest).toBeLessThanOrEqual(0.8 * volume);
    // The volume is not larger than the rule needs, to the next 10 GiB.
    if (size === 'medium' || size === 'large')
      expect(Math.ceil(largest / 0.8 / gibibyte / 10) * 10 * gibibyte).toBe(volume);
  });

  it('gives the broker less memory of its own than the limit, and ZooKeeper a heap below it', () => {
    const kafka = containersOf(objects).find(({ container }) => container.name === 'posthog-kafka')?.container;
    const args = kafka?.args ?? [];
    const flag = (name: string) => parseQuantity(args[args.indexOf(name) + 1] ?? '');
    expect(flag('--memory') + flag('--reserve-memory')).toBeLessThanOrEqual(
      0.9 * parseQuantity(kafka?.resources?.limits?.['memory'] ?? ''),
    );
    const zookeeper = containersOf(objects).find(({ container }) => container.name === 'posthog-zookeeper')?.container;
    const heap = /-Xmx(\d+)m/.exec(zookeeper?.env?.find(({ name }) => name === 'JVMFLAGS')?.value ?? '')?.[1];
    expect(Number(heap) * 2 ** 20).toBeLessThanOrEqual(
      0.75 * parseQuantity(zookeeper?.resources?.limits?.['memory'] ?? ''),
    );
  });

  it('never lets a query take more than ClickHouse has, and puts half of it on disk', () => {
    const users = String(
      (find(objects, 'ConfigMap', 'posthog-clickhouse-config')['data'] as Record<string, string>)['users.xml'],
    );
    const setting = (name: string) => Number(new RegExp(`<${name}>(\\d+)<`).exec(users)?.[1]);
    const limit = parseQuantity(
      containersOf(objects).find(({ container }) => container.name === 'posthog-clickhouse')?.container.resources
        ?.limits?.['memory'] ?? '',
    );
    expect(setting('max_memory_usage')).toBe([4e9, 4e9, 10e9, 20e9][index]);
    expect(setting('max_memory_usage')).toBeLessThan(limit);
    expect(setting('max_bytes_before_external_group_by')).toBe(setting('max_memory_usage') / 2);
    expect(setting('max_bytes_before_external_sort')).toBe(setting('max_memory_usage') / 2);
  });
});

describe('the migrate Job', () => {
  it.each([
    ['trial', 'install', '1/3Gi'],
    ['trial', 'upgrade', '1/3Gi'],
    ['small', 'install', '2/4Gi'],
    ['small', 'upgrade', '1/4Gi'],
    ['medium', 'install', '2/4Gi'],
    ['medium', 'upgrade', '2/4Gi'],
    ['large', 'install', '4/8Gi'],
    ['large', 'upgrade', '4/8Gi'],
  ] as const)('of %s may use at %s %s', (size, migrate, limits) => {
    const job = containersOf(objectsOf(size, { migrate }), 'Job').find(
      ({ container }) => container.name === 'posthog-migrate',
    );
    const given = job?.container.resources?.limits;
    expect(`${given?.['cpu']}/${given?.['memory']}`).toBe(limits);
  });
});

describe('small at its peak', () => {
  const quota = { cpu: 16, memory: 64 * gibibyte, storage: 100 * gibibyte, ephemeral: 100 * gibibyte, pods: 20 };

  it('fits the default quota: everything, one surge pod of the dearest, and the migrate Job', () => {
    const peak = peakDemand(stackOf('small'), 'upgrade');
    for (const key of ['cpu', 'memory', 'storage', 'ephemeral', 'pods'] as const)
      expect(peak[key], key).toBeLessThanOrEqual(quota[key]);
    expect(peak.pods).toBe(19);
    // About 0.3 CPU is left to the database operator's own sidecars.
    expect(quota.cpu - peak.cpu).toBeGreaterThanOrEqual(0.3);
  });

  it('fits while the first migration runs at 2 CPU before the app does', () => {
    const objects = stackOf('small', { migrate: 'install' });
    const before = objects.filter(({ component }) =>
      ['postgres', 'redis', 'zookeeper', 'clickhouse', 'kafka', 'migrate'].includes(component),
    );
    expect(before.map(({ object }) => demandOf(object).cpu).reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(quota.cpu);
  });

  it('surges only where a request would be lost otherwise', () => {
    const surging = containersOf(objectsOf('small'), 'Deployment').filter(
      ({ spec, init }) => !init && spec.strategy?.rollingUpdate?.maxSurge === 1,
    );
    expect([...new Set(surging.map(({ object }) => object.metadata.name))].sort()).toEqual([
      'posthog',
      'posthog-capture',
      'posthog-feature-flags',
      'posthog-replay-capture',
    ]);
  });
});

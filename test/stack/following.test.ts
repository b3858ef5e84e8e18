/** What the processes of stores may take goes with their memory. */
import { describe, expect, test } from 'vitest';
import { defaultAnswers } from '../../source/stack/answers.ts';
import { connectionsWith, followingOf } from '../../source/stack/following.ts';
import { type JsonObject, manifests } from '../../source/stack/manifests.ts';
import { defaultPlatform } from '../../source/stack/model.ts';
import { parseQuantity } from '../../source/stack/quantity.ts';
import { render } from '../../source/stack/render.ts';
import { type ComponentId, type SizeName, sizeNames } from '../../source/stack/types.ts';

const rendered = (size: SizeName, id: ComponentId, memory?: string): string =>
  JSON.stringify(
    render({
      answers: { ...defaultAnswers, size, components: memory === undefined ? {} : { [id]: { memory } } },
      namespace: 'ns-a',
      host: 'a.example.com',
      platform: defaultPlatform,
      migrate: 'install',
      urls: 'composed',
    }).filter(({ component }) => component === id),
  );
const element = (text: string, name: string) => Number(new RegExp(`<${name}>(\\d+)</${name}>`).exec(text)?.[1]);

test('of ClickHouse: queries, what they sort and group in memory, and caches', () => {
  const twice = rendered('small', 'clickhouse', '16Gi');
  expect(element(twice, 'max_memory_usage')).toBe(8_000_000_000);
  expect(element(twice, 'max_bytes_before_external_group_by')).toBe(4_000_000_000);
  expect(element(twice, 'max_bytes_before_external_sort')).toBe(4_000_000_000);
  expect(element(twice, 'mark_cache_size')).toBe(2 ** 30);
  expect(element(rendered('large', 'clickhouse', '32Gi'), 'uncompressed_cache_size')).toBe(2 ** 32);
});

test.each([
  ['small', '4Gi', '2000M', '0M'],
  ['small', '3Gi', '1500M', '0M'],
  ['medium', '8Gi', '6000M', '1000M'],
  ['large', '5Gi', '4000M', '500M'],
] as const)('of the broker: %s with %s', (size, memory, broker, reserve) => {
  expect(rendered(size, 'kafka', memory)).toContain(`"--memory","${broker}","--reserve-memory","${reserve}"`);
});

test('of ZooKeeper: its heap', () => {
  expect(rendered('small', 'zookeeper', '1536Mi')).toContain('-Xmx1024m');
});

describe.each(sizeNames)('%s', (size) => {
  const numbers = (id: ComponentId) => manifests.sizes[size][id] as JsonObject;

  test.each(['clickhouse', 'kafka', 'zookeeper'] as const)('%s: the memory it has anyway changes nothing', (id) => {
    const bytes = parseQuantity(String(numbers(id)['memory']));
    expect(rendered(size, id, String(bytes / 2 ** 20).concat('Mi'))).toBe(
      rendered(size, id).replaceAll(`"memory":"${numbers(id)['memory']}"`, `"memory":"${bytes / 2 ** 20}Mi"`),
    );
  });

  test.each(['1Gi', '3Gi', '64Gi'])('what a process takes stays below a limit of %s', (memory) => {
    for (const id of ['clickhouse', 'kafka', 'zookeeper'] as const)
      for (const { value } of followingOf(id, numbers(id), memory)) {
        expect(value).toBeGreaterThan(0);
        expect(value).toBeLessThan(parseQuantity(memory));
      }
  });
});

// stack-spec B.8.
test.each([
  ['2Gi', 225],
  ['4Gi', 450],
])('PostgreSQL with %s takes %i connections', (memory, connections) => {
  expect(connectionsWith(memory)).toBe(connections);
});

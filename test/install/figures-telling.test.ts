/** Which numbers are told, and how often. */
import { expect, onTestFinished, test } from 'vitest';
import { ApiError } from '../../source/cluster/index.ts';
import { FiguresTelling } from '../../source/install/figures-telling.ts';
import type { Measured } from '../../source/observe/measure.ts';
import { snapshotOf } from '../observe/objects.ts';
import { TestClock } from '../support/test-clock.ts';

const forbidden = new ApiError({ code: 403, reason: 'Forbidden', message: 'may not' });
const diskOf = (free: number) => `{"free_space":${free},"total_space":1000}\n`;

function telling() {
  const clock = new TestClock();
  const stop = new AbortController();
  onTestFinished(() => stop.abort(new Error('over')));
  const world = { free: 500, metrics: forbidden as Error | undefined };
  const cluster = {
    list: async ({ kind }: { kind: string }) => {
      if (kind === 'PodMetrics' && world.metrics) throw world.metrics;
      return { items: [] };
    },
    get: async () => undefined,
    proxied: async (pod: string, _: number, path: string) => {
      if (pod.endsWith('-kafka-0')) return '';
      return path.includes('system.disks') ? diskOf(world.free) : '';
    },
  } as unknown as Measured;
  const figures = new FiguresTelling(cluster, { clock }, { name: 'ph', components: ['clickhouse'] }, stop.signal);
  return { clock, world, changes: () => figures.changes(snapshotOf({})) };
}

test('a disk is told once, and again when it is fuller by a percent', async () => {
  const { clock, world, changes } = telling();
  expect((await changes()).map(({ type }) => type)).toEqual(['figures', 'sources']);
  expect(await changes()).toEqual([]);
  world.free = 499;
  await clock.pass(15_000);
  expect(await changes()).toEqual([]);
  world.free = 20;
  await clock.pass(15_000);
  expect(await changes()).toMatchObject([
    { type: 'figures', component: 'clickhouse', figures: { volume: { used: 980 } } },
  ]);
});

test('what a token may not ask is told once, and when it may', async () => {
  const { clock, world, changes } = telling();
  const told = async () =>
    (await changes())
      .flatMap((event) => (event.type === 'sources' ? event.sources : []))
      .find(({ id }) => id === 'metrics');
  expect(await told()).toMatchObject({ trouble: { message: 'may not', isForbidden: true } });
  expect(await told()).toBeUndefined();
  world.metrics = undefined;
  await clock.pass(60_000);
  expect(await told()).toMatchObject({ trouble: undefined });
});

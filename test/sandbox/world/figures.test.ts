/** The sandbox's stores answer what the console asks of them every few seconds, by either way. */
import { beforeAll, expect, test } from 'vitest';
import { ApiError } from '../../../source/cluster/index.ts';
import { brokerAsker } from '../../../source/observe/sources/broker.ts';
import { clickhouseAsker } from '../../../source/observe/sources/clickhouse.ts';
import { askPostgres } from '../../../source/observe/sources/postgres.ts';
import { redisAsker } from '../../../source/observe/sources/redis.ts';
import { during, install, newSite, outsideOf, type Site } from './support.ts';

let site: Site;
const { signal } = new AbortController();
beforeAll(async () => {
  site = newSite();
  await install(site);
  site.world.traffic.setRate(200);
  await site.world.traffic.pastDays(1);
  await site.world.traffic.arrive(48_000);
  await site.clock.pass(5_000);
});

const cluster = () => outsideOf(site).cluster;
const forbidden = async () => {
  throw new ApiError({ code: 403, message: 'may not' });
};

test('Redis: tasks that came at once wait, and the worker lives', async () => {
  const forwarded = redisAsker(cluster(), 'posthog');
  const { queues, silentS } = await during(site, forwarded.ask(signal));
  expect(queues.get('celery')).toBeGreaterThan(50);
  expect(silentS).toBeLessThan(60);
  forwarded.close();
});

test('Redis, by redis-cli in its pod: the same', async () => {
  const commanded = redisAsker({ ...pick(), portForward: forbidden }, 'posthog');
  const { queues, silentS } = await during(site, commanded.ask(signal));
  expect(queues.get('celery')).toBeGreaterThan(50);
  expect(silentS).toBeLessThan(60);
});

test('ClickHouse: its disk is that of its claim, and all its consumers read', async () => {
  const { disk, faults } = await during(site, clickhouseAsker(cluster(), 'posthog')(signal));
  expect(disk?.size).toBe(40 * 2 ** 30);
  expect(disk?.used).toBeGreaterThan(2 ** 30);
  expect(faults).toEqual([]);
});

test('PostgreSQL: what its databases take of its claim', async () => {
  const { used, size } = await during(site, askPostgres(cluster(), 'posthog', signal));
  expect(size).toBe(10 * 2 ** 30);
  expect(used).toBeGreaterThan(30_000_000);
});

test('the broker: its disk; by rpk in its pod the same marks', async () => {
  const { disk, marks } = await during(site, brokerAsker(cluster(), 'posthog')(signal));
  expect(disk?.size).toBe(24 * 2 ** 30);
  const commanded = await during(site, brokerAsker({ ...pick(), proxied: forbidden }, 'posthog')(signal));
  expect(commanded.isCostly).toBe(true);
  expect([...commanded.marks.groups.keys()].sort()).toEqual([...marks.groups.keys()].sort());
  expect(commanded.marks.members).toEqual(marks.members);
  expect(marks.members.get('clickhouse-ingestion')).toBe(1);
  const events = (each: typeof marks) => each.groups.get('clickhouse-ingestion')?.get('events_plugin_ingestion');
  expect(events(commanded.marks)?.size).toBe(events(marks)?.size);
});

function pick() {
  const { get, list, exec, proxied, portForward } = cluster();
  return { get, list, exec, proxied, portForward };
}

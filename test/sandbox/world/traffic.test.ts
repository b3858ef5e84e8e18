/** Traffic on a small install: seen in every store, beside events that are sent one by one; and what goes wrong on purpose. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Troubles } from '../../../source/sandbox/world/index.ts';
import { requestOf } from '../../../source/sandbox/world/index.ts';
import { type Any, admin, kind, namespace } from '../controllers/support.ts';
import { during, host, install, logOf, newSite, outsideOf, type Site, until } from './support.ts';

let troubles: Troubles;
let site: Site;
beforeEach(() => {
  troubles = {};
  site = newSite({ troubles });
});

const podOf = (prefix: string) => site.cluster.pods().find(({ metadata }) => metadata.name.startsWith(prefix));
const run = async (pod: string, script: string) =>
  (await during(site, outsideOf(site).cluster.exec(podOf(pod).metadata.name, ['sh', '-c', script]))).stdout.trim();
const clickhouse = (sql: string) =>
  run('posthog-clickhouse-0', `clickhouse-client --user posthog --password "$CLICKHOUSE_PASSWORD" --query "${sql}"`);
const lag = async () =>
  Number(/TOTAL-LAG +(\d+)/.exec(await run('posthog-kafka-0', 'rpk group describe clickhouse-ingestion'))?.[1]);
const pass = async (seconds: number) => {
  for (let second = 0; second < seconds; second++) await site.clock.pass(1_000);
};
const scale = (replicas: number) =>
  site.cluster.objects.patch(
    kind('apps/v1', 'Deployment'),
    namespace,
    'posthog-ingestion',
    'merge',
    { spec: { replicas } },
    { user: admin },
  );
const ingestors = () =>
  site.cluster.pods().filter(({ metadata }: Any) => metadata.name.startsWith('posthog-ingestion'));

describe('traffic', () => {
  test('goes through capture, topics and groups into ClickHouse, and an event among it comes out, too', async () => {
    await install(site);
    expect(site.world.usage(podOf('posthog-ingestion').metadata.uid, 'posthog-ingestion').cpu).toBeLessThan(0.1);
    site.world.traffic.setRate(400);
    await pass(30);
    const count = Number(await clickhouse('SELECT count() FROM posthog.events'));
    expect(count).toBeGreaterThan(30 * 400 * 0.3);
    expect(await lag()).toBeLessThan(5);
    expect(logOf(site, 'posthog-ingestion').join()).toContain('[INGESTION-V2-COMBINED] 📝 Processed batch of');
    const [bucket] = site.cluster.list('objectstorage.sealos.io/v1', 'ObjectStorageBucket');
    await during(site, site.world.traffic.pastDays(1));
    await pass(1);
    expect(site.cluster.find(bucket.apiVersion, bucket.kind, bucket.metadata.name).status.size).toBeGreaterThan(
      2 ** 30,
    );
    const pod = podOf('posthog-capture');
    const body = JSON.stringify({ api_key: 'phc_12345678', event: 'single', distinct_id: 'd' });
    const before = await run('posthog-kafka-0', 'rpk topic describe events_plugin_ingestion -p');
    const answer = site.world.http(
      pod.status.podIP,
      3000,
      requestOf(new URL('http://a/e/'), { method: 'POST', body }, '203.0.113.7'),
    );
    expect((await during(site, answer)).status).toBe(200);
    expect(await run('posthog-kafka-0', 'rpk topic describe events_plugin_ingestion -p')).not.toBe(before);
    expect(site.world.usage(podOf('posthog-ingestion').metadata.uid, 'posthog-ingestion').cpu).toBeGreaterThan(0.1);
    expect(Number(await clickhouse('SELECT free_space FROM system.disks'))).toBeLessThan(40 * 2 ** 30 - 620 * 2 ** 20);
  });

  test('makes a backlog when there are too few readers, which drains when there are more', async () => {
    await install(site);
    await during(site, site.world.traffic.arrive(60_000));
    expect(await lag()).toBeGreaterThan(59_990);
    await pass(10);
    expect(await lag()).toBeGreaterThan(60_000 - 10 * 800);
    scale(4);
    await until(
      site,
      () =>
        ingestors().filter(({ status }) =>
          status?.conditions?.some((each: Any) => each.type === 'Ready' && each.status === 'True'),
        ).length === 4,
      'four readers',
    );
    const start = await lag();
    await pass(10);
    expect(start - (await lag())).toBeGreaterThan(12_000);
    await pass(60);
    expect(await lag()).toBe(0);
  });

  test('is as it was when the sandbox goes on, and so are volumes and logs', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'world-'));
    try {
      site = newSite({ directory });
      await install(site);
      site.world.traffic.setRate(100);
      await pass(20);
      site.world.traffic.setRate(0);
      await pass(5);
      const count = () => clickhouse('SELECT count() FROM posthog.events');
      const [before, log] = [await count(), logOf(site, 'posthog-clickhouse')];
      site.world.flush();
      site.cluster.ending.abort(new Error('the end'));
      site = newSite({ directory, store: site.cluster.store, clock: site.clock });
      const listens = (pod: string, port: number) => site.world.listens(podOf(pod).status.podIP, port);
      const isBack = () => listens('posthog-clickhouse-0', 8123) && listens('posthog-pg-postgresql-0', 5432);
      await until(site, isBack, 'the stores');
      expect(await count()).toBe(before);
      expect(logOf(site, 'posthog-clickhouse').slice(0, log.length)).toEqual(log);
      expect(
        await run('posthog-pg-postgresql-0', 'psql -d posthog -tAc "SELECT count(*) FROM django_migrations"'),
      ).toBe('2333');
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

describe('troubles', () => {
  test('PostgreSQL that does not get ready', async () => {
    troubles.postgresNotReady = true;
    await expect(install(site, 'base', 30)).rejects.toThrow('base: not so');
    expect(podOf('posthog-pg-postgresql-0').status.phase).toBe('Running');
    troubles.postgresNotReady = false;
    await install(site, 'base', 30);
  });

  test('a migration that fails', async () => {
    await install(site, 'db-init');
    troubles.failingMigration = 700;
    const failure = expect(install(site, 'migrate', 10)).rejects.toThrow('migrate: not so');
    await until(site, () => logOf(site, 'posthog-migrate').includes('[migrate] Django migration failed'), 'failed');
    expect(logOf(site, 'posthog-migrate')).toContain('  Applying posthog.0699_stub... OK');
    await failure;
    const [job] = site.cluster.list('batch/v1', 'Job').filter(({ metadata }) => metadata.name.includes('migrate'));
    expect(job.status.conditions.at(-1)).toMatchObject({ type: 'Failed', reason: 'BackoffLimitExceeded' });
  });

  test('ClickHouse without room, web without memory', async () => {
    await install(site);
    troubles.clickhouseDiskFull = true;
    expect(Number(await clickhouse('SELECT free_space FROM system.disks'))).toBeLessThan(2 ** 30);
    site.world.traffic.setRate(50);
    await pass(10);
    expect(await run('posthog-kafka-0', 'rpk group describe group1')).toMatch(/TOTAL-LAG +[1-9]/);
    const ask = () => site.world.public(host, requestOf(new URL(`https://${host}/_health`), {}, '203.0.113.7'));
    expect((await during(site, ask())).status).toBe(200);
    troubles.webOutOfMemory = true;
    const isKilled = () =>
      site.cluster
        .pods()
        .some(({ status }) =>
          status.containerStatuses?.some((each: Any) => each.lastState?.terminated?.reason === 'OOMKilled'),
        );
    await until(site, isKilled, 'killed');
  });
});

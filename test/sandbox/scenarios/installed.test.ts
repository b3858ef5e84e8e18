/** Scenarios that begin when an install is finished. */
import { describe, expect, test } from 'vitest';
import { ensureAdmin } from '../../../source/install/admin.ts';
import { prove } from '../../../source/install/proof/index.ts';
import { inDebt } from '../../../source/install/quota.ts';
import { instancesAmong } from '../../../source/observe/instances.ts';
import { routedUrl } from '../../../source/observe/routed-url.ts';
import { redisAsker } from '../../../source/observe/sources/redis.ts';
import { accessKeyOf, bucketApi } from '../../../source/sandbox/controllers/index.ts';
import { createStore, StatusError } from '../../../source/sandbox/objects/index.ts';
import { stageAfterInstall, stageRef } from '../../../source/sandbox/scenarios/index.ts';
import { kinds } from '../../../source/sandbox/schema/index.ts';
import { bucketRoom } from '../../../source/sandbox/world/bucket.ts';
import { requestOf } from '../../../source/sandbox/world/index.ts';
import { defaultPlatform } from '../../../source/stack/model.ts';
import { type Any, admin, kind, namespace, workspace } from '../controllers/support.ts';
import { during, host, outsideOf, type Site, until } from '../world/support.ts';
import { causesOf, installedSite, siteOf, snapshotOf, stage } from './support.ts';

const signal = new AbortController().signal;

const podOf = ({ cluster }: Site, component: string): Any =>
  cluster.pods().find(({ metadata }) => metadata.labels?.['posthog-sealos/component'] === component);
const run = async (site: Site, component: string, script: string): Promise<string> => {
  const asked = outsideOf(site).cluster.exec(podOf(site, component).metadata.name, ['sh', '-c', script]);
  return (await during(site, asked)).stdout.trim();
};
const rows = async (site: Site): Promise<number> =>
  Number(
    await run(
      site,
      'clickhouse',
      'clickhouse-client --user posthog --password "$CLICKHOUSE_PASSWORD" --query "SELECT count() FROM posthog.events"',
    ),
  );
const lagOf = async (site: Site, group: string): Promise<number> =>
  Number(/TOTAL-LAG +(\d+)/.exec(await run(site, 'kafka', `rpk group describe ${group}`))?.[1]);
const pass = async ({ clock }: Site, seconds: number): Promise<void> => {
  for (let second = 0; second < seconds; second++) await clock.pass(1_000);
};

/** The first hop that an event of the proof does not pass. */
async function faultyHop(site: Site): Promise<string | undefined> {
  const outside = outsideOf(site);
  const url = `https://${host}`;
  await during(site, ensureAdmin(outside, { app: 'posthog', host, url, email: 'a@example.com' }, signal));
  const target = { app: 'posthog', namespace, host, url, platform: defaultPlatform, admin: true };
  const proving = prove(outside, target, signal);
  for (let step = await during(site, proving.next()); !step.done; step = await during(site, proving.next()))
    if (step.value.type === 'proof' && !step.value.ok) return step.value.hop;
  return undefined;
}

describe('running', () => {
  test('is ready, has taken in events for days, and goes on after a restart', async () => {
    const site = await installedSite('running');
    expect(causesOf(site)).toEqual({});
    expect(await rows(site)).toBeGreaterThan(500_000);
    expect(await lagOf(site, 'clickhouse-ingestion')).toBeLessThan(10);
    site.cluster.ending.abort();
    const next = siteOf('running', { store: site.cluster.store, clock: site.clock });
    await pass(next, 1);
    expect(stage(next)).toBe('on');
  });

  test('begins when the install was finished, although nobody served then', async () => {
    const before = siteOf('debt').cluster.store;
    const store = createStore();
    for (const each of kinds) for (const object of before.list(each)) store.put(each, object);
    const { apiVersion, kind: name, ...metadata } = stageRef;
    store.put(kind(apiVersion, name), { apiVersion, kind: name, metadata, ...stageAfterInstall });
    const site = siteOf('debt', { store });
    await until(site, () => stage(site) === 'on', 'the scenario begins');
    await until(site, () => site.cluster.find('v1', 'ResourceQuota', 'debt-limit0') !== undefined, 'the quota');
  });
});

test('busy: a large install takes in 1,200 events a second', async () => {
  const site = await installedSite('busy');
  expect(causesOf(site)).toEqual({});
  expect(site.world.traffic.rate).toBe(1_200);
  expect(site.world.traffic.recorded()).toBeLessThan(0.5 * bucketRoom(site.cluster.store));
  await pass(site, 30);
  expect(await lagOf(site, 'clickhouse-ingestion')).toBeLessThan(10_000);
});

test('backlog: more events come than one pod reads, and two read more than come', async () => {
  const site = await installedSite('backlog');
  expect(causesOf(site)).toEqual({});
  const before = await lagOf(site, 'clickhouse-ingestion');
  expect(before).toBeGreaterThan(10_000);
  await pass(site, 30);
  const grown = await lagOf(site, 'clickhouse-ingestion');
  expect(grown).toBeGreaterThan(before + 1_000);
  const two = { spec: { replicas: 2 } };
  const change = { user: admin };
  site.cluster.objects.patch(kind('apps/v1', 'Deployment'), namespace, 'posthog-ingestion', 'merge', two, change);
  await pass(site, 30);
  expect(await lagOf(site, 'clickhouse-ingestion')).toBeLessThan(grown);
});

test('clickhouse-disk: the disk is full, events wait', async () => {
  const site = await installedSite('clickhouse-disk');
  expect(causesOf(site)).toEqual({});
  expect(await run(site, 'clickhouse', 'df -h /var/lib/clickhouse')).toMatch(/ 100% /);
  const before = await rows(site);
  await pass(site, 10);
  expect(await rows(site)).toBe(before);
  expect(await faultyHop(site)).toBe('clickhouse');
});

test('bucket-full: nothing is stored in it any more', async () => {
  const site = await installedSite('bucket-full');
  expect(causesOf(site)).toEqual({});
  await pass(site, 2);
  const [bucket] = site.cluster.list(bucketApi, 'ObjectStorageBucket');
  expect(bucket.status.size).toBeGreaterThanOrEqual(20 * 2 ** 30);
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyOf(bucket.status.name)}/20260101`;
  const ask = (method: string) =>
    site.world.public(
      `objectstorageapi.${workspace.domain}`,
      requestOf(new URL(`https://a/${bucket.status.name}/x`), { method, headers: { authorization } }, '203.0.113.7'),
    );
  expect((await ask('PUT')).status).toBe(403);
  expect((await ask('GET')).status).toBe(404);
  expect(await faultyHop(site)).toBe('replay');
});

test('oom-web: web is ended for its memory, and nothing else', async () => {
  const site = await installedSite('oom-web');
  await until(site, () => causesOf(site).web === 'oom', 'web is ended');
  expect(causesOf(site)).toEqual({ web: 'oom' });
});

test('debt: everything is stopped, by the platform and for that reason', async () => {
  const site = await installedSite('debt');
  const isOver = ({ status }: Any) => status.phase === 'Succeeded';
  await until(site, () => site.cluster.pods().every(isOver), 'everything stops', 30);
  const { web, worker, postgres } = causesOf(site);
  expect({ web, worker, postgres }).toEqual({ web: 'debt', worker: 'debt', postgres: 'debt' });
  expect(inDebt(undefined, snapshotOf(site).objects.ResourceQuota)).toBe(true);
});

test('two-managers: a change of what kubectl has changed is refused, with its name', async () => {
  const site = await installedSite('two-managers');
  await until(site, () => Object.keys(causesOf(site)).length === 0, 'web is ready again');
  const deployment = site.cluster.find('apps/v1', 'Deployment', 'posthog');
  const { name, resources } = deployment.spec.template.spec.containers[0];
  const limits = { ...resources.limits, memory: '4Gi' };
  const ours = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'posthog' },
    spec: { template: { spec: { containers: [{ name, resources: { limits } }] } } },
  };
  const options = { user: admin, fieldManager: 'posthog-sealos' };
  const apply = () =>
    site.cluster.objects.patch(kind('apps/v1', 'Deployment'), namespace, 'posthog', 'apply', ours, options);
  expect(apply).toThrow(StatusError);
  expect(apply).toThrow(/conflict with "kubectl-edit"/);
});

test('template-install: an instance that we did not make, which looks ready and reads no events', async () => {
  const site = siteOf('template-install');
  await until(site, () => site.cluster.pods().length > 10, 'it starts');
  await pass(site, 10);
  const { objects } = snapshotOf(site);
  const [found, ...others] = instancesAmong([], objects.Instance, objects.Deployment);
  expect([found?.kind, others]).toEqual(['template', []]);
  expect(causesOf(site, found?.name)).toEqual({});
  expect(found?.components).not.toContain('ingestion');
  const services = site.cluster.list('v1', 'Service').map(({ metadata }) => metadata.name);
  expect(services).toContain(`${found?.name}-plugins`);
  expect(services).not.toContain(`${found?.name}-capture`);
  // Its worker lives, whatever its image does besides.
  const asked = redisAsker(outsideOf(site).cluster, found?.name ?? '').ask(new AbortController().signal);
  expect((await during(site, asked)).silentS).toBeLessThan(60);
  // Its address is found without a record, and answers.
  const url = routedUrl({ ...snapshotOf(site), app: found?.name ?? '' }) ?? '';
  expect(url).toMatch(/^https:\/\/posthog-\w+\./);
  const { status } = await during(site, outsideOf(site).publicHttp(url).request({ path: '/_health' }));
  expect(status).toBe(200);
});

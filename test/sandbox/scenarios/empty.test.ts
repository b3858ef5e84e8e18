/** Scenarios that meet a first install: how far it comes, and what is in its way. */
import { expect, test } from 'vitest';
import { shortagesOf } from '../../../source/install/quota.ts';
import { roomOf } from '../../../source/observe/room.ts';
import { scenarioOf } from '../../../source/sandbox/scenarios/index.ts';
import { requestOf } from '../../../source/sandbox/world/index.ts';
import { peakDemand } from '../../../source/stack/demand.ts';
import { stackOf } from '../../stack/fixtures/objects.ts';
import { namespace } from '../controllers/support.ts';
import { during, host, logOf } from '../world/support.ts';
import { causesOf, evidenceOf, siteOf, tryInstall } from './support.ts';

test.each(['fresh', 'old-kubeblocks'])('%s: the install goes through', async (name) => {
  const site = siteOf(name);
  expect(await tryInstall(site)).toBeUndefined();
  expect(causesOf(site)).toEqual({});
});

test('old-kubeblocks makes databases the old way', async () => {
  const site = siteOf('old-kubeblocks');
  await tryInstall(site, 'base');
  const owned = site.cluster.pods().filter(({ metadata }) => metadata.name.includes('-pg-'));
  expect(owned.map(({ metadata }) => metadata.ownerReferences?.[0]?.kind)).toEqual(['StatefulSet']);
});

test.each([
  ['image-pull', 'app', 'capture', 'image-pull', 'ghcr.io/posthog/posthog/capture:'],
  ['volume-pending', 'stores', 'clickhouse', 'volume-pending', 'no storage class is set'],
  ['quota-tight', 'app', 'web', 'quota', 'limits.cpu'],
  ['init-job-failed', 'db-init', 'db-init', 'job-failed', 'BackoffLimitExceeded'],
] as const)('%s: the install stops at %s', async (name, step, component, cause, words) => {
  const site = siteOf(name);
  expect(await tryInstall(site)).toBe(step);
  expect(causesOf(site)[component]).toBe(cause);
  expect(evidenceOf(site, component)).toContain(words);
});

test('init-job-failed: PostgreSQL says why, until the pod is gone with its log', async () => {
  const site = siteOf('init-job-failed');
  const said = new Set<string>();
  site.cluster.store.onChange(() => {
    for (const line of logOf(site, 'posthog-db-init')) said.add(line);
  });
  await tryInstall(site);
  expect([...said]).toContain('ERROR:  permission denied to create database');
});

test('image-pull: the registry is not reached, in the words of the container runtime', async () => {
  const site = siteOf('image-pull');
  await tryInstall(site);
  const told = site.cluster.list('v1', 'Event').map(({ message }) => String(message));
  const failed = told.filter((message) => message.startsWith('Failed to pull image "ghcr.io/'));
  expect(failed[0]).toMatch(/failed to do request: Head "https:\/\/ghcr\.io\/v2\/.*": dial tcp .*: i\/o timeout$/);
  expect(told.filter((message) => message.startsWith('Failed to pull image "docker.io/'))).toEqual([]);
});

test.each([
  ['fresh', [], '32'],
  ['quota-tight', ['cpu', 'memory'], '8'],
] as const)('%s: lacks %j, and has %s processors after a refusal', async (name, lacking, cpu) => {
  const site = siteOf(name);
  const { controllers } = site.cluster;
  await controllers.settled();
  const quotas = () => site.cluster.list('v1', 'ResourceQuota');
  const peak = peakDemand(stackOf('small', { namespace, host }), 'install');
  expect(shortagesOf(roomOf(quotas()), peak, 1, true).map(({ dimension }) => dimension)).toEqual(lacking);
  site.cluster.create({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'refused', namespace },
    involvedObject: { kind: 'ReplicaSet', name: 'web', namespace },
    ...{ reason: 'FailedCreate', message: 'exceeded quota: quota', type: 'Warning' },
  });
  await controllers.settled();
  expect(quotas()[0]?.spec.hard['limits.cpu']).toBe(cpu);
});

test('pg-not-ready: PostgreSQL runs and is not ready, and nothing after it begins', async () => {
  const site = siteOf('pg-not-ready');
  expect(await tryInstall(site, undefined, 2)).toBe('base');
  expect(causesOf(site)).toEqual({ postgres: 'starting' });
  // Whoever starts gets three minutes.
  await site.clock.pass(180_000);
  expect(causesOf(site)).toEqual({ postgres: 'probe' });
});

test('ingress-slow: the address takes four minutes of Sealos, and none where nothing is waited for', async () => {
  const site = siteOf('ingress-slow');
  expect(scenarioOf('ingress-slow').troubles?.ingressDelayMs).toBe(4 * 60_000);
  expect(await tryInstall(site)).toBeUndefined();
  const asked = site.world.public(
    host,
    requestOf(new URL(`https://${host}/_health`), { method: 'GET' }, '203.0.113.7'),
  );
  expect((await during(site, asked)).status).toBe(200);
});

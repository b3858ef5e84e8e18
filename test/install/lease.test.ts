import { describe, expect, test } from 'vitest';
import { ApiError } from '../../source/cluster/index.ts';
import { acquireLock } from '../../source/install/lease.ts';
import type { KubeObject } from '../../source/stack/types.ts';
import { MemoryCluster } from '../support/memory-cluster.ts';
import { settle } from '../support/test-clock.ts';
import { testContext } from '../support/test-context.ts';

const never = new AbortController().signal;
const ref = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', name: 'posthog-lock' };
const heldBy = (holderIdentity: string): KubeObject => ({
  apiVersion: ref.apiVersion,
  kind: ref.kind,
  metadata: { name: ref.name },
  spec: { holderIdentity, leaseDurationSeconds: 30, renewTime: '2025-12-31T23:59:59.000000Z' },
});
const lease = async (cluster: MemoryCluster) =>
  (await cluster.get(ref))?.['spec'] as
    | { holderIdentity: string; renewTime: string; leaseTransitions: number }
    | undefined;

describe('taking the lock', () => {
  test('makes a Lease that says who holds it, with six fractional digits in its times', async () => {
    const cluster = new MemoryCluster();
    const lock = await acquireLock(cluster.asCluster(), testContext(), 'posthog', never);
    expect(await lease(cluster)).toMatchObject({
      holderIdentity: expect.stringMatching(/^laptop\/100\/[0-9a-f]{8}$/),
      renewTime: '2026-01-01T00:00:00.000000Z',
      leaseTransitions: 0,
    });
    await lock.release();
    expect(await lease(cluster)).toBeUndefined();
  });

  test('from a dead process of this host it is taken at once', async () => {
    const cluster = new MemoryCluster(heldBy('laptop/99/aa'));
    await acquireLock(cluster.asCluster(), testContext(undefined, { alive: () => false }), 'posthog', never);
    expect(await lease(cluster)).toMatchObject({
      holderIdentity: expect.stringContaining('laptop/100/'),
      leaseTransitions: 1,
    });
  });

  test('a process of another host is not judged by our process table', async () => {
    const cluster = new MemoryCluster(heldBy('elsewhere/99/aa'));
    const context = testContext(undefined, { alive: () => false });
    const waits: string[] = [];
    const taking = acquireLock(cluster.asCluster(), context, 'posthog', never, (holder) => waits.push(holder));
    await context.clock.pass(28_000);
    expect(await lease(cluster)).toMatchObject({ holderIdentity: 'elsewhere/99/aa' });
    await context.clock.pass(4_000);
    await taking;
    expect(waits).toEqual(['elsewhere (pid 99)']);
    expect(await lease(cluster)).toMatchObject({ holderIdentity: expect.stringContaining('laptop/100/') });
  });

  test('whoever renews meanwhile is alive and is named', async () => {
    const cluster = new MemoryCluster(heldBy('elsewhere/99/aa'));
    const context = testContext();
    const taking = acquireLock(cluster.asCluster(), context, 'posthog', never);
    const refused = expect(taking).rejects.toMatchObject({
      code: 'locked',
      exit: 3,
      message: expect.stringContaining('elsewhere (pid 99)'),
    });
    await context.clock.pass(5_000);
    cluster.put(heldBy('elsewhere/99/aa'));
    await context.clock.pass(2_000);
    await refused;
  });

  test('of two at once, one gets it', async () => {
    const cluster = new MemoryCluster();
    const contexts = [testContext(), testContext(undefined, { host: 'desk' })];
    const taking = contexts.map((context) => acquireLock(cluster.asCluster(), context, 'posthog', never));
    await settle();
    await Promise.race(taking);
    expect([...cluster.objects.keys()]).toHaveLength(1);
    expect(cluster.writes.filter((write) => write.startsWith('create'))).toHaveLength(2);
  });
});

describe('keeping it', () => {
  test('it is renewed every ten seconds', async () => {
    const cluster = new MemoryCluster();
    const context = testContext();
    const lock = await acquireLock(cluster.asCluster(), context, 'posthog', never);
    await context.clock.pass(25_000);
    expect(await lease(cluster)).toMatchObject({ renewTime: '2026-01-01T00:00:20.000000Z' });
    expect(lock.lost.aborted).toBe(false);
    await lock.release();
  });

  test('taken by another, it is lost at once and theirs is left alone', async () => {
    const cluster = new MemoryCluster();
    const context = testContext();
    const lock = await acquireLock(cluster.asCluster(), context, 'posthog', never);
    cluster.put(heldBy('elsewhere/1/bb'));
    await context.clock.pass(10_000);
    expect(lock.lost.reason).toMatchObject({ code: 'lock-lost' });
    await lock.release();
    expect(await lease(cluster)).toMatchObject({ holderIdentity: 'elsewhere/1/bb' });
  });

  test('a renewal whose answer is lost was made all the same, and costs nothing', async () => {
    const cluster = new MemoryCluster();
    const context = testContext();
    const lock = await acquireLock(cluster.asCluster(), context, 'posthog', never);
    const replace = cluster.replace.bind(cluster);
    cluster.replace = async (object: KubeObject) => {
      await replace(object);
      throw new Error('connection reset');
    };
    await context.clock.pass(10_000);
    cluster.replace = replace;
    for (const _ of [1, 2, 3]) await context.clock.pass(10_000);
    expect(lock.lost.aborted).toBe(false);
    expect(await lease(cluster)).toMatchObject({ renewTime: '2026-01-01T00:00:40.000000Z' });
  });

  test('a server that is away for a moment costs nothing; away for the whole lease, the lock is lost', async () => {
    const cluster = new MemoryCluster();
    const context = testContext();
    const lock = await acquireLock(cluster.asCluster(), context, 'posthog', never);
    cluster.failing = (call) => (call.startsWith('replace') ? new Error('away') : undefined);
    await context.clock.pass(15_000);
    expect(lock.lost.aborted).toBe(false);
    await context.clock.pass(15_000);
    expect(lock.lost.aborted).toBe(true);
    await lock.release();
  });

  test('a login that has ended is told as that, not as somebody else’s lock', async () => {
    const cluster = new MemoryCluster();
    const context = testContext();
    const lock = await acquireLock(cluster.asCluster(), context, 'posthog', never);
    cluster.failing = (call) => (call.startsWith('replace') ? new ApiError({ code: 401 }) : undefined);
    await context.clock.pass(15_000);
    expect(lock.lost.aborted).toBe(false);
    await context.clock.pass(15_000);
    expect(lock.lost.reason).toMatchObject({ code: 401 });
    await lock.release();
  });
});

test('a lock that another took over meanwhile is not deleted on leaving', async () => {
  const cluster = new MemoryCluster();
  const lock = await acquireLock(cluster.asCluster(), testContext(), 'posthog', never);
  const ref = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', name: 'posthog-lock' };
  const live = (await cluster.get(ref)) as KubeObject;
  // As `take` does it: the object, and its uid, stay.
  await cluster.replace({ ...live, spec: { holderIdentity: 'desk/1/bb' } });
  await lock.release();
  expect((await cluster.get(ref))?.['spec']).toMatchObject({ holderIdentity: 'desk/1/bb' });
});

test('a renewal that hangs loses the lock before others may take it', async () => {
  const cluster = new MemoryCluster();
  const context = testContext();
  const lock = await acquireLock(cluster.asCluster(), context, 'posthog', never);
  cluster.replace = () => context.clock.sleep(30_000).then(() => Promise.reject(new Error('headers timeout')));
  await context.clock.pass(30_000);
  expect(lock.lost.aborted).toBe(true);
});

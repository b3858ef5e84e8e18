/** What scaling comes to where the cluster refuses, or lacks what is asked for. */
import { beforeAll, describe, expect, test } from 'vitest';
import { ApiError } from '../../../source/cluster/index.ts';
import type { Cluster } from '../../../source/cluster/types.ts';
import { UserError } from '../../../source/errors.ts';
import type { InstallEvent } from '../../../source/install/events.ts';
import { parseLedger } from '../../../source/install/ledger.ts';
import { dictionaries } from '../../../source/messages/index.ts';
import { wantsOf } from '../../../source/operate/scale/change.ts';
import { type ScaleRequest, scale } from '../../../source/operate/scale/scale.ts';
import { parseWords } from '../../../source/operate/scale/words.ts';
import type { KubeObject } from '../../../source/stack/types.ts';
import { pod } from '../../observe/objects.ts';
import { installedObjects, recordOf } from '../../support/installed.ts';
import { LivingCluster, outsideOf } from '../../support/living-cluster.ts';
import { ran } from '../../support/run-install.ts';
import { scaleRequest } from '../../support/scale-request.ts';

const { signal } = new AbortController();
let installed: readonly KubeObject[];
beforeAll(async () => {
  installed = [...(await installedObjects()), recordOf()];
});

async function scaled(
  words: readonly string[],
  cluster: LivingCluster,
  more: Partial<ScaleRequest> = {},
  signal = new AbortController().signal,
  onEvent: (event: InstallEvent) => void = () => {},
) {
  const { outside, context } = outsideOf(cluster);
  const request = { ...scaleRequest((currents) => wantsOf(parseWords(words), currents)), ...more };
  const running = (async function* () {
    for await (const event of scale(request, outside, signal)) {
      onEvent(event);
      yield event;
    }
  })();
  const { told: events, error } = await ran(running, (ms) => context.clock.pass(ms));
  return { events, error: error as UserError | undefined, writes: cluster.writes, tookMs: context.clock.monotonic() };
}
const replicasOf = (cluster: LivingCluster, name: string) =>
  (cluster.objects.get(`apps/v1/Deployment/${name}`)?.['spec'] as { replicas?: number } | undefined)?.replicas;

test('is applied, and kept in the record', async () => {
  const cluster = new LivingCluster(...installed);
  const { error } = await scaled(['worker=2', 'capture=0'], cluster);
  expect(error).toBeUndefined();
  expect([replicasOf(cluster, 'posthog-worker'), replicasOf(cluster, 'posthog-capture')]).toEqual([2, 0]);
  const record = [...cluster.objects.values()].find(({ metadata }) => metadata.name === recordOf().metadata.name);
  expect(parseLedger(record as KubeObject).answers.components).toEqual({
    worker: { replicas: 2 },
    capture: { replicas: 0 },
  });
});

describe('what was changed while the review was read', () => {
  test('by another console stays, and is told', async () => {
    const cluster = new LivingCluster(...installed);
    const meanwhile = async () => (await scaled(['worker=2'], cluster)).error === undefined;
    const { error } = await scaled(['worker:memory=5Gi'], cluster, { consent: meanwhile });
    expect([error?.code, error?.exit]).toEqual(['changed-meanwhile', 3]);
    expect(error?.say(dictionaries.en)).toContain('worker was changed');
    expect(replicasOf(cluster, 'posthog-worker')).toBe(2);
  });

  test('of another part does not matter', async () => {
    const cluster = new LivingCluster(...installed);
    const meanwhile = async () => (await scaled(['web=2'], cluster)).error === undefined;
    const { error } = await scaled(['worker=3'], cluster, { consent: meanwhile });
    expect(error).toBeUndefined();
    expect([replicasOf(cluster, 'posthog'), replicasOf(cluster, 'posthog-worker')]).toEqual([2, 3]);
  });

  test('to one that looks the same stays, and what was applied before is told', async () => {
    const cluster = new LivingCluster(...installed);
    const ref = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'posthog' };
    const meanwhile = async () => {
      const { metadata, ...rest } = (await cluster.get(ref)) as KubeObject;
      await cluster.delete(ref);
      const { uid: _, resourceVersion: __, ...same } = metadata;
      cluster.put({ ...rest, metadata: same });
      return true;
    };
    const { error } = await scaled(['worker=2', 'web=2'], cluster, { consent: meanwhile });
    // It failed half-way: nothing was refused any more.
    expect([error?.code, error?.exit]).toEqual(['changed-meanwhile', 1]);
    expect(error?.hint?.(dictionaries.en)).toContain(dictionaries.en.scale.halfDone('worker', 'web', 'worker=1'));
    expect([replicasOf(cluster, 'posthog-worker'), replicasOf(cluster, 'posthog')]).toEqual([2, 1]);
  });

  test('and is gone does not come again', async () => {
    const cluster = new LivingCluster(...installed);
    const meanwhile = () => cluster.delete({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'posthog-worker' });
    const { error } = await scaled(['worker=2'], cluster, { consent: meanwhile });
    expect(error?.code).toBe('changed-meanwhile');
    expect(replicasOf(cluster, 'posthog-worker')).toBeUndefined();
  });
});

test('an instance that is deleted while it is waited for is not waited for any more', async () => {
  const cluster = new LivingCluster(...installed);
  cluster.held.add('posthog-worker');
  const { outside, context } = outsideOf(cluster);
  const running = scale({ ...scaleRequest(() => new Map([['worker', { replicas: 2 }]])), wait: true }, outside, signal);
  const deleteAll = async () => {
    for (const { apiVersion, kind, metadata } of [...cluster.objects.values()])
      if (kind === 'Deployment' || kind === 'Instance') await cluster.delete({ apiVersion, kind, name: metadata.name });
  };
  let passed = 0;
  const { error } = await ran(running, async (ms) => {
    if (++passed === 5) await deleteAll();
    await context.clock.pass(ms);
  });
  expect(error).toMatchObject({ code: 'no-instance', exit: 1 });
});

test('without the right to change it ends with 3, and changes nothing', async () => {
  const cluster = new LivingCluster(...installed);
  const denied = new ApiError({ code: 403, reason: 'Forbidden', message: 'deployments.apps is forbidden' });
  cluster.failing = (call) => (/^(plan|apply|patch) Deployment/.test(call) ? denied : undefined);
  const { error } = await scaled(['worker=2'], cluster);
  expect(error).toBeInstanceOf(UserError);
  expect(error?.exit).toBe(3);
  expect(replicasOf(cluster, 'posthog-worker')).toBe(1);
});

test('of a part that is refused half-way it is told that some of it is so, and how to complete it', async () => {
  const cluster = new LivingCluster(...installed);
  const isBegun = () => cluster.writes.includes('apply ConfigMap/posthog-clickhouse-config');
  cluster.failing = (call) =>
    isBegun() && call === 'plan StatefulSet/posthog-clickhouse'
      ? new ApiError({ code: 403, reason: 'Forbidden', message: 'exceeded quota' })
      : undefined;
  const { error } = await scaled(['clickhouse:memory=12Gi'], cluster);
  // Nothing was refused any more: it failed.
  expect(error?.exit).toBe(1);
  expect(error?.hint?.(dictionaries.en)).toContain(
    dictionaries.en.scale.partlyDone('clickhouse', 'clickhouse:memory=12Gi'),
  );
});

test('an instance that was deleted is told as that', async () => {
  const cluster = new LivingCluster(...installed.filter(({ kind }) => kind !== 'Instance' && kind !== 'Deployment'));
  const { error, writes } = await scaled(['worker=2'], cluster);
  expect([error?.code, error?.exit]).toEqual(['no-instance', 3]);
  expect(error?.hint?.(dictionaries.en)).toContain('an install under the name posthog takes up what is there');
  expect(writes).toEqual([]);
});

test('a part that is not there is refused', async () => {
  const cluster = new LivingCluster(...installed.filter(({ metadata }) => metadata.name !== 'posthog-capture'));
  const { error, events } = await scaled(['capture=2'], cluster);
  expect([error?.code, error?.exit]).toEqual(['guard', 3]);
  expect(events).toMatchObject([{ type: 'review', findings: [{ id: 'absent', component: 'capture' }] }]);
});

test('an instance that is not there is refused', async () => {
  const { error } = await scaled(['web=2'], new LivingCluster(...installed), { name: 'other' });
  expect([error?.code, error?.exit]).toEqual(['no-instance', 3]);
});

/** Whose ingestion has read nothing while each look finds so much more to read, and what its log says. */
function withBacklog(waiting: readonly number[], logText: Cluster['logText']): LivingCluster {
  const cluster = new LivingCluster(
    ...installed,
    pod('ingestion', 'posthog-ingestion-x', [{ state: { running: {} } }]),
  );
  const looks = [...waiting];
  const metrics = () => {
    const labels = 'redpanda_namespace="kafka",redpanda_topic="events_plugin_ingestion",';
    const end = looks.length > 1 ? looks.shift() : looks[0];
    return [
      `redpanda_kafka_max_offset{${labels}redpanda_partition="0"} ${end}`,
      `redpanda_kafka_max_offset{${labels}redpanda_partition="1"} 0`,
      `redpanda_kafka_consumer_group_committed_offset{redpanda_group="clickhouse-ingestion",${labels}redpanda_partition="0"} 0`,
    ].join('\n');
  };
  return Object.assign(cluster, { proxied: async () => metrics(), logText });
}

const complaint = '2026-11-23T20:55:00Z {"level":"error","msg":"connect ECONNREFUSED"}\n';
const complaints = (events: readonly InstallEvent[]) => events.filter(({ type }) => type === 'log-errors');

test('what waits has not become less: what the log complains of is told', async () => {
  const cluster = withBacklog([50_000, 50_000, 51_000], async () => complaint.repeat(3));
  const { events, error } = await scaled(['ingestion=2'], cluster, { wait: true });
  expect(error).toBeUndefined();
  const errors = { count: 3, alike: 3, message: 'connect ECONNREFUSED' };
  expect(complaints(events)).toEqual([{ type: 'log-errors', component: 'ingestion', errors }]);
  expect(events.at(-1)?.type).toBe('scaled');
});

test.each<readonly [string, readonly number[], () => Promise<string>]>([
  ['it has become less', [50_000, 50_000, 40_000], async () => complaint],
  ['nothing waits', [0], async () => complaint],
  ['its log says nothing', [50_000], async () => ''],
  ['its log may not be read', [50_000], () => Promise.reject(new Error('pods/log is forbidden'))],
])('and nothing is told where %s', async (_, waiting, logText) => {
  const { events, error } = await scaled(['ingestion=2'], withBacklog(waiting, logText), { wait: true });
  expect([error, complaints(events)]).toEqual([undefined, []]);
  expect(events.some(({ type }) => type === 'figures')).toBe(true);
});

describe('while its log keeps silent', () => {
  const silent: Cluster['logText'] = (_, { signal } = {}) =>
    new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));

  test('the time that it may take to become ready is over, and is no matter any more', async () => {
    const all = await scaled(['ingestion=2'], withBacklog([50_000], silent), { wait: true });
    expect(all.error).toBeUndefined();
    // Its log is waited for at the end of it, for three seconds.
    const timeoutMs = all.tookMs - 1_500;
    const { events, error } = await scaled(['ingestion=2'], withBacklog([50_000], silent), { wait: true, timeoutMs });
    expect(error).toBeUndefined();
    expect(events.at(-1)).toMatchObject({ type: 'scaled', isSettled: true });
  });

  test('whoever ends it ends it', async () => {
    const user = new AbortController();
    const ending: Cluster['logText'] = (...asked) => {
      const log = silent(...asked);
      user.abort(new Error('Ctrl+C'));
      return log;
    };
    const { error } = await scaled(['ingestion=2'], withBacklog([50_000], ending), { wait: true }, user.signal);
    expect([error?.code, error?.exit]).toEqual(['interrupted', 130]);
    expect(error?.hint?.(dictionaries.en)).toContain('Applied: ingestion.');
  });
});

test('whoever ends it while it is waited for is told how far it came, and how to wait on', async () => {
  const cluster = new LivingCluster(...installed);
  cluster.held.add('posthog-worker');
  const user = new AbortController();
  const { error } = await scaled(['worker=2', 'web=2'], cluster, { wait: true }, user.signal, ({ type }) => {
    if (type === 'component') user.abort(new Error('Ctrl+C'));
  });
  expect([error?.code, error?.exit]).toEqual(['interrupted', 130]);
  expect(error?.hint?.(dictionaries.en)).toBe(
    [dictionaries.en.scale.waitOn('worker=2 web=2'), dictionaries.en.scale.halfDone('worker', 'web', 'worker=1')].join(
      '\n',
    ),
  );
});

test('whoever ends it before anything is applied is told no more than that', async () => {
  const user = new AbortController();
  user.abort(new Error('Ctrl+C'));
  const { error } = await scaled(['worker=2'], new LivingCluster(...installed), { wait: true }, user.signal);
  expect(error?.message).toBe('Ctrl+C');
});

describe('asked for again while it is still on its way', () => {
  /** Whose worker has been given a second replica that does not become ready. */
  async function late() {
    const cluster = new LivingCluster(...installed);
    cluster.held.add('posthog-worker');
    const first = await scaled(['worker=+1'], cluster, { wait: true });
    expect([first.error?.code, first.error?.exit]).toEqual(['timeout', 5]);
    expect(first.error?.hint?.(dictionaries.en)).toMatch(/posthog-sealos scale worker=2\nApplied: worker\./);
    cluster.writes.length = 0;
    return cluster;
  }
  const endOf = (events: readonly InstallEvent[]) => events.at(-1);

  test('it is waited for until it is ready, and nothing is written', async () => {
    const cluster = await late();
    const running = scaled(['worker=2'], cluster, { wait: true });
    cluster.release('Deployment', 'posthog-worker');
    const { events, error, writes } = await running;
    expect([error, writes]).toEqual([undefined, []]);
    expect(endOf(events)).toMatchObject({ type: 'scaled', changes: [], already: ['worker'], isSettled: true });
  });

  test('it ends with 5 when that takes too long', async () => {
    const { error, events, writes } = await scaled(['worker=2'], await late(), { wait: true });
    expect([error?.code, error?.exit, writes]).toEqual(['timeout', 5, []]);
    expect(error?.hint?.(dictionaries.en)).toBe(dictionaries.en.scale.waitOn('worker=2'));
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'component', component: 'worker', state: 'running' }),
    );
  });

  test('and not waited for: that it is, is said', async () => {
    const { error, events } = await scaled(['worker=2'], await late());
    expect(error).toBeUndefined();
    expect(endOf(events)).toMatchObject({ type: 'scaled', changes: [], already: ['worker'], isSettled: false });
  });

  test('nothing has to be agreed to, nor may be written', async () => {
    const more = { consent: 'missing', readOnly: true } as const;
    expect((await scaled(['worker=2'], await late(), more)).error).toBeUndefined();
  });

  test('a dry run only says so', async () => {
    const { events, error } = await scaled(['worker=2'], await late(), { wait: true, dryRun: true });
    expect(error).toBeUndefined();
    expect(events).toMatchObject([{ type: 'review', changes: [], already: ['worker'] }]);
  });

  test('what else is asked for comes after it', async () => {
    const cluster = await late();
    const running = scaled(['capture=2', 'worker=2'], cluster, { wait: true });
    cluster.release('Deployment', 'posthog-worker');
    const { events, error } = await running;
    expect(error).toBeUndefined();
    const told = events.flatMap((event) => (event.type === 'component' ? [event.component] : []));
    expect([...new Set(told)]).toEqual(['worker', 'capture']);
    expect(endOf(events)).toMatchObject({ already: ['worker'], changes: [{ component: 'capture', to: '2' }] });
  });
});

test('what is so already and ready is not waited for, and nothing more is told', async () => {
  const { events, error } = await scaled(['worker=1'], new LivingCluster(...installed), { wait: true });
  expect([error, events.map(({ type }) => type)]).toEqual([undefined, ['review']]);
});

import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ConnectionError } from '../../source/cluster/index.ts';
import type { Outside } from '../../source/install/contract.ts';
import type { InstallEvent } from '../../source/install/events.ts';
import type { Ledger } from '../../source/install/ledger.ts';
import { status } from '../../source/install/status.ts';
import { en } from '../../source/messages/en/index.ts';
import type { KubeObject } from '../../source/stack/types.ts';
import { crashed, ownedBy, pod } from '../observe/objects.ts';
import { answers, installedObjects, namespace, recordOf } from '../support/installed.ts';
import { LivingCluster, outsideOf } from '../support/living-cluster.ts';

const jobs = ['topics', 'db-init', 'migrate'] as const;

let installed: readonly KubeObject[];
let cluster: LivingCluster;
beforeAll(async () => {
  installed = await installedObjects();
});
beforeEach(() => {
  cluster = new LivingCluster(...installed);
});

const keyOf = (kind: string, prefix: string) =>
  [...cluster.objects.entries()].find(
    ([, { kind: own, metadata }]) => own === kind && metadata.name.startsWith(prefix),
  );
function remove(kind: string, prefix: string): void {
  const [key] = keyOf(kind, prefix) ?? [];
  expect(key).toBeDefined();
  cluster.objects.delete(key as string);
}
function become(kind: string, prefix: string, state: object): void {
  const [, object] = keyOf(kind, prefix) ?? [];
  expect(object).toBeDefined();
  cluster.put({ ...(object as KubeObject), status: state });
}
const record = (changes: Partial<Ledger>) => cluster.put(recordOf(changes));

async function looked(withFigures = false, more: Partial<Outside> = {}) {
  const { outside } = outsideOf(cluster);
  const looking = status({ ...outside, ...more }, { watch: false, withFigures }, new AbortController().signal);
  const told: InstallEvent[] = [];
  for (;;) {
    const step = await looking.next();
    if (step.done) {
      const states = Object.fromEntries(
        told.flatMap((event) => (event.type === 'component' ? [[event.component, event.state]] : [])),
      );
      const notes = told.flatMap((event) => (event.type === 'note' ? [event.message(en)] : []));
      const causes = told.flatMap((event) => (event.type === 'cause' && event.cause ? [event.component] : []));
      const concerns = told.flatMap((event) => (event.type === 'concerns' ? [event.concerns] : []));
      return { isWell: step.value, states, notes, causes, concerns };
    }
    told.push(step.value);
  }
}
const deleteAll = () => {
  for (const [key, { kind }] of [...cluster.objects.entries()])
    if (kind === 'Instance' || kind === 'Deployment') cluster.objects.delete(key);
};

test('of one that was deleted, it says so and what is left; not of one that is being installed', async () => {
  record({});
  deleteAll();
  const said = /There is no posthog here any more: somebody has deleted it\. Its record is left/;
  expect((await looked()).notes).toContainEqual(expect.stringMatching(said));
  record({ finished: false });
  expect((await looked()).notes).not.toContainEqual(expect.stringMatching(said));
});

test.each([
  ['with its record', true],
  ['without one, as of the one-click template', false],
])('one that is deleted while somebody watches is told as that, once, %s', async (_, isRecorded) => {
  if (isRecorded) record({});
  else for (const [key, { kind }] of [...cluster.objects]) if (kind === 'ConfigMap') cluster.objects.delete(key);
  const { outside, context } = outsideOf(cluster);
  const stop = new AbortController();
  const notes: string[] = [];
  const run = (async () => {
    for await (const event of status(outside, { watch: true }, stop.signal))
      if (event.type === 'note') notes.push(event.message(en));
  })().catch(() => {});
  await context.clock.pass(3_000);
  const before = notes.length;
  for (const { apiVersion, kind, metadata } of [...cluster.objects.values()])
    if (kind === 'Instance' || kind === 'Deployment') await cluster.delete({ apiVersion, kind, name: metadata.name });
  await context.clock.pass(3_000);
  const said = en.console.home.gone('posthog', undefined);
  expect(notes.slice(before)).toEqual([isRecorded ? `${said} ${en.console.home.goneKept('posthog')}` : said]);
  stop.abort();
  await context.clock.pass(0);
  await run;
});

const expireJobs = () => {
  for (const job of ['posthog-kafka-init-', 'posthog-db-init-', 'posthog-migrate-']) remove('Job', job);
};

describe('Jobs that have expired', () => {
  test('were done in an install that is finished', async () => {
    record({ jobs: {} });
    expireJobs();
    const { isWell, states, notes } = await looked();
    expect(isWell).toBe(true);
    expect(jobs.map((id) => states[id])).toEqual(['ready', 'ready', 'ready']);
    expect(notes.at(-1)).toBe(
      en.install.status.ready(Object.keys(states).length, 0, Object.keys(states).length, false),
    );
  });

  test('were done in an unfinished one if its record says so, and each for itself', async () => {
    record({ finished: false, jobs: { 'posthog-migrate-01234567': '2026-01-01T00:00:00Z' } });
    expireJobs();
    const { isWell, states, notes } = await looked();
    expect(isWell).toBe(false);
    expect(jobs.map((id) => states[id])).toEqual(['waiting', 'waiting', 'ready']);
    expect(notes).toContain(en.install.unfinished('posthog'));
  });

  test('are taken for done where the record cannot be read; everything is shown all the same', async () => {
    cluster.put({ ...recordOf(), data: { version: '1', answers: 'no JSON' } });
    expireJobs();
    const { isWell, states, notes } = await looked();
    expect(isWell).toBe(true);
    expect(states['migrate']).toBe('ready');
    expect(notes[0]).toBe(en.install.status.other('posthog', namespace, 'https://posthog.example.com', false));
  });
});

test('a Job that failed is not done, though the install was finished once', async () => {
  record({});
  become('Job', 'posthog-migrate-', { conditions: [{ type: 'Failed', status: 'True' }] });
  const { isWell, states, causes } = await looked();
  expect([isWell, states['migrate'], causes]).toEqual([false, 'failed', ['migrate']]);
});

test('what is gone and no Job is missed, and has no cause', async () => {
  record({});
  remove('Deployment', 'posthog-worker');
  const { isWell, states, causes, notes } = await looked();
  expect([isWell, states['worker'], causes]).toEqual([false, 'waiting', []]);
  const count = Object.keys(states).length;
  expect(notes.at(-1)).toBe(en.install.status.ready(count - 1, 0, count, false));
  expect(notes).not.toContain(en.install.unfinished('posthog'));
});

test('debt stops everything, and is said once', async () => {
  record({});
  cluster.put({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'debt-limit0' } });
  for (const name of ['posthog-worker', 'posthog-capture']) {
    const live = cluster.objects.get(`apps/v1/Deployment/${name}`) as KubeObject;
    cluster.put({ ...live, spec: { ...(live['spec'] as object), replicas: 0 } });
  }
  const { isWell, causes, notes, states } = await looked();
  expect([isWell, causes.length]).toEqual([false, 1]);
  const count = Object.keys(states).length;
  expect(notes.at(-1)).toBe(en.install.status.ready(count - 2, 0, count, true));
});

describe('a part with 0 replicas', () => {
  const stop = () => {
    const live = cluster.objects.get('apps/v1/Deployment/posthog-worker') as KubeObject;
    const none = { observedGeneration: 99, replicas: 0, updatedReplicas: 0, readyReplicas: 0, availableReplicas: 0 };
    cluster.put({ ...live, spec: { ...(live['spec'] as object), replicas: 0 }, status: none });
  };

  test('is stopped and well where that is wanted', async () => {
    record({ answers: { ...answers, components: { worker: { replicas: 0 } } } });
    stop();
    const { isWell, states, causes, notes } = await looked();
    expect([isWell, states['worker'], causes]).toEqual([true, 'stopped', []]);
    const count = Object.keys(states).length;
    expect(notes.at(-1)).toBe(en.install.status.ready(count - 1, 1, count, false));
  });

  test('is what the record says at every moment, for whoever goes on looking', async () => {
    record({});
    stop();
    const { outside, context } = outsideOf(cluster);
    const left = new AbortController();
    const states: string[] = [];
    const looking = (async () => {
      for await (const event of status(outside, { watch: true }, left.signal))
        if (event.type === 'component' && event.component === 'worker') states.push(event.state);
    })().catch(() => {});
    await context.clock.pass(1_000);
    record({ answers: { ...answers, components: { worker: { replicas: 0 } } } });
    await context.clock.pass(1_000);
    left.abort();
    await looking;
    expect(states).toEqual(['waiting', 'stopped']);
  });

  test('is missed where somebody else has done it', async () => {
    record({});
    stop();
    const { isWell, states } = await looked();
    expect([isWell, states['worker']]).toEqual([false, 'waiting']);
  });
});

describe('what wants attention', () => {
  const change = (how: (spec: { replicas: number }) => object, manager: string) => {
    const live = cluster.objects.get('apps/v1/Deployment/posthog-worker') as KubeObject;
    const fieldsV1 = { 'f:spec': { 'f:replicas': {} } };
    const managedFields = [{ manager, operation: 'Update', time: '2026-01-02T00:00:00Z', fieldsV1 }];
    const spec = how(live['spec'] as { replicas: number });
    cluster.put({ ...live, metadata: { ...live.metadata, managedFields }, spec });
  };
  const ids = async () => (await looked(true)).concerns.map((told) => told.map(({ id }) => id));

  test('is nothing where all is as it was planned, and is told once', async () => {
    record({});
    expect(await ids()).toEqual([[]]);
  });

  test('is what somebody else has changed, and who', async () => {
    record({});
    change((spec) => ({ ...spec, replicas: 0 }), 'kubectl-scale');
    const { concerns } = await looked(true);
    const [drift] = concerns.flat().filter(({ id }) => id === 'drift');
    expect(drift?.message(en)).toBe('"kubectl-scale" has changed Deployment/posthog-worker: replicas 0 instead of 1.');
  });

  test('is no change that the record knows', async () => {
    record({ answers: { ...answers, components: { worker: { replicas: 2 } } } });
    change((spec) => ({ ...spec, replicas: 2 }), 'somebody');
    expect((await ids()).flat()).not.toContain('drift');
  });

  test('is no drift where nothing is planned: without a record, or before the install is finished', async () => {
    change((spec) => ({ ...spec, replicas: 0 }), 'somebody');
    record({ finished: false });
    expect((await ids()).flat()).not.toContain('drift');
  });
});

test('without a record, the address is found in the routes and asked as that of ours; nothing is planned', async () => {
  remove('ConfigMap', 'posthog-ledger');
  const asked: string[] = [];
  const silent = (url: string) => ({
    request: async () => {
      asked.push(url);
      throw new ConnectionError('timeout', 'ETIMEDOUT');
    },
    close: async () => {},
  });
  const { notes, concerns } = await looked(true, { publicHttp: silent });
  const url = 'https://posthog.example.com';
  expect(notes[0]).toBe(`PostHog posthog in ${namespace}: ${url}, made by the one-click template`);
  expect(asked).toEqual([url]);
  const [found, ...others] = concerns.flat();
  expect([found?.id, others]).toEqual(['address', []]);
  expect(found?.message(en)).toContain(`${url} does not answer`);
  // The proof needs the record.
  expect(found?.hint?.(en)).toBe('Asked from this computer once a minute.');
});

describe('the last words of what crashes', () => {
  const crash = () => {
    record({});
    const live = cluster.objects.get('apps/v1/Deployment/posthog-worker') as KubeObject;
    cluster.put({ ...live, status: { ...(live['status'] as object), readyReplicas: 0, availableReplicas: 0 } });
    cluster.put(ownedBy('posthog', pod('worker', 'posthog-worker-a', [crashed(3)])));
  };
  const evidenceOf = (told: readonly InstallEvent[]) =>
    told.flatMap((event) => (event.type === 'cause' ? [event.cause?.evidence[0]] : []));

  test('a node that does not answer keeps nobody waiting for long', async () => {
    crash();
    Object.assign(cluster, { logText: () => new Promise(() => {}) });
    const { outside, context } = outsideOf(cluster);
    const looking = status(outside, { watch: false }, new AbortController().signal);
    const told: InstallEvent[] = [];
    let isOver = false;
    const run = (async () => {
      for await (const event of looking) told.push(event);
      isOver = true;
    })();
    await context.clock.pass(2_900);
    expect(isOver).toBe(false);
    await context.clock.pass(100);
    await run;
    expect(evidenceOf(told)).toEqual(['Pod/posthog-worker-a main: exit 1, 3 restarts']);
  });

  test('are told when they come, though nothing else changes', async () => {
    crash();
    const words = Promise.withResolvers<string>();
    Object.assign(cluster, { logText: () => words.promise });
    const { outside, context } = outsideOf(cluster);
    const stop = new AbortController();
    const told: InstallEvent[] = [];
    const run = (async () => {
      for await (const event of status(outside, { watch: true }, stop.signal)) told.push(event);
    })().catch(() => {});
    await context.clock.pass(3_000);
    expect(evidenceOf(told)).toEqual(['Pod/posthog-worker-a main: exit 1, 3 restarts']);
    words.resolve('FATAL: no such broker');
    await context.clock.pass(0);
    expect(evidenceOf(told).at(-1)).toBe('Pod/posthog-worker-a main: exit 1, 3 restarts: FATAL: no such broker');
    stop.abort();
    await context.clock.pass(0);
    await run;
  });
});

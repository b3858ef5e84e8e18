/** The rows of the scale screen, kept up to date. */
import { expect, onTestFinished, test } from 'vitest';
import { ApiError } from '../../source/cluster/index.ts';
import type { LogOptions } from '../../source/cluster/types.ts';
import { Scaling } from '../../source/commands/console/scaling.ts';
import type { OpenOutside } from '../../source/commands/session.ts';
import { emptyHome, type HomeState } from '../../source/console/screens/home/state.ts';
import { emptyScale, type ScaleState } from '../../source/console/screens/scale/state.ts';
import { createStore } from '../../source/console/store.ts';
import type { Figures } from '../../source/observe/figures.ts';
import { type Current, currentsOf } from '../../source/operate/scale/current.ts';
import type { Wants } from '../../source/operate/scale/types.ts';
import { deployment, pod, snapshotOf } from '../observe/objects.ts';
import { backlogOf, calm } from '../support/figures.ts';
import { installedObjects, recordOf } from '../support/installed.ts';
import { LivingCluster, outsideOf } from '../support/living-cluster.ts';
import * as runs from '../support/runs.ts';
import { stateOf } from '../support/state.ts';
import { TestClock } from '../support/test-clock.ts';

const template = { spec: { containers: [{ name: 'main', resources: { limits: { cpu: '1', memory: '1Gi' } } }] } };
const snapshot = snapshotOf({
  Deployment: [
    deployment('web', 'posthog', {}, { template }),
    deployment('worker', 'posthog-worker', {}, { template }),
  ],
  Pod: [pod('worker', 'posthog-worker-x', [{ state: { running: {} } }])],
});
const partly = (...ids: readonly ('web' | 'worker')[]) => ({
  ...runs.allReady,
  components: Object.fromEntries(ids.map((id) => [id, runs.allReady.components[id]])),
});

/** A console on this instance, with a cluster that is opened so. */
function scalingOn(cluster: LivingCluster, scale: Partial<ScaleState>, figures?: HomeState['figures']) {
  const { outside, context } = outsideOf(cluster);
  const seen = { snapshot, at: 0, happenings: [] };
  const home = { ...emptyHome, name: 'posthog', run: partly('web', 'worker') };
  const shown = figures ? { screen: 'scale' as const, home: { ...home, figures } } : { home };
  const state = stateOf(80, 24, { ...shown, seen, scale: { ...emptyScale, ...scale } });
  const store = createStore(state, { after: () => () => {} });
  const left = new AbortController();
  onTestFinished(() => left.abort(new Error('over')));
  const around = {
    store,
    open: async () => ({ ...outside, context }) as unknown as OpenOutside,
    instance: 'posthog',
    toast: () => {},
    signal: left.signal,
  };
  const scaling = new Scaling(() => around, context.clock);
  const apply = async (wants: Wants) => {
    let isOver = false;
    void scaling.apply(wants).finally(() => {
      isOver = true;
    });
    for (let second = 0; second < 100 && !isOver; second += 1) await context.clock.pass(1_000);
    return store.read().scale;
  };
  /** Looked at once more, so many seconds later. */
  const lookAfter = async (seconds: number) => {
    await context.clock.pass(seconds * 1_000);
    store.change((now) => ({ ...now, beat: now.beat + 1 }));
    store.show();
    await context.clock.pass(1_000);
    return store.read().scale;
  };
  return { apply, lookAfter, scaling, store, clock: context.clock };
}

test('the way back leads over what has been applied, not over what was refused', async () => {
  const cluster = new LivingCluster(...(await installedObjects()), recordOf());
  const before = [{ component: 'web', field: 'replicas', from: '1', to: '2' }] as const;
  const currents = currentsOf(['web', 'worker'], snapshot);
  const { apply } = scalingOn(cluster, { currents, applied: before });
  cluster.failing = (call) =>
    /^apply Deployment/.test(call) || /^plan Deployment/.test(call)
      ? new ApiError({ code: 403, reason: 'Forbidden', message: 'no' })
      : undefined;
  const refused = await apply(new Map([['worker', { replicas: 2 }]]));
  expect(refused.run?.error?.exit).toBe(3);
  expect(refused.applied).toEqual(before);
  cluster.failing = undefined;
  const done = await apply(new Map([['worker', { replicas: 2 }]]));
  expect(done.run?.error).toBeUndefined();
  expect(done.applied).toEqual([{ component: 'worker', field: 'replicas', from: '1', to: '2' }]);
});

test.each([
  ['over all that was applied', false, undefined, ['worker', 'web']],
  ['over what was applied before another part was refused', true, 1, ['worker']],
] as const)('the way back leads %s', async (_, isRefused, exit, back) => {
  const cluster = new LivingCluster(...(await installedObjects()), recordOf());
  const { apply } = scalingOn(cluster, { currents: currentsOf(['web', 'worker'], snapshot) });
  const isHalfDone = () => cluster.writes.includes('apply Deployment/posthog-worker');
  cluster.failing = (call) =>
    isRefused && call === 'plan Deployment/posthog' && isHalfDone()
      ? new ApiError({ code: 403, reason: 'Forbidden', message: 'no' })
      : undefined;
  const wants: Wants = new Map([
    ['web', { replicas: 2 }],
    ['worker', { replicas: 2 }],
  ]);
  const { run, applied } = await apply(wants);
  expect([run?.error?.exit, applied.map(({ component }) => component)]).toEqual([exit, back]);
});

test('the row that somebody came for stays chosen', async () => {
  const cluster = new LivingCluster(...(await installedObjects()), recordOf());
  const { lookAfter } = scalingOn(cluster, { chosen: 'worker' }, new Map(calm));
  expect((await lookAfter(1)).chosen).toBe('worker');
});

test('what does not come is waited for no more once something else is wanted: the last of it is what is applied', async () => {
  const cluster = new LivingCluster(...(await installedObjects()), recordOf());
  const currents = currentsOf(['web', 'worker'], snapshot);
  const { scaling, store, clock } = scalingOn(cluster, { currents });
  cluster.held.add('posthog-worker');
  const three = scaling.apply(new Map([['worker', { replicas: 3 }]]));
  await clock.pass(5_000);
  const { run, applied } = store.read().scale;
  expect([run?.isOver, applied]).toEqual([false, [{ component: 'worker', field: 'replicas', from: '1', to: '3' }]]);
  const worker = { ...(currents.get('worker') as Current), replicas: 3 };
  store.change((now) => ({ ...now, scale: { ...now.scale, currents: new Map(currents).set('worker', worker) } }));
  cluster.held.clear();
  const shown = new Set<unknown>();
  const { change } = store;
  store.change = (update) => {
    change(update);
    const { run } = store.read().scale;
    shown.add(run?.changes[0]?.to).add(run?.error);
  };
  const writes = cluster.writes.length;
  const two = scaling.apply(new Map([['worker', { replicas: 2 }]]));
  const one = scaling.apply(new Map([['worker', { replicas: 1 }]]));
  await clock.pass(5_000);
  await Promise.all([three, two, one]);
  const after = store.read().scale;
  expect([after.run?.isOver, after.run?.error]).toEqual([true, undefined]);
  expect(after.applied).toEqual([{ component: 'worker', field: 'replicas', from: '3', to: '1' }]);
  expect(shown).toEqual(new Set([undefined, '1']));
  expect(cluster.writes.slice(writes).filter((write) => write === 'apply Deployment/posthog-worker')).toHaveLength(1);
});

test.each([
  ['tells why', () => Promise.resolve('2026-01-01T00:00:00Z {"level":"error","event":"no broker"}\n'), 1],
  ['may not be read, silently', () => Promise.reject(new Error('forbidden')), 0],
] as const)('a change that does not help: the log %s, now and then', async (_, logText, count) => {
  const asked: unknown[] = [];
  const cluster = Object.assign(new LivingCluster(...(await installedObjects()), recordOf()), {
    logText: (_pod: string, { sinceSeconds }: LogOptions) => {
      asked.push(sinceSeconds);
      return logText();
    },
  });
  const tasks = { growPerS: 4, queues: [] };
  const backlog = backlogOf('worker', {
    waiting: 2_000,
    inPerS: undefined,
    outPerS: undefined,
    emptyInS: 'never',
    tasks,
  });
  const figures = new Map(calm).set('worker', { ...(calm.get('worker') as Figures), backlog });
  const currents = currentsOf(['web', 'worker'], snapshot);
  const { apply, lookAfter } = scalingOn(cluster, { currents }, figures);
  expect((await apply(new Map([['worker', { replicas: 2 }]]))).run?.isOver).toBe(true);
  // It has to have had time to help.
  await lookAfter(30);
  expect(asked).toEqual([]);
  const { run } = await lookAfter(30);
  expect(asked).toEqual([expect.any(Number)]);
  expect(asked[0]).toBeGreaterThan(60);
  expect(run?.errors.size).toBe(count);
  await lookAfter(30);
  expect(asked).toHaveLength(1);
  await lookAfter(40);
  expect(asked).toHaveLength(2);
});

test('what a log said of the change before is not said of the next', async () => {
  let answer = (_: string) => {};
  const said = new Promise<string>((resolve) => {
    answer = resolve;
  });
  const cluster = Object.assign(new LivingCluster(...(await installedObjects()), recordOf()), { logText: () => said });
  const backlog = backlogOf('worker', { waiting: 2_000, emptyInS: 'never', tasks: { growPerS: 4, queues: [] } });
  const figures = new Map(calm).set('worker', { ...(calm.get('worker') as Figures), backlog });
  const { apply, lookAfter } = scalingOn(cluster, { currents: currentsOf(['web', 'worker'], snapshot) }, figures);
  await apply(new Map([['worker', { replicas: 2 }]]));
  await lookAfter(60);
  await apply(new Map([['worker', { replicas: 3 }]]));
  answer('2026-01-01T00:00:00Z {"level":"error","event":"no broker"}\n');
  expect((await lookAfter(1)).run?.errors.size).toBe(0);
});

test('a part counts as applied from when it was, however often it is told after', async () => {
  const cluster = new LivingCluster(...(await installedObjects()), recordOf());
  const { scaling, store, clock } = scalingOn(cluster, { currents: currentsOf(['web', 'worker'], snapshot) });
  cluster.held.add('posthog-worker');
  const since = clock.monotonic();
  const over = scaling.apply(new Map([['worker', { replicas: 2 }]]));
  await clock.pass(5_000);
  cluster.release('Deployment', 'posthog-worker');
  await clock.pass(5_000);
  await over;
  const { run } = store.read().scale;
  expect(run?.said.length).toBeGreaterThan(2);
  expect((run?.appliedAt.get('worker') ?? 0) - since).toBeLessThan(5_000);
});

test('parts that are told after the first picture get their rows, though nothing changes any more', async () => {
  const seen = { snapshot, at: 0, happenings: [] };
  const home = { ...emptyHome, name: 'posthog', run: partly('web') };
  const store = createStore(stateOf(80, 24, { screen: 'scale', home, seen }), { after: () => () => {} });
  const clock = new TestClock();
  const left = new AbortController();
  const around = {
    store,
    open: () => Promise.reject(new Error('not asked')),
    instance: 'posthog',
    toast: () => {},
    signal: left.signal,
  };
  new Scaling(() => around, clock);
  expect([...store.read().scale.currents.keys()]).toEqual(['web']);
  store.change((state) => ({ ...state, home: { ...state.home, run: partly('web', 'worker') } }));
  store.show();
  await clock.pass(1_000);
  expect([...store.read().scale.currents.keys()]).toEqual(['web', 'worker']);
  left.abort();
});

/** The rows of the scale screen, kept up to date. */
import { expect, onTestFinished, test } from 'vitest';
import { ApiError } from '../../source/cluster/index.ts';
import { Scaling } from '../../source/commands/console/scaling.ts';
import type { OpenOutside } from '../../source/commands/session.ts';
import { emptyHome } from '../../source/console/screens/home/state.ts';
import { emptyScale, type ScaleState } from '../../source/console/screens/scale/state.ts';
import { createStore } from '../../source/console/store.ts';
import { currentsOf } from '../../source/operate/scale/current.ts';
import type { Wants } from '../../source/operate/scale/types.ts';
import { deployment, snapshotOf } from '../observe/objects.ts';
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
});
const partly = (...ids: readonly ('web' | 'worker')[]) => ({
  ...runs.allReady,
  components: Object.fromEntries(ids.map((id) => [id, runs.allReady.components[id]])),
});

/** A console on this instance, with a cluster that is opened so. */
function scalingOn(cluster: LivingCluster, scale: Partial<ScaleState>) {
  const { outside, context } = outsideOf(cluster);
  const seen = { snapshot, at: 0, happenings: [] };
  const home = { ...emptyHome, name: 'posthog', run: partly('web', 'worker') };
  const store = createStore(stateOf(80, 24, { home, seen, scale: { ...emptyScale, ...scale } }), {
    after: () => () => {},
  });
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
  return { apply };
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

/** The rows of the scale screen, kept up to date. */
import { expect, test } from 'vitest';
import { Scaling } from '../../source/commands/console/scaling.ts';
import { emptyHome } from '../../source/console/screens/home/state.ts';
import { createStore } from '../../source/console/store.ts';
import { deployment, snapshotOf } from '../observe/objects.ts';
import { stateOf } from '../support/console.ts';
import * as runs from '../support/runs.ts';
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

/** The logs screen beside the others: what it takes from what is read, and what of it is remembered. */
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Around } from '../../source/commands/console/around.ts';
import { followLogs } from '../../source/commands/console/logs.ts';
import { hasSaid } from '../../source/commands/console/transitions.ts';
import type { OpenOutside } from '../../source/commands/session.ts';
import { emptyLogs, type LogsState, type Pane, paneOf } from '../../source/console/screens/logs/state.ts';
import { createStore } from '../../source/console/store.ts';
import type { Context } from '../../source/context.ts';
import { FakeNode } from '../logs/node.ts';
import { stateOf } from '../support/state.ts';
import { TestClock } from '../support/test-clock.ts';

function showing(logs: Partial<LogsState> = {}) {
  const clock = new TestClock();
  const node = new FakeNode(clock);
  const stop = new AbortController();
  onTestFinished(() => stop.abort(new Error('over')));
  const state = stateOf(80, 24, { screen: 'logs', logs: { ...emptyLogs, panes: [paneOf('web')], ...logs } });
  const store = createStore(state, { after: () => () => {} });
  const remembered: (readonly string[])[] = [];
  const open = async () => ({ cluster: node }) as unknown as OpenOutside;
  const around = { store, open, instance: 'posthog', toast() {}, signal: stop.signal } as unknown as Around;
  followLogs(around, { clock, random: () => 0.5 } as unknown as Context, (shown) => remembered.push(shown));
  const change = (more: Partial<LogsState>, screen: 'home' | 'logs' = 'logs') =>
    store.change((now) => ({ ...now, screen, logs: { ...now.logs, ...more } }), true);
  return { clock, node, store, remembered, change, pane: () => store.read().logs.panes[0] };
}

test('remembers what was arranged here, not what another screen has opened', () => {
  const { remembered, change } = showing();
  change({ panes: [paneOf('web'), paneOf('worker')] });
  change({ focus: 1 });
  expect(remembered).toEqual([['web', 'worker']]);
  change({}, 'home');
  change({ panes: [paneOf('postgres')] });
  change({ focus: 0 });
  expect(remembered.length).toBe(1);
  change({ panes: [paneOf('postgres'), paneOf('kafka')] });
  expect(remembered.at(-1)).toEqual(['postgres', 'kafka']);
});

test('lines of another instance have other numbers', () => {
  const { pane } = showing({ panes: [{ ...paneOf('web'), spot: { number: 7, row: 0, end: 9 }, marks: new Set([5]) }] });
  expect(pane()).toEqual(paneOf('web'));
});

describe('where a part has crashed', () => {
  const crashed = (node: FakeNode, again: boolean) => {
    node.start('posthog-a');
    for (const text of ['ready', 'Traceback (most recent call last):', '  File "x.py"', 'KeyError: 5'])
      node.write('posthog-a', text);
    if (!again) return node.crash('posthog-a');
    node.restart('posthog-a');
    node.write('posthog-a', 'ready again');
  };
  const end: Pane = {
    ...paneOf('web'),
    before: new Set(['posthog-a/web#0']),
    sought: { run: 'posthog-a/web#0' },
  };

  test.each([
    ['waits to run anew', false],
    ['runs anew', true],
  ])('a container that %s: its last words are gone to', async (_, again) => {
    const { clock, node, change, pane, store } = showing();
    crashed(node, again);
    change({ panes: [end] });
    await clock.pass(1000);
    const { number = -1 } = pane()?.spot ?? {};
    expect(store.read().logs.followed?.log('web').line(number)?.text).toBe('Traceback (most recent call last):');
    expect(pane()?.sought).toBeUndefined();
    // What was read for it stays, whatever is sought.
    node.write('posthog-a', 'more');
    await clock.pass(1000);
    expect(pane()?.spot?.number).toBe(number);
  });

  test('is gone to again, also where nothing has been written since', async () => {
    const { clock, node, change, pane } = showing();
    crashed(node, true);
    change({ panes: [end] });
    await clock.pass(1000);
    const { spot } = pane() ?? {};
    expect(spot).toBeDefined();
    change({ panes: [{ ...end, sought: { run: 'posthog-a/web#0' } }] });
    await clock.pass(1000);
    expect(pane()).toMatchObject({ spot, sought: undefined });
  });

  test('is not looked for where that run cannot be had: the end is followed', async () => {
    const { clock, node, change, pane } = showing();
    crashed(node, true);
    change({ panes: [{ ...end, sought: { run: 'posthog-a/web#7' } }] });
    await clock.pass(1000);
    expect(pane()?.spot).toBeUndefined();
  });
});

test('where something began, the last words of the pod that it began with are gone to', async () => {
  const { clock, node, change, pane, store } = showing();
  node.start('posthog-a');
  node.start('posthog-b');
  node.write('posthog-a', 'ready');
  node.write('posthog-a', 'stuck');
  await clock.pass(1000);
  node.write('posthog-b', 'well');
  await clock.pass(1000);
  const sought = { beforeMs: clock.now(), askedMs: clock.now() + 2000, pod: 'posthog-a' };
  change({ panes: [{ ...paneOf('web'), sought }], lookBack: '5m' });
  await clock.pass(1000);
  expect(pane()).toMatchObject({ spot: undefined, sought });
  node.write('posthog-b', 'well');
  await clock.pass(1000);
  expect(pane()?.sought).toBeUndefined();
  const { number = -1 } = pane()?.spot ?? {};
  expect(store.read().logs.followed?.log('web').line(number)?.text).toBe('stuck');
});

test('something is said when lines are there, or why there are none', async () => {
  const { clock, node, store } = showing();
  const says = () => hasSaid(store.read().logs);
  expect(says()).toBe(false);
  await clock.pass(1000);
  expect([says(), store.read().logs.followed?.waiting('web')?.type]).toEqual([true, 'no-pods']);
  node.start('posthog-a');
  await clock.pass(1000);
  expect(says()).toBe(false);
  node.write('posthog-a', 'one');
  await clock.pass(1000);
  expect(says()).toBe(true);
});

test('an error that is sought is gone to when it has been read, and where there is none, that is said', async () => {
  const { clock, node, store, change, pane } = showing();
  node.start('posthog-a');
  node.write('posthog-a', 'an ERROR');
  await clock.pass(1000);
  change({ panes: [{ ...paneOf('web'), sought: 'error' }] });
  node.write('posthog-a', 'well');
  await clock.pass(1000);
  expect(pane()).toMatchObject({ spot: { number: 0 }, sought: undefined });
  expect(store.read().toast).toBeUndefined();
  change({ panes: [{ ...paneOf('web'), sought: 'error', filter: 'nosuch' }] });
  node.write('posthog-a', 'well');
  await clock.pass(1000);
  expect(pane()).toMatchObject({ spot: undefined, sought: undefined });
  expect(store.read().toast).toBeDefined();
});

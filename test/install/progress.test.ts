import { describe, expect, test } from 'vitest';
import type { InstallEvent } from '../../source/install/events.ts';
import { type Healths, Telling } from '../../source/install/progress.ts';
import { dictionaries } from '../../source/messages/index.ts';
import type { State } from '../../source/observe/types.ts';
import type { ComponentId } from '../../source/stack/types.ts';
import { snapshotOf } from '../observe/objects.ts';

const healthsOf = (states: Partial<Record<ComponentId, State>>): Healths =>
  new Map(
    Object.entries(states).map(([id, state]) => {
      const component = id as ComponentId;
      return [component, { component, state, ready: state === 'ready' ? 1 : 0, desired: 1, podStates: [] }];
    }),
  ) as unknown as Healths;

const said = (events: Iterable<InstallEvent>) =>
  [...events].map((event) => ('message' in event && event.message ? event.message(dictionaries.en) : event.type));

describe('what is told', () => {
  test('of a component that waits: for what; and again only when that changes', () => {
    const telling = new Telling();
    const waiting = { zookeeper: 'running', clickhouse: 'waiting' } as const;
    expect(said(telling.changes(healthsOf(waiting), 1))).toContain('waits for zookeeper');
    expect(said(telling.changes(healthsOf(waiting), 2))).toEqual([]);
    expect(said(telling.changes(healthsOf({ ...waiting, zookeeper: 'ready' }), 3))).not.toContain(
      'waits for zookeeper',
    );
  });

  test('of the connection: that it is lost, and that it is back, once each', () => {
    const telling = new Telling();
    const told = [false, true, true, false, false].flatMap((isCutOff) =>
      said(telling.connection({ ...snapshotOf({}), isCutOff })),
    );
    expect(told).toEqual([dictionaries.en.install.cutOff, dictionaries.en.install.connected]);
  });
});

test('a cause is told once, whatever its pods are called and however often they ended', () => {
  const telling = new Telling();
  const cause = (evidence: string) => ({
    id: 'crash' as const,
    component: 'plugins' as const,
    message: () => 'plugins ends again and again',
    evidence: [evidence],
  });
  const told = [
    'Pod/posthog-plugins-7c9f-abcde main: exit 1, 3 restarts: refused',
    'Pod/posthog-plugins-7c9f-x7k2p main: exit 1, 14 restarts: refused',
    'Pod/posthog-plugins-7c9f-x7k2p main: exit 1, 15 restarts: no such host',
    'ReplicaSet/posthog-8g8f: FailedCreate: Error creating: pods "posthog-8g8f-flt77" is forbidden: exceeded quota',
    'ReplicaSet/posthog-8g8f: FailedCreate: Error creating: pods "posthog-8g8f-q8prn" is forbidden: exceeded quota',
  ].map((evidence) => [...telling.cause('plugins', cause(evidence))].length);
  expect(told).toEqual([1, 0, 1, 1, 0]);
});

test('a phase tells how long it has been under way, not the run', () => {
  const telling = new Telling();
  const phase = (events: Iterable<InstallEvent>) =>
    [...events].flatMap((event) => (event.type === 'phase' ? [[event.phase, event.state, event.elapsedMs]] : []));
  expect(phase(telling.changes(healthsOf({ postgres: 'running', kafka: 'waiting' }), 100))).toEqual([
    ['stores', 'running', 0],
    ['queue', 'waiting', 0],
  ]);
  expect(phase(telling.changes(healthsOf({ postgres: 'ready', kafka: 'running' }), 400))).toEqual([
    ['stores', 'ready', 300],
    ['queue', 'running', 0],
  ]);
  expect(phase(telling.changes(healthsOf({ postgres: 'ready', kafka: 'ready' }), 450))).toEqual([
    ['queue', 'ready', 50],
  ]);
});

test('a component that somebody scaled to 0 is told as that', () => {
  const healths = new Map([['worker', { component: 'worker', state: 'waiting', ready: 0, desired: 0, restarts: 0 }]]);
  const told = said(new Telling().changes(healths as unknown as Healths, 1));
  expect(told).toContain(dictionaries.en.install.scaledToZero);
});

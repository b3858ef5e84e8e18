/** Keys of the scale screen: what they set, what they refuse, and what reaches the cluster. */
import { describe, expect, test } from 'vitest';
import { emptyHome } from '../../source/console/screens/home/state.ts';
import { begun, emptyScale, type ScaleState } from '../../source/console/screens/scale/state.ts';
import type { State } from '../../source/console/state.ts';
import type { Figures } from '../../source/observe/figures.ts';
import type { Wants } from '../../source/operate/scale/types.ts';
import type { ComponentId } from '../../source/stack/types.ts';
import { around, current, currents, quotaOf } from '../operate/scale/support.ts';
import { consoleOn, keys } from '../support/console.ts';
import { backlogOf, busy } from '../support/figures.ts';
import { seen } from '../support/instance.ts';
import * as runs from '../support/runs.ts';

const home = { ...emptyHome, name: 'posthog', run: runs.allReady, figures: busy };

const scaling = (more: Partial<ScaleState> = {}, rest: Partial<State> = {}, rows = 24) => {
  const shown = consoleOn({
    rows,
    state: {
      screen: 'scale',
      home,
      seen,
      scale: { ...emptyScale, currents: currents(), around: around(), ...more },
      ...rest,
    },
  });
  const press = async (...pressed: readonly string[]) => {
    for (const each of pressed) await shown.press(each);
  };
  const state = () => shown.store.read();
  /** What the cluster was asked to become. */
  const applied = () =>
    shown.asked.flatMap(([what, wants]) => (what === 'scale' ? [Object.fromEntries(wants as Wants)] : []));
  const actions = (name: string) => shown.asked.flatMap(([what, value]) => (what === name ? [value] : []));
  return {
    text: shown.text,
    store: shown.store,
    press,
    state,
    applied,
    actions,
    wants: () => Object.fromEntries(state().scale.wants),
  };
};

test('a review tells what is done, in which order, and how by hand', async () => {
  const { press, text } = scaling({}, {}, 40);
  await press(keys.right, keys.down, keys.right, 'a');
  const shown = await text();
  expect(shown).toContain('One after the other: worker, web');
  expect(shown).toMatch(/posthog-sealos scale worker=2 web=2\s+The same by hand \(a later `install` asks about it\):/);
  expect(shown).toMatch(/kubectl -n \S+ scale deployment\/posthog --replicas=2/);
});

describe('values', () => {
  test('are set by arrows, and one that is as it is now is none', async () => {
    const { press, wants } = scaling();
    await press(keys.down, keys.right, '+', keys.left);
    expect(wants()).toEqual({ worker: { replicas: 2 } });
    await press('-');
    expect(wants()).toEqual({});
  });

  test('of memory and CPU go by steps', async () => {
    const { press, wants } = scaling();
    await press(keys.tab, keys.right, keys.tab, keys.right, keys.right);
    expect(wants()).toEqual({ web: { cpu: '2250m', memory: '5Gi' } });
    await press('u');
    expect(wants()).toEqual({});
  });

  test.each<[name: string, pressed: readonly string[], cpu: string]>([
    ['taken over by what is typed', ['64'], '64'],
    ['cleared', ['\x7f', '500m'], '500m'],
    ['changed at its end', [keys.right, '\x7f', '4'], '4'],
    ['changed at its begin', [keys.left, '1'], '12'],
  ])('that are there already are %s', async (_, pressed, cpu) => {
    const { press, state, wants } = scaling({ field: 'cpu' });
    await press(keys.enter);
    expect(state().scale.typing?.text).toBe('2');
    await press(...pressed, keys.enter);
    expect(wants()).toEqual({ web: { cpu } });
  });

  test('that are there already are taken over by what is pasted', async () => {
    const { press, wants } = scaling({ field: 'memory' });
    await press(keys.enter, '\u001b[200~6Gi\u001b[201~', keys.enter);
    expect(wants()).toEqual({ web: { memory: '6Gi' } });
  });

  test('are typed, judged while they are, and left by Esc', async () => {
    const { press, wants, text } = scaling();
    await press('3', keys.enter);
    expect(wants()).toEqual({ web: { replicas: 3 } });
    await press(keys.tab, keys.enter, 'x', keys.enter);
    expect(await text()).toContain('write cores such as');
    await press(keys.esc);
    expect(wants()).toEqual({ web: { replicas: 3 } });
    await press('U');
    expect(wants()).toEqual({});
  });

  test('that cannot be are refused with the reason', async () => {
    const { press, wants, text, state } = scaling();
    await press(keys.left, keys.left);
    expect(wants()).toEqual({ web: { replicas: 0 } });
    await press('u', '\u001b[F', keys.right);
    expect(state().scale.chosen).toBe('clickhouse');
    expect(await text()).toContain('clickhouse has a fixed number of replicas');
  });

  test('drain what waits with the fewest replicas', async () => {
    const { press, wants, text } = scaling();
    await press('d');
    expect(wants()).toEqual({ ingestion: { replicas: 2 } });
    expect(await text()).toContain('ingestion: empty in about 2m04s with 2. d again: 3, about 44s.');
    await press('d');
    expect(wants()).toEqual({ ingestion: { replicas: 3 } });
    expect(await text()).toContain('ingestion: empty in about 44s with 3.');
    expect(await text()).not.toContain('d again');
    await press('d');
    expect(wants()).toEqual({ ingestion: { replicas: 2 } });
  });

  test('drain sooner where what waits is gone in ten minutes as it is', async () => {
    const slow = new Map(busy).set('ingestion', {
      ...(busy.get('ingestion') as Figures),
      backlog: backlogOf('ingestion', { waiting: 30_000, inPerS: 500, outPerS: 700, emptyInS: 150 }),
    });
    const { press, wants, text } = scaling(
      {},
      { home: { ...emptyHome, name: 'posthog', run: runs.allReady, figures: slow } },
    );
    await press('d');
    expect(wants()).toEqual({ ingestion: { replicas: 2 } });
    expect(await text()).toContain('ingestion: empty in about 33s with 2.');
  });

  test('are filled by a size, or by what drains', async () => {
    const { press, wants, text } = scaling();
    await press('p');
    expect(await text()).toMatch(/small +up to 300k events\/day \(installed\)[\s\S]*drain now/);
    await press(keys.enter);
    expect(wants()).toEqual({});
    expect(await text()).toContain('All of it is as in small already');
    await press('p', keys.down, keys.enter);
    expect(wants()).toMatchObject({ web: { replicas: 2 }, clickhouse: { cpu: '4', memory: '16Gi' } });
    await press('p', keys.down, keys.down, keys.enter);
    expect(wants()).toMatchObject({ ingestion: { replicas: 4 } });
    expect(await text()).toContain('As many of ingestion as their topics have partitions');
    await press('U', 'p', '\u001b[F', keys.enter);
    expect(wants()).toEqual({ ingestion: { replicas: 2 } });
  });

  test('drain the chosen part as far as there is room, and say when that is not enough', async () => {
    const full = quotaOf({ pods: '20' }, { pods: '18' });
    const overrun = new Map(busy).set('web', { ...(busy.get('ingestion') as Figures) });
    overrun.set('ingestion', {
      ...(busy.get('ingestion') as Figures),
      backlog: backlogOf('ingestion', { waiting: 90_000, inPerS: 2500, outPerS: 700, emptyInS: 'never' }),
    });
    const { press, wants, text } = scaling(
      { chosen: 'ingestion', around: around({ quotas: [full] }) },
      { home: { ...emptyHome, name: 'posthog', run: runs.allReady, figures: overrun } },
    );
    await press('d');
    expect(wants()).toEqual({ ingestion: { replicas: 3 } });
    expect(await text()).toContain('More than 3 of ingestion are not possible now');
  });

  test('drain all that waits where nothing waits for the chosen part, and only that part where something does', async () => {
    const both = new Map(busy).set('worker', {
      ...(busy.get('worker') as Figures),
      backlog: backlogOf('worker', { waiting: 2_400, emptyInS: 'never', tasks: { growPerS: 1, queues: [] } }),
    });
    const home = { ...emptyHome, name: 'posthog', run: runs.allReady, figures: both };
    const all = scaling({ around: around({ quotas: [] }) }, { home });
    await all.press('d');
    expect(all.wants()).toEqual({ worker: { replicas: 2 }, ingestion: { replicas: 2 } });
    const one = scaling({ chosen: 'ingestion', around: around({ quotas: [] }) }, { home });
    await one.press('d');
    expect(one.wants()).toEqual({ ingestion: { replicas: 2 } });
  });

  test.each([
    ['that do not get fewer, by one more worker', 2_400, { worker: { replicas: 2 } }],
    ['that are few, by none', 12, {}],
  ])('drain tasks %s: how many one can do is not known', async (_, waiting, expected) => {
    const tasks = { growPerS: 1, queues: [] };
    const backlog = backlogOf('worker', { waiting, inPerS: undefined, outPerS: undefined, emptyInS: 'never', tasks });
    const figures = new Map([['worker', { ...(busy.get('worker') as Figures), backlog }]] as const);
    const { press, wants, text } = scaling(
      {},
      { home: { ...emptyHome, name: 'posthog', run: runs.allReady, figures } },
    );
    await press('d');
    expect(wants()).toEqual(expected);
    expect(await text()).toContain(
      waiting === 12 ? 'Nothing waits that more' : 'worker: how soon it is empty with 2 is not known yet.',
    );
    expect(await text()).toMatch(waiting === 12 ? / 12 +never/ : / 2\.4k +never → \?/);
  });
});

describe('nothing is applied', () => {
  test('before somebody has agreed to all of it', async () => {
    const { press, applied, text } = scaling();
    await press(keys.right, 'a');
    expect(await text()).toContain('web: replicas 1 → 2');
    expect(await text()).toContain('posthog-sealos scale web=2');
    await press('n');
    expect(applied()).toEqual([]);
    await press('a', 'y');
    expect(applied()).toEqual([{ web: { replicas: 2 } }]);
  });

  test('out of sight: a long review says that there is more, and is read on', async () => {
    const shown = scaling({}, {}, 16);
    await shown.press('p', keys.down, keys.enter, 'a');
    expect(await shown.text()).toMatch(/ingestion: CPU 1 → 2, memory 2Gi → 3Gi[\s\S]*↓ \d/);
    expect(await shown.text()).not.toContain('posthog-sealos scale');
    await shown.press('\u001b[F');
    expect(await shown.text()).toMatch(/clickhouse:memory=16Gi[\s\S]*↑ \d/);
    await shown.press('y');
    expect(shown.applied()).toHaveLength(1);
  });

  test('that loses events, before the name is typed', async () => {
    const door = new Map([...currents(), ['capture', current('capture', '500m', '512Mi')] as const]);
    const { press, applied, text } = scaling({ currents: door, chosen: 'capture' });
    await press('0', keys.enter, 'a');
    expect(await text()).toContain('capture: replicas 1 → 0');
    expect(await text()).toContain('new events are refused at the door: they are lost');
    await press('y', keys.enter);
    expect(applied()).toEqual([]);
    await press('\x7f', ...'posthog', keys.enter);
    expect(applied()).toEqual([{ capture: { replicas: 0 } }]);
  });

  test('that something speaks against', async () => {
    const { press, applied, state } = scaling();
    await press('9', keys.enter, 'a');
    expect(state().overlay).toBeUndefined();
    await press('y');
    expect(applied()).toEqual([]);
  });

  test('that is another one by now, because somebody else was faster', async () => {
    const shown = scaling();
    await shown.press('3', keys.enter, 'a');
    shown.store.change((now) => ({
      ...now,
      scale: { ...now.scale, currents: currents({ web: { replicas: 5 } }) },
    }));
    await shown.press('y');
    expect(shown.applied()).toEqual([]);
    expect(await shown.text()).toContain('web was changed by somebody else');
  });

  test('with what it costs and what becomes of what waits', async () => {
    const { press, text } = scaling({ chosen: 'ingestion' });
    await press('3', keys.enter, 'a');
    expect(await text()).toMatch(/What waits for ingestion[\s\S]*pods: \d+ → \d+ of 20/);
  });

  test('while the change before is being applied', async () => {
    const run = begun([], new Map());
    const { press, applied, text } = scaling({ run });
    await press(keys.right, 'a');
    expect(await text()).toContain('still being applied');
    await press('y');
    expect(applied()).toEqual([]);
  });

  test('while what was applied does not come: back', async () => {
    const applied = [{ component: 'worker', field: 'replicas', from: '1', to: '2' }] as const;
    const there = { applied, currents: currents({ worker: { replicas: 2 } }) };
    const run = { ...begun(applied, new Map()), appliedAt: new Map([['worker', 0]] as const) };
    const waiting = scaling({ ...there, run });
    await waiting.press('Z', 'y');
    expect(waiting.applied()).toEqual([{ worker: { replicas: 1 } }]);
    const beginning = scaling({ ...there, run: begun(applied, new Map()) });
    await beginning.press('Z');
    expect(await beginning.text()).toContain('still being applied');
    expect(beginning.state().overlay).toBeUndefined();
  });

  test('back, where what was to be applied is not there', async () => {
    const applied = [{ component: 'worker', field: 'replicas', from: '1', to: '2' }] as const;
    const refused = scaling({ applied });
    await refused.press('Z');
    expect(refused.state().overlay).toBeUndefined();
    expect(await refused.text()).toContain('Nothing has been applied from here');
    const there = scaling({ applied, currents: currents({ worker: { replicas: 2 } }) });
    await there.press('Z', 'y');
    expect(there.applied()).toEqual([{ worker: { replicas: 1 } }]);
  });

  test('when nothing may be changed, or nothing has been', async () => {
    const readOnly = scaling({}, { isReadOnly: true });
    await readOnly.press(keys.right, 'a', 'y');
    expect(readOnly.applied()).toEqual([]);
    const untouched = scaling();
    await untouched.press('a');
    expect(await untouched.text()).toContain('Nothing has been changed yet');
  });
});

describe('what a change takes', () => {
  const takes = async (words: Partial<ScaleState>, ...pressed: readonly string[]) => {
    const { press, text } = scaling(words);
    await press(...pressed);
    return (await text()).split('\n').flatMap((line) => /[█░] {2}(.*\S)/.exec(line)?.[1] ?? []);
  };

  test('is what is used now and then, and more while it rolls only where it is', async () => {
    expect(await takes({ chosen: 'ingestion' }, keys.right)).toEqual([
      'pods: 17 → 18 of 20',
      'CPU: 12.2 → 13.2 of 16',
      'memory: 31 → 33 GiB of 64 GiB',
    ]);
    expect(await takes({ chosen: 'web' }, keys.tab, keys.right)).toEqual([
      'pods: 17 of 20, 18 while it rolls',
      'CPU: 12.2 → 12.5 of 16, 14.5 while it rolls',
      'memory: 31 GiB of 64 GiB, 35 GiB while it rolls',
    ]);
  });

  test('is less for what stops', async () => {
    expect(await takes({ chosen: 'ingestion' }, '0', keys.enter)).toEqual([
      'pods: 17 → 16 of 20',
      'CPU: 12.2 → 11.2 of 16',
      'memory: 31 → 29 GiB of 64 GiB',
    ]);
  });
});

test('how it is applied stands in the smallest footer once something is changed', async () => {
  const { press, text, store } = scaling();
  store.change((state) => ({ ...state, columns: 60, rows: 16 }));
  const footer = async () => (await text()).split('\n').findLast((line) => line.includes('Ctrl-C'));
  expect(await footer()).not.toContain('a apply');
  await press(keys.right);
  expect(await footer()).toMatch(/a apply .*\? help/);
});

describe('a change that is applied', () => {
  const said = async (waiting: number) => {
    const changes = [{ component: 'ingestion', field: 'replicas', from: '1', to: '2' }] as const;
    const run = { ...begun(changes, new Map([['ingestion', 26_000]])), isOver: true };
    const settled = { ...run, settled: { at: 0, restarts: new Map() } };
    const backlog = backlogOf('ingestion', { waiting, inPerS: 1200, outPerS: 1500, emptyInS: 0 });
    const figures = new Map(busy).set('ingestion', { ...(busy.get('ingestion') as Figures), backlog });
    const { text } = scaling(
      { chosen: 'ingestion', run: settled },
      { now: 60_000, home: { ...emptyHome, name: 'posthog', run: runs.allReady, figures } },
    );
    return text();
  };

  test('has helped when nothing waits', async () => {
    expect(await said(0)).toContain('26k waited, nothing does any more.');
  });

  test('has helped when only the latest waits, which is not called nothing', async () => {
    expect(await said(15_300)).toContain('26k → 15.3k wait; those have only just come.');
  });
});

test('a review longer than its place says so, and is read to its end while the name is typed', async () => {
  const wants: Wants = new Map([
    ['capture', { replicas: 0 }],
    ['worker', { replicas: 0, memory: '4Gi' }],
    ['web', { replicas: 2, cpu: '3' }],
  ]);
  const served = new Map(currents()).set('capture', current('capture', '500m', '512Mi'));
  const { press, text, state } = scaling({ wants, currents: served }, {}, 16);
  await press('a', 'p');
  expect(await text()).toMatch(/↓ \d+\s+Type posthog to go on: p/);
  await press(...Array.from({ length: 30 }, () => keys.down));
  expect(await text()).toMatch(/kubectl[^↓]*↑ \d+\s+Type posthog to go on: p/);
  await press(keys.up);
  expect(await text()).toMatch(/↓ 1\s+Type posthog to go on: p/);
  expect(state().overlay).toMatchObject({ type: 'naming', field: { text: 'p' } });
});

describe('more partitions', () => {
  const raised = (shown: ReturnType<typeof scaling>) => shown.actions('raise');

  test('are agreed to by typing the name of the instance', async () => {
    const shown = scaling({ chosen: 'ingestion' });
    await shown.press('6', keys.enter);
    expect((await shown.text()).split('\n').at(-1)).toContain('P more partitions');
    await shown.press('P');
    expect(await shown.text()).toContain('cannot be undone');
    await shown.press('y', keys.enter);
    expect(raised(shown)).toEqual([]);
    expect(await shown.text()).toContain('Type posthog');
    await shown.press('\x7f', ...'posthog', keys.enter);
    expect(raised(shown)).toEqual([{ topic: 'events_plugin_ingestion', count: 2 }]);
    expect(shown.state().overlay).toBeUndefined();
  });

  test('are not added to those that somebody else added meanwhile', async () => {
    const shown = scaling({ chosen: 'ingestion' });
    await shown.press('6', keys.enter, 'P');
    const more = { ...around(), partitions: new Map([['events_plugin_ingestion', 6]]) };
    shown.store.change((now) => ({ ...now, scale: { ...now.scale, around: more } }));
    await shown.press(...'posthog', keys.enter);
    expect(raised(shown)).toEqual([]);
    expect(await shown.text()).toContain('ingestion was changed by somebody else');
  });

  test('are left by Esc, and refused where there are none or nothing may be changed', async () => {
    const left = scaling({ chosen: 'ingestion' });
    await left.press('P', keys.esc);
    expect([left.state().overlay, raised(left)]).toEqual([undefined, []]);
    const web = scaling();
    await web.press('P');
    expect(await web.text()).toContain('Only parts that read a topic');
    const readOnly = scaling({ chosen: 'ingestion' }, { isReadOnly: true });
    await readOnly.press('P');
    expect(readOnly.state().overlay).toBeUndefined();
  });
});

test('what was applied is undone as a whole', async () => {
  const { press, applied } = scaling({
    currents: currents({ web: { memory: '6Gi' }, worker: { replicas: 2 } }),
    applied: [
      { component: 'worker', field: 'replicas', from: '1', to: '2' },
      { component: 'web', field: 'memory', from: '4Gi', to: '6Gi' },
    ],
  });
  // Also after something else has been tried.
  await press(keys.right, 'U', 'Z', 'y');
  expect(applied()).toEqual([{ worker: { replicas: 1 }, web: { memory: '4Gi' } }]);
});

test('home leads to the row, and back', async () => {
  const { press, state } = scaling({}, { screen: 'home' });
  // Nobody has moved the cursor: it is on what falls behind.
  await press('s');
  expect([state().screen, state().scale.chosen]).toEqual(['scale', 'ingestion']);
  await press(keys.esc, keys.down, 's');
  expect([state().screen, state().scale.chosen]).toEqual(['scale', 'capture']);
  await press(keys.esc);
  expect(state().screen).toBe('home');
});

test('home leads to the screen also from the parts that share a line', async () => {
  const { press, state, text } = scaling({}, { screen: 'home', home: { ...home, chosen: 'folded' } });
  expect(await text()).toMatch(/❯ +✔ \d+ more/);
  await press('s');
  expect(state().screen).toBe('scale');
});

test('home leads to what can be changed of a part: the CPU of a store, the replicas of others', async () => {
  const at = async (chosen: ComponentId) => {
    const { press, wants } = scaling({ field: 'memory' }, { screen: 'home', home: { ...home, chosen } });
    await press('s', '+');
    return wants();
  };
  expect(await at('postgres')).toEqual({ postgres: { cpu: '1250m' } });
  expect(await at('ingestion')).toEqual({ ingestion: { replicas: 2 } });
});

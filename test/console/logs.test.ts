/** Logs in panes, at the keys. */
import { describe, expect, test } from 'vitest';
import { emptyHome } from '../../source/console/screens/home/state.ts';
import { placesOf } from '../../source/console/screens/logs/layout.ts';
import { found } from '../../source/console/screens/logs/moments.ts';
import { emptyLogs, focused, type LogsState, paneOf } from '../../source/console/screens/logs/state.ts';
import { emptyPart } from '../../source/console/screens/part/state.ts';
import type { Say } from '../../source/messages/index.ts';
import { at, deployment, event, pod, snapshotOf } from '../observe/objects.ts';
import { consoleOn, keys } from '../support/console.ts';
import * as instances from '../support/instance.ts';
import { FakeFollowed, runOf, troubled } from '../support/logs.ts';
import * as runs from '../support/runs.ts';
import { installOf } from '../support/state.ts';

const home = { ...emptyHome, name: 'posthog', run: runs.broken };
const on = (logs: Partial<LogsState> = {}) =>
  consoleOn({
    state: { screen: 'logs', home, seen: instances.seen, logs: { ...emptyLogs, followed: troubled(), ...logs } },
  });
const stateOf = (shown: ReturnType<typeof on>) => shown.store.read().logs;
const spotOf = (shown: ReturnType<typeof on>) => focused(stateOf(shown))?.spot?.number;

const many = new FakeFollowed();
const web = runOf('web', 'posthog-7c9f8d-x2k4p');
for (let line = 0; line < 500; line += 1) many.write(web, line, line % 100 === 50 ? `${line} ERROR` : `${line}`);
const onMany = () => on({ panes: [paneOf('web')], followed: many });

describe('moving', () => {
  test('lets go of the end, and End takes it again', async () => {
    const shown = onMany();
    await shown.press(keys.up);
    expect(spotOf(shown)).toBe(498);
    await shown.press('\x1b[5~');
    expect(spotOf(shown)).toBe(498 - 19);
    await shown.press('\x1b[H');
    expect(spotOf(shown)).toBe(0);
    expect(await shown.text()).toMatch(/❯02:11:00 +0\n/);
    await shown.press('\x1b[F');
    expect(focused(stateOf(shown))?.spot).toBeUndefined();
  });

  test('leaves the lines where they are, and moves the cursor over them', async () => {
    const shown = onMany();
    const linesOf = async () =>
      (await shown.text())
        .split('\n')
        .slice(3, 22)
        .map((line) => line.slice(1));
    const before = await linesOf();
    await shown.press(keys.up, keys.up);
    expect(await linesOf()).toEqual(before);
    await shown.press('\x1b[5~');
    expect((await shown.text()).split('\n')[19]).toMatch(/^❯\S+ +478/);
  });

  test.each([keys.down, 'j', '\x1b[6~'])('%j behind the last line follows again', async (press) => {
    const shown = onMany();
    await shown.press(keys.up, press);
    expect(spotOf(shown)).toBe(499);
    await shown.press(press);
    expect(focused(stateOf(shown))?.spot).toBeUndefined();
  });

  test('keeps the place while lines come, and counts them', async () => {
    const followed = new FakeFollowed();
    followed.write(web, 0, ...Array.from({ length: 50 }, (_, index) => `line ${index}`));
    const shown = on({ panes: [paneOf('web')], followed });
    await shown.press(' ');
    const before = (await shown.text()).split('\n').slice(3, 21);
    followed.write(web, 60, ...Array.from({ length: 12 }, (_, index) => `new ${index}`));
    shown.change((state) => ({ ...state, logs: { ...state.logs, version: 1 } }));
    const text = await shown.text();
    expect(text).toContain('paused +12');
    expect(text.split('\n').slice(3, 21)).toEqual(before);
    await shown.press(' ');
    expect(await shown.text()).toContain('new 11');
  });

  test('goes from pane to pane, and one can be all there is', async () => {
    const shown = on();
    await shown.press(keys.tab, keys.right);
    expect(stateOf(shown).focus).toBe(2);
    await shown.press('\x1b[Z');
    expect(stateOf(shown).focus).toBe(1);
    await shown.press('z');
    expect(await shown.text()).not.toContain('clickhouse');
    await shown.press('z');
    expect(await shown.text()).toContain('clickhouse');
  });
});

describe('finding', () => {
  test('goes from hit to hit over all that is kept', async () => {
    const shown = onMany();
    await shown.press('/', 'error', keys.enter);
    expect(await shown.text()).toContain('/error  5 of 5');
    await shown.press('n');
    expect([spotOf(shown), (await shown.text()).includes('1 of 5')]).toEqual([50, true]);
    await shown.press('N', 'N');
    expect(spotOf(shown)).toBe(350);
  });

  test('E goes to the last error from the end, then to the next ones', async () => {
    const shown = onMany();
    await shown.press('E');
    expect(spotOf(shown)).toBe(450);
    await shown.press('E');
    expect(spotOf(shown)).toBe(50);
    await shown.press('E');
    expect(spotOf(shown)).toBe(150);
  });

  test('E goes on looking where much has been written, and goes there when it is found', async () => {
    const followed = new FakeFollowed();
    const texts = Array.from({ length: 2000 }, (_, line) => (line === 7 ? 'ERROR' : `line ${line} of many`));
    followed.write(web, 0, ...texts);
    followed.patience = 1;
    const shown = on({ panes: [paneOf('web')], followed });
    const look = () => shown.change((state) => ({ ...state, logs: found(state.logs, followed, () => 19) }));
    await shown.press('E');
    expect(await shown.text()).toContain('Looking for an error …');
    look();
    expect([spotOf(shown), focused(stateOf(shown))?.sought]).toEqual([undefined, 'error']);
    followed.patience = 100;
    look();
    expect([spotOf(shown), focused(stateOf(shown))?.sought]).toEqual([7, undefined]);
  });

  test('E gives up where there is none after all, and any key calls it off', async () => {
    const followed = new FakeFollowed();
    followed.write(web, 0, ...Array.from({ length: 2000 }, (_, line) => `line ${line} of many`));
    followed.patience = 1;
    const shown = on({ panes: [paneOf('web')], followed });
    await shown.press('E');
    expect(focused(stateOf(shown))?.sought).toBe('error');
    await shown.press(keys.up);
    expect(focused(stateOf(shown))?.sought).toBeUndefined();
    await shown.press('E');
    followed.patience = 100;
    shown.change((state) => ({ ...state, logs: found(state.logs, followed, () => 19) }));
    expect(focused(stateOf(shown))).toMatchObject({ sought: undefined, spot: { number: 1998 } });
  });

  test('E says where there is none', async () => {
    const shown = on({ panes: [paneOf('capture')] });
    await shown.press('E');
    expect(await shown.text()).toContain('No error here.');
  });

  test('E leads to another pane where this one has none', async () => {
    const shown = on();
    await shown.press('E');
    expect(await shown.text()).toContain('No error in capture; this is one of ingestion.');
    expect(stateOf(shown).focus).toBe(1);
    expect(focused(stateOf(shown))?.spot?.number).toBe(2);
  });

  test('t brings all panes to one moment', async () => {
    const shown = on({ focus: 1 });
    await shown.press('E', 't');
    expect(await shown.text()).toContain('All panes are at 02:12:00.000.');
    const { panes, followed } = stateOf(shown);
    const shownAt = panes.map(({ component, spot }) =>
      followed
        ?.log(component)
        .line(spot?.number ?? -1)
        ?.stamp.slice(11, 19),
    );
    // A mark has the time of what follows it.
    expect(shownAt).toEqual(['02:11:01', '02:12:00', '', '02:12:02']);
  });

  test('Enter shows all of a line, its traceback, and what happened beside it', async () => {
    const shown = on({ focus: 1 });
    await shown.press('E', keys.enter);
    const text = await shown.text();
    expect(text).toContain('Level: error');
    expect(text).toContain('ECONNREFUSED');
    await shown.press('\x1b[F');
    expect(await shown.text()).toContain('At that moment in clickhouse:');
  });
});

describe('a time', () => {
  test('is gone to in all panes', async () => {
    const shown = on({ focus: 1 });
    await shown.press('@');
    expect(await shown.text()).toContain('All panes to: 14:05, 14:05:30, 10m (ago)');
    await shown.press('02:12', keys.enter);
    const { panes, followed, lookBack } = stateOf(shown);
    const shownAt = panes.map(({ component, spot }) =>
      followed
        ?.log(component)
        .line(spot?.number ?? -1)
        ?.stamp.slice(11, 19),
    );
    expect(shownAt).toEqual([undefined, '02:12:00', '', '02:12:02']);
    expect(lookBack).toBe('tail');
    // What has no line so late is followed, until it has one.
    expect(panes[0]).toMatchObject({ spot: undefined, sought: { ms: Date.parse('2026-11-23T02:12:00Z') } });
    await shown.press(keys.tab, keys.up);
    expect(focused(stateOf(shown))?.sought).toBeUndefined();
  });

  test('is no reason to stop at what is written later', async () => {
    const followed = new FakeFollowed();
    followed.write(web, 0, 'before');
    const shown = on({ panes: [paneOf('web')], followed });
    await shown.press('@', '02:12', keys.enter);
    const find = () => shown.change((state) => ({ ...state, logs: found(state.logs, followed, () => 19) }));
    find();
    expect(focused(stateOf(shown))?.sought).toBeDefined();
    followed.write(web, 3000, 'much later');
    find();
    expect(focused(stateOf(shown))).toMatchObject({ spot: undefined, sought: undefined });
  });

  test('waits for the filter to have looked at all lines', async () => {
    const followed = new FakeFollowed();
    followed.write(web, 0, ...Array.from({ length: 100 }, (_, line) => `line ${line}`));
    followed.looked = 10;
    const shown = on({ panes: [{ ...paneOf('web'), filter: 'line' }], followed });
    await shown.press('@', '02:12', keys.enter);
    expect(focused(stateOf(shown))).toMatchObject({
      spot: undefined,
      sought: { ms: Date.parse('2026-11-23T02:12:00Z') },
    });
    followed.looked = 1000;
    shown.change((state) => ({ ...state, logs: found(state.logs, followed, () => 19) }));
    expect(focused(stateOf(shown))).toMatchObject({ spot: { number: 60 }, sought: undefined });
  });

  test('that has not been read yet is read first', async () => {
    const shown = on();
    await shown.press('@', '20m', keys.enter);
    expect(stateOf(shown)).toMatchObject({ lookBack: '1h', typing: undefined });
    expect(stateOf(shown).panes.every(({ sought, spot }) => sought !== undefined && !spot)).toBe(true);
  });

  test.each([
    ['noon', '"noon" is no time'],
    ['2030-01-01 10:00', 'That time has not come yet.'],
  ])('%j is refused', async (text, why) => {
    const shown = on();
    await shown.press('@', text, keys.enter);
    expect(await shown.text()).toContain(why);
    expect(stateOf(shown).typing?.field.text).toBe(text);
    await shown.press(keys.esc);
    expect(stateOf(shown)).toMatchObject({ typing: undefined, lookBack: 'tail' });
  });
});

describe('choosing', () => {
  test('a filter shows what fits; what is no pattern says so and changes nothing', async () => {
    const shown = on({ focus: 1 });
    await shown.press('f', '(', keys.enter);
    expect(await shown.text()).toContain('"(" is no regular expression');
    await shown.press(keys.esc, 'f', 'Redis !Connected', keys.enter);
    const text = await shown.text();
    expect(text).toContain('Redis !Connected');
    expect(text).toContain('Redis error encountered!');
    expect(text).not.toContain('Connected to Redis!');
  });

  test('v goes round the severities', async () => {
    const shown = on();
    await shown.press('v');
    expect(focused(stateOf(shown))?.level).toBe('warn');
    await shown.press('v', 'v');
    expect(focused(stateOf(shown))?.level).toBeUndefined();
  });

  test('parts and groups are added, removed and swapped; six are the most', async () => {
    const shown = on();
    await shown.press('+');
    expect(await shown.text()).toContain('❯ postgres');
    await shown.press(keys.enter);
    expect(stateOf(shown).panes.map(({ component }) => component)).toEqual([
      'capture',
      'ingestion',
      'clickhouse',
      'web',
      'postgres',
    ]);
    await shown.press('+', '\x1b[F', keys.up, keys.enter);
    expect(stateOf(shown).panes.map(({ component }) => component)).toEqual(['worker', 'plugins', 'kafka']);
    await shown.press('S');
    expect(stateOf(shown).panes.map(({ component }) => component)).toEqual(['plugins', 'worker', 'kafka']);
    await shown.press('-', '-', '-');
    expect(await shown.text()).toContain('This is the only pane.');
    const full = on({ panes: (['web', 'worker', 'kafka', 'redis', 'postgres', 'capture'] as const).map(paneOf) });
    await full.press('+', keys.down, keys.down, keys.enter);
    expect(await full.text()).toContain('Six panes are the most.');
    // What is there already is only gone to, and a group takes their place.
    await full.press('+', keys.enter);
    expect(stateOf(full).focus).toBe(4);
    await full.press('+', '\x1b[F', keys.enter);
    expect(stateOf(full).panes).toHaveLength(4);
  });

  test('a pod can be left out', async () => {
    const shown = on({ focus: 3 });
    await shown.press('c', keys.enter);
    expect(await shown.text()).toContain('Pods, containers and runs of web');
    await shown.press(keys.esc);
    expect(await shown.text()).toContain('1 left out');
    expect(await shown.text()).not.toContain('Traceback');
  });

  test('a run can be left out, and one that had ended before is read where it is asked for', async () => {
    const before = runOf('ingestion', 'posthog-ingestion-7c9f-js7d7', 2);
    const shown = on({ panes: [paneOf('ingestion')], followed: troubled().has({ ...before, restart: 3 }, true) });
    await shown.press(keys.up, 'c');
    const offered = /✔ posthog-ingestion-7c9f-js7d7\/posthog-ingestion\n.*✔ {3}run 1\n.*✔ {3}run 2\n +run 4/;
    expect(await shown.text()).toMatch(offered);
    await shown.press(keys.down, keys.enter);
    const name = 'posthog-ingestion-7c9f-js7d7/posthog-ingestion';
    expect(focused(stateOf(shown))).toMatchObject({ without: new Set([`${name}#0`]), before: new Set() });
    await shown.press(keys.down, keys.down, keys.enter);
    expect(await shown.text()).toMatch(/\n +run 1\n.*✔ {3}run 2\n.*✔ {3}run 4/);
    // It is read anew: lines have other numbers.
    expect(focused(stateOf(shown))).toMatchObject({ before: new Set([`${name}#3`]), spot: undefined });
    await shown.press(keys.enter, keys.up, keys.up, keys.enter);
    expect(focused(stateOf(shown))).toMatchObject({ without: new Set(), before: new Set() });
  });

  test('other times, wrapped or raw lines', async () => {
    const shown = on({ panes: [paneOf('ingestion')] });
    await shown.press('T');
    expect(await shown.text()).toContain('2026-11-23T02:11:01.000456789Z');
    await shown.press('x', 'W');
    expect(await shown.text()).toContain('error={"code":"ECONNREFUSED"');
    await shown.press('x');
    expect(await shown.text()).toContain('{"level":"info"');
    expect(stateOf(shown)).toMatchObject({ wording: 'raw', isWrapped: true, times: 'full' });
    await shown.press('x');
    expect(stateOf(shown).wording).toBe('message');
  });

  test('looking back or at the previous run reads anew', async () => {
    const shown = on();
    await shown.press(keys.up, '4');
    expect(stateOf(shown)).toMatchObject({ lookBack: '1h' });
    expect(spotOf(shown)).toBeUndefined();
    await shown.press('p');
    expect(stateOf(shown).isPrevious).toBe(true);
  });
});

test('a line is marked, and the mark stays with it', async () => {
  const shown = onMany();
  await shown.press(keys.up, 'm', keys.up);
  expect(await shown.text()).toMatch(/❯\S+ +497\n◉\S+ +498\n/);
  await shown.press(keys.down, 'm', keys.up);
  expect(await shown.text()).not.toContain('◉');
});

test.each<[string, readonly string[], number]>([
  ['another time to look back to', ['5'], 0],
  ['the runs before', ['p'], 0],
  ['a moment that is read first', ['@', '50m', keys.enter], 0],
  ['a moment that has been read', ['@', '02:12', keys.enter], 1],
])('marks stay where they are only as long as lines keep their numbers: %s', async (_, presses, left) => {
  const shown = onMany();
  await shown.press(keys.up, 'm', ...presses);
  expect(focused(stateOf(shown))?.marks.size).toBe(left);
});

test('what was sought is not sought any more when somebody looks back another time', async () => {
  const shown = on({ panes: [{ ...paneOf('web'), sought: { ms: 5, askedMs: 6 } }] });
  await shown.press('3');
  expect(focused(stateOf(shown))?.sought).toBeUndefined();
});

test('$ tells the command that shows the same as lines', async () => {
  const shown = on({ focus: 1 });
  const told = async () => (await shown.text()).replace(/\s+/g, ' ');
  await shown.press('$');
  expect(await told()).toContain('posthog-sealos logs capture ingestion clickhouse web --follow --plain');
  await shown.press(keys.esc, 'f', "it's|b !beat", keys.enter, 'v', '2', '$');
  expect(await told()).toContain(
    "posthog-sealos logs ingestion --grep 'it'\\''s|b' --not beat --level warn --since 5m --follow --plain",
  );
});

describe('taking along', () => {
  test('a line is copied with its traceback, and saved by the program', async () => {
    const shown = on({ focus: 3 });
    await shown.press(keys.up, 'y', 'w');
    expect(await shown.text()).toMatch(/What this pane shows \(\d lines\)\n.*All that was read \(\d lines\)/);
    await shown.press(keys.enter);
    const copied = shown.asked.find(([name]) => name === 'copy')?.[1];
    expect(copied).toMatch(/^Traceback .*\n {2}File .*\n {4}return .*\nredis\.exceptions/);
    expect(shown.asked.at(-1)).toEqual(['saveLines', focused(stateOf(shown))]);
  });

  test('all that was read can be saved too, whatever the filter', async () => {
    const shown = on({ panes: [{ ...paneOf('web'), filter: 'Traceback' }] });
    await shown.press('w', keys.down, keys.enter);
    expect(shown.asked).toEqual([['saveLines', paneOf('web')]]);
  });

  test('a line that is too long for a clipboard says so', async () => {
    const followed = new FakeFollowed().write(web, 0, 'x'.repeat(100_000));
    const shown = on({ panes: [paneOf('web')], followed });
    await shown.press('y');
    expect(await shown.text()).toContain('too long for the clipboard');
    expect(shown.asked).toEqual([]);
  });

  test('of very many lines that belong together, as many are shown as somebody reads', async () => {
    const followed = new FakeFollowed().write(web, 0, '{', ...Array.from({ length: 10_005 }, (_, line) => `  ${line}`));
    const shown = on({ panes: [paneOf('web')], followed });
    await shown.press(keys.enter, '\x1b[F');
    expect(await shown.text()).toMatch(/ 9999 *\n *\+5 *\n/);
  });

  test('what counts for a clipboard are bytes', async () => {
    const followed = new FakeFollowed().write(web, 0, '长'.repeat(30_000));
    const shown = on({ panes: [paneOf('web')], followed });
    await shown.press('y');
    expect(await shown.text()).toContain('too long for the clipboard of a terminal (88 KB)');
  });
});

test('l at home leads to the logs of the part as it runs now', async () => {
  const shown = consoleOn({
    state: {
      screen: 'home',
      home: { ...home, chosen: 'postgres' },
      seen: instances.seen,
      logs: { ...emptyLogs, isPrevious: true },
    },
  });
  await shown.press('l');
  expect(shown.store.read()).toMatchObject({ screen: 'logs', logs: { isPrevious: false } });
  expect(stateOf(shown).panes.map(({ component }) => component)).toEqual(['postgres']);
});

describe('l where a part has crashed leads to the end of that run', () => {
  const name = 'posthog-plugins-6d8f7c9b5d-abcde';
  const ended = { terminated: { exitCode: 1, finishedAt: new Date(at - 60_000).toISOString() } };
  const withPod = (status: object) => ({
    seen: {
      at: 0,
      snapshot: snapshotOf({ Pod: [pod('plugins', name, [{ restartCount: 4, lastState: ended, ...status }])] }),
    },
  });
  const logs = { ...emptyLogs, isPrevious: true, lookBack: '5m' as const };
  const again = { ready: true, state: { running: {} } };
  const waits = { state: { waiting: { reason: 'CrashLoopBackOff' } } };

  test.each([
    ['that waits to run anew', waits, 4],
    ['before the one that runs', again, 3],
  ])('%s', async (_, status, restart) => {
    const chosen = 'plugins' as const;
    const shown = consoleOn({ state: { screen: 'home', home: { ...home, chosen }, logs, ...withPod(status) } });
    await shown.press('l');
    const run = `${name}/main#${restart}`;
    expect(stateOf(shown)).toMatchObject({ isPrevious: false, lookBack: 'tail' });
    expect(stateOf(shown).panes).toEqual([{ ...paneOf('plugins'), before: new Set([run]), sought: { run } }]);
  });

  test('in objects', async () => {
    const shown = consoleOn({ state: { screen: 'objects', home, ...withPod(waits) } });
    const isThere = async () => /❯.*plugins/.test(await shown.text());
    for (let press = 0; press < 30 && !(await isThere()); press += 1) await shown.press(keys.down);
    await shown.press('l');
    expect(focused(stateOf(shown))).toMatchObject({ component: 'plugins', sought: { run: `${name}/main#4` } });
  });

  test.each([
    ['posthog', { run: `${name}/main#4` }],
    ['another', undefined],
  ])('during an install, where it is the one that was seen: %s', async (app, sought) => {
    const { seen } = withPod(waits);
    const install = installOf({ mode: 'run', isAgreed: true, chosen: 'plugins', run: runs.broken });
    const shown = consoleOn({
      state: { screen: 'install', install, seen: { ...seen, snapshot: { ...seen.snapshot, app } } },
    });
    await shown.press('l');
    expect(focused(stateOf(shown))).toEqual({
      ...paneOf('plugins'),
      ...(sought ? { sought, before: new Set([sought.run]) } : {}),
    });
  });
});

describe('l where a part is in trouble, but has not crashed, leads to where that began', () => {
  const name = 'posthog-plugins-6d8f7c9b5d-abcde';
  const secondsAgo = (seconds: number) => new Date(at - seconds * 1000).toISOString();
  const failing = (since: number) => ({
    ...event('Pod', name, 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503', 5),
    firstTimestamp: secondsAgo(since),
  });
  const seenFor = (since: number, ready = false) => ({
    at: 0,
    snapshot: snapshotOf({
      Deployment: [deployment('plugins', 'posthog-plugins', ready ? {} : { readyReplicas: 0, availableReplicas: 0 })],
      Pod: [pod('plugins', name, [{ ready, state: { running: {} } }], { ageS: 1500 })],
      Event: [failing(since)],
    }),
  });
  const sought = (since: number) => ({ beforeMs: at - since * 1000, pod: name, askedMs: expect.any(Number) });

  test.each([
    [40, '1m'],
    // What leads to it is read, too.
    [55, '5m'],
    [1200, '1h'],
    [4000, 'all'],
  ] as const)('a probe that fails since %d s, with what is around it: %s', async (since, lookBack) => {
    const chosen = 'plugins' as const;
    const shown = consoleOn({ state: { screen: 'home', home: { ...home, chosen }, seen: seenFor(since) } });
    await shown.press('l');
    expect(stateOf(shown)).toMatchObject({ lookBack, panes: [{ ...paneOf('plugins'), sought: sought(since) }] });
  });

  test('in its detail', async () => {
    const part = { ...emptyPart, id: 'plugins' as const };
    const shown = consoleOn({ state: { screen: 'part', part, home, seen: seenFor(40) } });
    await shown.press('l');
    expect(focused(stateOf(shown))).toEqual({ ...paneOf('plugins'), sought: sought(40) });
  });

  test('during an install', async () => {
    const install = installOf({ mode: 'run', isAgreed: true, chosen: 'plugins', run: runs.broken });
    const shown = consoleOn({ state: { screen: 'install', install, seen: seenFor(40) } });
    await shown.press('l');
    expect(focused(stateOf(shown))).toEqual({ ...paneOf('plugins'), sought: sought(40) });
  });

  test('where it is in none, its end is followed', async () => {
    const chosen = 'plugins' as const;
    const shown = consoleOn({ state: { screen: 'home', home: { ...home, chosen }, seen: seenFor(40, true) } });
    await shown.press('l');
    expect(stateOf(shown).panes).toEqual([paneOf('plugins')]);
  });
});

describe('what was written last when something began', () => {
  const [failing, other] = [runOf('web', 'posthog-7c9f8d-x2k4p'), runOf('web', 'posthog-7c9f8d-clllm')];
  const start = Date.parse('2026-11-23T02:11:00Z');
  const foundIn = (followed: FakeFollowed, seconds: number, pod?: string) => {
    const pane = { ...paneOf('web'), sought: { beforeMs: start + seconds * 1000, pod, askedMs: start + 300_000 } };
    const [shown] = found({ ...emptyLogs, panes: [pane] }, followed, () => 19).panes;
    if (shown?.sought) return 'sought';
    return shown?.spot === undefined ? 'followed' : followed.log('web').line(shown?.spot?.number ?? -1)?.text;
  };
  const lines = () =>
    new FakeFollowed()
      .write(other, 0, 'other 0')
      .write(failing, 1, 'Traceback (most recent call last):', '  File "x.py"', 'KeyError: 5')
      .write(other, 10, ...Array.from({ length: 20 }, (_, line) => `other ${10 + line}`));

  test.each<[string, number, string | undefined, string]>([
    ['by the pod, whatever others write meanwhile', 20, failing.pod, 'Traceback (most recent call last):'],
    ['by anybody', 20, undefined, 'other 20'],
    ['by anybody, where the pod has written nothing', 20, 'posthog-7c9f8d-aaaaa', 'other 20'],
    ['by anybody, where the pod has written nothing before', 0.5, failing.pod, 'other 0'],
    ['the first line, where there is none before', -5, undefined, 'other 0'],
  ])('%s', (_, seconds, pod, text) => {
    expect(foundIn(lines(), seconds, pod)).toBe(text);
  });

  test('a mark is nothing that anybody wrote', () => {
    const followed = new FakeFollowed().write(failing, 0, 'last words');
    followed.log('web').mark(failing, { type: 'gap', reason: 'rotated', forMs: 5 });
    expect(foundIn(followed.write(other, 9, 'later'), 5, failing.pod)).toBe('last words');
  });

  test('is not known before something later has been read: the end is followed', () => {
    const followed = new FakeFollowed().write(failing, 0, 'last words');
    expect(foundIn(followed, 5)).toBe('sought');
    followed.write(failing, 200, 'later');
    expect(foundIn(followed, 5)).toBe('last words');
  });

  test('is the end that is followed where nothing was written until it was asked for', () => {
    const followed = new FakeFollowed().write(failing, 0, 'last words').write(failing, 400, 'much later');
    expect(foundIn(followed, 5)).toBe('followed');
  });

  test('waits for all lines to have been looked at', () => {
    const followed = lines();
    followed.looked = 10;
    expect(foundIn(followed, 20)).toBe('sought');
  });
});

test('l at an event leads to its moment, and Esc back to the events', async () => {
  const shown = consoleOn({ state: { screen: 'events', home, seen: instances.seen } });
  await shown.press('l');
  const { screen, logs } = shown.store.read();
  expect([screen, logs.panes.length, logs.panes[0]?.sought === undefined]).toEqual(['logs', 1, false]);
  await shown.press(keys.esc);
  expect(shown.store.read()).toMatchObject({ screen: 'events', logs: { from: 'home' } });
});

test('l during an install leads to the logs of the part and back; nothing there ends the install', async () => {
  const shown = consoleOn({
    state: { screen: 'install', install: installOf({ mode: 'run', isAgreed: true, run: runs.broken }) },
  });
  await shown.press('l');
  expect(shown.store.read()).toMatchObject({ screen: 'logs', logs: { from: 'install' } });
  expect(await shown.text()).toContain('posthog · logs');
  await shown.press('q', 'g');
  expect(await shown.text()).toContain('this is still the install');
  expect(shown.asked).toEqual([]);
  await shown.press(keys.esc);
  expect(shown.store.read().screen).toBe('install');
});

test('where it is not known whose they are, the screen says why', async () => {
  const trouble: Say = (t) => t.install.noInstance('ns-a');
  const shown = consoleOn({ state: { screen: 'logs', home: { ...emptyHome, trouble } } });
  expect(await shown.text()).toContain('There is no PostHog in the namespace ns-a.');
});

test.each(['y', 'w', keys.enter, 't', 'c', 'E'])('%j where nothing has been read does no harm', async (press) => {
  const shown = on({ followed: new FakeFollowed() });
  await shown.press(press);
  expect(await shown.text()).toMatch(/There is no line here|No error here/);
});

test('the pane with the focus is always there, however little room there is', () => {
  for (const [columns, rows] of [
    [36, 4],
    [80, 10],
    [200, 50],
  ] as const)
    for (let focus = 0; focus < 6; focus += 1) {
      const panes = Array.from({ length: 6 }, () => paneOf('web'));
      const shown = placesOf({ panes, focus, isZoomed: false }, columns, rows).map(({ index }) => index);
      expect(shown).toContain(focus);
    }
});

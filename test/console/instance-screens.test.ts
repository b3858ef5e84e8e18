/** Home, objects and events, and the texts over them, at the keys. */
import { describe, expect, test } from 'vitest';
import { type Reader, readerOf } from '../../source/console/overlays/text.ts';
import { emptyHome } from '../../source/console/screens/home/state.ts';
import { formOf } from '../../source/console/screens/install/form.ts';
import { emptyPart } from '../../source/console/screens/part/state.ts';
import type { State } from '../../source/console/state.ts';
import { troubleOf } from '../../source/observe/sources/trouble.ts';
import { consoleOn, keys } from '../support/console.ts';
import { busy, calm } from '../support/figures.ts';
import * as instances from '../support/instance.ts';
import * as runs from '../support/runs.ts';
import { installOf } from '../support/state.ts';

const home = { ...emptyHome, name: 'posthog', run: runs.broken };
const on = (screen: State['screen'], more: Partial<State> = {}) =>
  consoleOn({ state: { screen, home, seen: instances.seen, ...more } });

describe('home', () => {
  test('f offers the fix of the part that is in trouble, and only of such a one', async () => {
    const shown = on('home', { home: { ...home, chosen: 'postgres' } });
    expect(await shown.text()).not.toContain('f fix');
    await shown.press('f');
    expect(await shown.text()).toContain('There is no fix for this');
    const broken = on('home', { home: { ...home, chosen: 'plugins' } });
    expect(await broken.text()).toMatch(/\[f\] .*[\s\S]*f fix/);
    await broken.press('f');
    expect(broken.asked).toEqual([['fix', expect.objectContaining({ component: 'plugins', fix: 'secret-value' })]]);
    const readOnly = on('home', { home: { ...home, chosen: 'plugins' }, isReadOnly: true });
    await readOnly.press('f');
    expect(readOnly.asked).toEqual([]);
  });
});

describe('an instance that is there no more', () => {
  const gone = { at: 0, isRecorded: true };
  const several = [
    { name: 'posthog', kind: 'ours', components: [] },
    { name: 'other', kind: 'template', components: [] },
  ] as const;

  test('can be installed anew, under its name', async () => {
    const shown = on('home', { home: { ...home, name: 'shop', gone } });
    await shown.press('i');
    expect(shown.asked).toEqual([['callOff'], ['look']]);
    const { screen, install } = shown.store.read();
    expect([screen, install.mode, install.form.texts.name.text]).toEqual(['install', 'prompts', 'shop']);
  });

  test('whatever name was given at the start', async () => {
    const install = installOf({ form: formOf({ texts: { name: 'posthog' } }, 'en') });
    const shown = on('home', { home: { ...home, name: 'shop', gone }, install });
    await shown.press('i');
    expect(shown.store.read().install.form.texts.name.text).toBe('shop');
  });

  test('but not where nothing may be changed', async () => {
    const shown = on('home', { home: { ...home, gone }, isReadOnly: true });
    await shown.press('i');
    expect([shown.asked, shown.store.read().screen]).toEqual([[], 'home']);
  });

  test('leads to the others, where there are some, and takes no key of its parts', async () => {
    const shown = on('home', { home: { ...home, gone, choices: several } });
    expect(await shown.text()).toMatch(/There is no posthog here any more[\s\S]*Esc other instances/);
    await shown.press('R', 'f', '/', keys.esc);
    expect(shown.asked).toEqual([['watch', undefined]]);
    expect(await on('home', { home: { ...home, gone } }).text()).not.toContain('other instances');
  });

  test('from its other screens, Esc leads home', async () => {
    for (const screen of ['scale', 'part'] as const) {
      const shown = on(screen, { home: { ...home, gone }, part: { ...emptyPart, id: 'web' } });
      expect(await shown.text()).toContain('There is no posthog here any more');
      await shown.press(keys.esc);
      expect(shown.store.read().screen).toBe('home');
    }
  });
});

test('commands that screens tell lead to the place that is shown', async () => {
  const started = { program: 'npx posthog-sealos', target: ['--sandbox'], isSimulated: true };
  const falling = { ...emptyHome, name: 'posthog', run: runs.allReady, figures: busy };
  const shown = on('home', { home: falling, started });
  await shown.press('w');
  expect(await shown.text()).toContain('`npx posthog-sealos scale --sandbox ingestion=+1`');
  const chinese = on('home', { home: falling, started, language: 'zh' });
  await chinese.press('w');
  expect(await chinese.text()).toContain('`npx posthog-sealos scale --sandbox ingestion=+1`');
});

describe('what home lists', () => {
  const listed = async (shown: ReturnType<typeof on>) =>
    [...(await shown.text()).matchAll(/^.{5}([a-z-]+) +\d+\/\d+ /gm)].map(([, id]) => id);
  const busyHome = { ...emptyHome, name: 'posthog', run: runs.allReady, figures: busy };

  test('the cursor is on what wants attention most until somebody moves it', async () => {
    const cursor = async (shown: ReturnType<typeof on>) => (await shown.text()).match(/❯ . ([a-z-]+)/)?.[1];
    const shown = on('home', { home: busyHome });
    expect(await cursor(shown)).toBe('ingestion');
    await shown.press('k');
    expect(await cursor(shown)).toBe('plugins');
    const opened = on('home', { home: busyHome });
    await opened.press('\r');
    expect(await opened.text()).toContain('posthog · ingestion');
    expect(await cursor(on('home', { home: { ...busyHome, figures: calm } }))).toBe('postgres');
  });

  test('/ narrows it while it is typed, by name, state or cause; Esc shows all again', async () => {
    const shown = on('home');
    const all = await listed(shown);
    await shown.press('/', 'WORK');
    expect(await listed(shown)).toEqual(['worker']);
    await shown.press(keys.enter, 'l');
    expect(shown.store.read()).toMatchObject({ screen: 'logs', logs: { panes: [{ component: 'worker' }] } });
    await shown.press(keys.esc, '/', 'wrong password', keys.enter);
    expect(await listed(shown)).toEqual(['plugins']);
    await shown.press(keys.esc);
    expect(await listed(shown)).toEqual(all);
  });

  test('what is typed into it acts on nothing, and what is found nowhere says so', async () => {
    const shown = on('home');
    await shown.press('/', 'qRy');
    expect([shown.asked, shown.store.read().overlay]).toEqual([[], undefined]);
    expect(await shown.text()).toMatch(/\/qRy {2}not found/);
    await shown.press(keys.enter, keys.enter);
    expect(await shown.text()).toContain('Choose a part or an object first');
  });

  test('S orders it by one thing after the other, the most first, and then by phase again', async () => {
    const shown = on('home', { home: busyHome });
    const before = await listed(shown);
    const firsts: (string | undefined)[] = [];
    for (const _ of [1, 2, 3, 4]) {
      await shown.press('S');
      firsts.push((await listed(shown))[0]);
    }
    expect(firsts).toEqual(['ingestion', 'clickhouse', 'ingestion', 'clickhouse']);
    expect(await shown.text()).toContain('posthog · by restarts');
    await shown.press('S');
    expect(await listed(shown)).toEqual(before);
  });

  test('w tells all that wants attention', async () => {
    const shown = on('home', { home: busyHome });
    await shown.press('w');
    expect(await shown.text()).toMatch(/What wants attention[\s\S]*ingestion falls behind[\s\S]*More replicas help/);
    const calmly = on('home', { home: { ...busyHome, figures: calm } });
    await calmly.press('w');
    expect(await calmly.text()).toContain('Nothing wants attention.');
    const troubles = new Map([['metrics', troubleOf(new Error('refused\u001b[31m'), undefined)]] as const);
    const unmeasured = on('home', { home: { ...busyHome, figures: calm, troubles } });
    await unmeasured.press('w');
    expect(await unmeasured.text()).toContain('Not known now: CPU and memory in use. refused\\x1b[31m');
  });
});

describe('from screen to screen', () => {
  test('g shows where its next letter leads, and goes there', async () => {
    const shown = on('home');
    await shown.press('g');
    expect((await shown.text()).split('\n').at(-1)).toContain('h home  l logs  s scale  o objects  e events');
    await shown.press('e');
    expect(await shown.text()).toContain('posthog · events');
    await shown.press('g', 'o');
    expect(await shown.text()).toContain('posthog · objects');
    await shown.press(keys.esc);
    expect(shown.store.read().screen).toBe('home');
  });

  test('another letter after g says that it leads nowhere, and nothing else happens', async () => {
    const shown = on('home');
    await shown.press('g', 'x');
    expect(await shown.text()).toContain('x does nothing here');
    expect(shown.asked).toEqual([]);
    expect(shown.store.read().overlay).toBeUndefined();
  });

  test.each([
    ['install', { screen: 'install' }, 'this is still the install'],
    ['no instance', { screen: 'home', home: { ...emptyHome, name: undefined } }, 'No instance is shown yet'],
  ] as const)('g says why it leads nowhere: %s', async (_, state, why) => {
    const shown = consoleOn({ state });
    await shown.press('g');
    expect(await shown.text()).toContain(why);
    expect(shown.store.read().overlay).toBeUndefined();
  });

  test('the palette leads there too', async () => {
    const shown = on('home');
    await shown.press(':', 'screen: obj');
    expect(await shown.text()).toMatch(/❯ +g o +Go to the screen: objects/);
    await shown.press(keys.enter);
    expect(shown.store.read().screen).toBe('objects');
  });

  test('what is typed into a search leads nowhere', async () => {
    const shown = on('events');
    await shown.press('/', 'go');
    expect(shown.store.read()).toMatchObject({ screen: 'events', events: { search: { query: 'go' } } });
  });

  test('where there was trouble, it can be looked again', async () => {
    const shown = on('objects', { home: { ...home, trouble: (t) => t.install.noInstanceHint } });
    await shown.press('r');
    expect(shown.asked).toEqual([['watch', 'posthog']]);
  });
});

describe('events', () => {
  test('the cursor stays on what it is on while others come, and follows the newest at the top', async () => {
    const shown = on('events', { seen: instances.calm });
    const chosen = async () => /❯ .*/.exec(await shown.text())?.[0] ?? '';
    expect(await chosen()).toContain('Started');
    shown.change((state) => ({ ...state, seen: instances.seen }));
    expect(await chosen()).toContain('BackOff');
    shown.change((state) => ({ ...state, seen: instances.calm }));
    await shown.press(keys.down);
    expect(await chosen()).toContain('Pulled');
    shown.change((state) => ({ ...state, seen: instances.seen }));
    expect(await chosen()).toContain('Pulled');
  });

  test('n and N go from hit to hit, Esc ends the search before it leaves', async () => {
    const shown = on('events');
    await shown.press('/', 'web', keys.enter);
    expect(await shown.text()).toContain('/web  1 of 3');
    await shown.press('n');
    expect(await shown.text()).toMatch(/❯ .*Pulled[\s\S]*\/web {2}2 of 3/);
    await shown.press('N', 'N');
    expect(await shown.text()).toContain('/web  3 of 3');
    await shown.press(keys.esc);
    expect(await shown.text()).not.toContain('/web');
    expect(shown.store.read().screen).toBe('events');
  });

  test('n says what is missing where nothing was searched for', async () => {
    const shown = on('events');
    await shown.press('n');
    expect(await shown.text()).toContain('Search for something first');
  });

  test('Enter opens all of it, l the log of its part; what has none says so', async () => {
    const shown = on('events');
    await shown.press('l');
    expect(shown.store.read()).toMatchObject({ screen: 'logs', logs: { panes: [{ component: 'plugins' }] } });
    await shown.press('g', 'e', keys.enter);
    expect(await shown.text()).toContain('25 times, first 2026-01-01T11:20:00Z');
    await shown.press(keys.esc, '\x1b[F', 'l');
    expect(await shown.text()).toContain('Only pods and parts that run have a log');
  });
});

describe('objects', () => {
  test('are read by themselves, parts as a whole', async () => {
    const shown = on('objects');
    await shown.press(keys.down, 'v', keys.right, keys.right, keys.enter, 'e', 'l');
    const cluster = { kind: 'Cluster', name: 'posthog-pg' };
    expect(shown.asked).toEqual([
      ['read', 'yaml', 'postgres'],
      ['read', 'describe', cluster],
      ['read', 'events', cluster],
    ]);
    expect(await shown.text()).toContain('Only pods and parts that run have a log');
  });

  test('what is found is unfolded', async () => {
    const shown = on('objects');
    await shown.press('/', 'crashloop');
    expect(await shown.text()).toMatch(/❯ +✖ Pod\/posthog-plugins/);
    await shown.press(keys.enter, 'l');
    expect(shown.asked).toEqual([['read', 'log', { kind: 'Pod', name: 'posthog-plugins-6d8f7c9b5d-abcde' }]]);
  });
});

describe('a text', () => {
  const yaml = [
    'kind: Secret',
    'data:',
    '  KEY: "(hidden)"',
    'spec:',
    '  list:',
    ...Array.from({ length: 30 }, (_, at) => `    - v${at}`),
  ];
  const over = (format: Reader['format'], lines: readonly string[]) =>
    on('home', { overlay: readerOf(() => 'title', format, lines) });

  test('folds what is long, and unfolds it on every key that says so', async () => {
    const shown = over('yaml', yaml);
    expect(await shown.text()).toContain('▸   list:  … 30 lines');
    await shown.press('\x1b[F', keys.enter);
    expect(await shown.text()).toMatch(/❯▾ {3}list:\n {7}- v0/);
    await shown.press(keys.left);
    expect(await shown.text()).toContain('❯▸   list:  … 30 lines');
    await shown.press(keys.right, keys.right, keys.left, keys.up, keys.up);
    expect(await shown.text()).toMatch(/❯ +KEY: "\(hidden\)"/);
  });

  test('is copied as it is, folded or not', async () => {
    const shown = over('yaml', yaml);
    await shown.press('y');
    expect(shown.asked).toEqual([['copy', yaml.join('\n')]]);
  });

  test('is searched: what is folded is unfolded, and the count is told', async () => {
    const shown = over('yaml', yaml);
    await shown.press('/', 'v2', keys.enter);
    expect(await shown.text()).toMatch(/❯ +- v2\n[\s\S]*\/v2 {2}1 of 11/);
    await shown.press('n');
    expect(await shown.text()).toMatch(/❯ +- v20\n[\s\S]*\/v2 {2}2 of 11/);
    await shown.press(keys.esc);
    expect(await shown.text()).not.toContain('/v2');
    await shown.press('q');
    expect(shown.store.read().overlay).toBeUndefined();
  });

  test('that is scrolled shows the hit, wherever it stands', async () => {
    const shown = over('plain', [...Array.from({ length: 90 }, (_, at) => `line ${at}`), 'last \u001b[31mword']);
    await shown.press('/', 'WORD', keys.enter);
    expect(await shown.text()).toMatch(/last \\x1b\[31mword\n[\s\S]*\/WORD {2}1 of 1/);
    await shown.press('/', 'nothing');
    expect(await shown.text()).toContain('/nothing  not found');
  });
});

const pasted = (text: string) => `\x1b[200~${text}\x1b[201~`;

describe('what is pasted', () => {
  test('into the palette looks for it', async () => {
    const shown = on('home');
    await shown.press(':', pasted('screen: obj'));
    expect(await shown.text()).toMatch(/❯ +g o +Go to the screen: objects/);
  });

  test('into the search of a text looks for it', async () => {
    const overlay: Reader = readerOf(() => 'a text', 'plain', ['one', 'two']);
    const shown = on('home', { overlay });
    await shown.press('/', pasted('two'));
    expect(await shown.text()).toContain('/two  1 found');
  });

  test.each(['events', 'objects'] as const)('into the search of %s looks for it', async (screen) => {
    const shown = on(screen);
    await shown.press('/', pasted('po\nst'));
    expect(shown.store.read()[screen].search).toMatchObject({ query: 'po st' });
  });
});

test('while an install runs, q asks before it leaves', async () => {
  const shown = consoleOn({
    state: { screen: 'install', install: installOf({ mode: 'run', isAgreed: true, isWarned: true, run: runs.broken }) },
  });
  await shown.press('q');
  expect(await shown.text()).toContain('What was applied goes on in the cluster');
  expect(shown.asked).toEqual([]);
  await shown.press('y');
  expect(shown.asked.map(([name]) => name)).toEqual(['leave']);
});

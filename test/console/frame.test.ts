/** What reaches the terminal: little, and nothing that nobody could see; the frame around the screens. */
import { describe, expect, test } from 'vitest';
import { textOf } from '../../source/console/draw/line.ts';
import { smallest, titleLine } from '../../source/console/frame.ts';
import { emptyHome } from '../../source/console/screens/home/state.ts';
import { createStore } from '../../source/console/store.ts';
import { consoleOn, keys } from '../support/console.ts';
import * as runs from '../support/runs.ts';
import { installOf, stateOf } from '../support/state.ts';

const home = { screen: 'home', home: { ...emptyHome, name: 'posthog', run: runs.allReady } } as const;
const running = { install: installOf({ mode: 'run', run: runs.migrating, isAgreed: true }), now: 1_000_000 };

describe('what is written', () => {
  test('is at most 300 bytes for a change of one cell', async () => {
    const shown = consoleOn({ state: running });
    await shown.text();
    const before = shown.written();
    shown.change((state) => ({ ...state, beat: state.beat + 1 }));
    await shown.text();
    const bytes = shown.written() - before;
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(300);
  });

  test('is nothing while time passes over a picture that does not show it', async () => {
    const shown = consoleOn({ state: home });
    await shown.text();
    const before = shown.written();
    for (let second = 1; second <= 60; second += 1) {
      shown.change((state) => ({ ...state, now: second * 1000 }));
      await shown.text();
    }
    expect(shown.written() - before).toBe(0);
  });
});

describe('the terminal', () => {
  test('may become too small, and large again', async () => {
    const shown = consoleOn({ state: home });
    shown.resize(smallest.columns - 1, smallest.rows);
    expect(await shown.text()).toContain('60x16 needed');
    shown.resize(smallest.columns, smallest.rows);
    expect(await shown.text()).toContain('All 22 parts are ready.');
    shown.resize(300, 100);
    expect((await shown.text()).split('\n').at(-1)).toContain('Ctrl-C leave');
  });

  test('has the size that it has by now, whatever it had when the program began', async () => {
    const shown = consoleOn({ columns: 100, rows: 30, state: { ...home, columns: 60, rows: 16 } });
    expect((await shown.text()).split('\n')).toHaveLength(30);
    expect(shown.store.read()).toMatchObject({ columns: 100, rows: 30 });
  });

  test('is left with Ctrl-C even when it is too small', async () => {
    const shown = consoleOn({ columns: 20, rows: 4, state: home });
    await shown.press(keys.ctrlC);
    expect(shown.asked).toEqual([['leave']]);
  });

  test('shows where text is typed', async () => {
    const shown = consoleOn();
    await shown.press(keys.enter, '中文ab', keys.left);
    const { column, row } = await shown.cursor();
    const line = (await shown.text()).split('\n')[row] ?? '';
    expect(line).toContain('中文ab');
    // Two wide characters and a narrow one stand between the field's beginning and the cursor.
    expect(column).toBe(line.indexOf('中') + 5);
  });
});

describe('overlays', () => {
  test('help shows every key, and why one cannot act', async () => {
    const shown = consoleOn({ state: { install: installOf({ mode: 'run', run: runs.starting, isAgreed: true }) } });
    await shown.press('?');
    expect(await shown.text()).toMatch(/f +Apply the fix of this part\s+There is no fix/);
    await shown.press(keys.esc);
    expect(await shown.text()).not.toContain('On this screen');
  });

  test('help says that there is more of it', async () => {
    const shown = consoleOn({ rows: 16, state: home });
    await shown.press('?');
    expect(await shown.text()).toMatch(/On this screen[\s\S]*\n ↓ \d+\n/);
    await shown.press('\u001b[F');
    expect(await shown.text()).toMatch(/Ctrl-Z[\s\S]*\n ↑ \d+\n/);
  });

  test('help keeps its place in the footer where not all keys have one', async () => {
    for (const columns of [smallest.columns, 80, 120]) {
      const shown = consoleOn({ columns, state: home });
      const footer = (await shown.text()).split('\n').at(-1);
      expect(footer).toMatch(/^ Enter \S.*\? help .*Ctrl-C leave\s*$/);
    }
  });

  test('the palette finds an action by a part of its name and does it', async () => {
    const shown = consoleOn({ state: home });
    await shown.press(':', 'only what');
    expect(await shown.text()).toContain('Show only what is not ready');
    await shown.press(keys.enter);
    expect(shown.store.read().home.onlyProblems).toBe(true);
  });

  test('a full-width colon and question mark count as theirs', async () => {
    const shown = consoleOn({ state: home });
    await shown.press('：');
    expect(shown.store.read().overlay?.type).toBe('palette');
    await shown.press(keys.esc, '？');
    expect(shown.store.read().overlay?.type).toBe('help');
  });

  test('a key that does nothing says so, until the next one', async () => {
    const shown = consoleOn({ state: home });
    await shown.press('Z');
    expect(await shown.text()).toContain('Z does nothing here');
    await shown.press(keys.down);
    expect(await shown.text()).not.toContain('does nothing');
  });

  test('the SDK snippet is copied whole', async () => {
    const shown = consoleOn({ state: { install: installOf({ mode: 'run', run: runs.done, isAgreed: true }) } });
    await shown.press('y');
    expect(shown.asked).toContainEqual([
      'copy',
      "import posthog from 'posthog-js'\n\nposthog.init('phc_example', { api_host: 'https://posthog-1a2b3c4d.usw-1.example.app' })\n",
    ]);
  });

  test('the language changes everywhere at once', async () => {
    const shown = consoleOn({ state: home });
    await shown.press('L');
    expect(await shown.text()).toContain('全部 22 个部件已就绪');
    expect(shown.asked).toEqual([['language', 'zh']]);
  });
});

describe('the store', () => {
  /** Runs what was put off when the test says so. */
  function stepped() {
    const waiting = new Set<() => void>();
    return {
      after: (_: number, run: () => void) => {
        waiting.add(run);
        return () => waiting.delete(run);
      },
      pass() {
        for (const run of [...waiting]) {
          waiting.delete(run);
          run();
        }
      },
    };
  }

  test('shows the first change at once, the next ones together, a key without delay', () => {
    const timers = stepped();
    const store = createStore(0, timers);
    const shown: number[] = [];
    store.subscribe(() => shown.push(store.read()));
    for (let value = 1; value <= 5; value += 1) store.change(() => value);
    expect(shown).toEqual([1]);
    timers.pass();
    expect(shown).toEqual([1, 5]);
    timers.pass();
    expect(shown).toEqual([1, 5]);
    store.change(() => 6);
    store.change(() => 7, true);
    expect(shown).toEqual([1, 5, 6, 7]);
    store.change((state) => state);
    timers.pass();
    expect(shown).toEqual([1, 5, 6, 7]);
  });
});

describe('the title', () => {
  const facts = ['ns-1a2b3c4d', 'posthog.example.com', 'live'];
  const title = (columns: number) =>
    titleLine(['posthog'], facts, stateOf(columns, 24)).map(textOf).join('').trim().split(/ {2,}/);

  test.each([
    [80, 'posthog-sealos · posthog', 'ns-1a2b3c4d · posthog.example.com · live'],
    [60, 'posthog', 'ns-1a2b3c4d · posthog.example.com · live'],
    [40, 'posthog', 'posthog.example.com · live'],
    [32, 'posthog', 'ns-1a2b3c4d · live'],
  ])(
    'in %i cells: the program gives way to facts, and a fact that has no place to one that has',
    (columns, ...shown) => {
      expect(title(columns)).toEqual(shown);
    },
  );
});

/** Logs in panes. */
import { describe, test } from 'vitest';
import { fieldOf } from '../../source/console/components/text-field.ts';
import { emptyHome } from '../../source/console/screens/home/state.ts';
import { emptyLogs, type LogsState, type Pane, paneOf } from '../../source/console/screens/logs/state.ts';
import type { State } from '../../source/console/state.ts';
import { keys } from '../support/console.ts';
import { expectFrame } from '../support/frames.ts';
import * as instances from '../support/instance.ts';
import { FakeFollowed, hostile, runOf, troubled } from '../support/logs.ts';
import * as runs from '../support/runs.ts';

const home = { ...emptyHome, name: 'posthog', run: runs.broken };
const logs = (more: Partial<LogsState> = {}, state: Partial<State> = {}): Partial<State> => ({
  screen: 'logs',
  home,
  seen: instances.seen,
  logs: { ...emptyLogs, followed: troubled(), ...more },
  ...state,
});
const at = (number: number, more: Partial<Pane> = {}): Partial<Pane> => ({ spot: { number, row: 1, end: 3 }, ...more });
const panes = (...changes: readonly Partial<Pane>[]): readonly Pane[] =>
  emptyLogs.panes.map((pane, index) => ({ ...pane, ...changes[index] }));
const one = (component: Pane['component'], more: Partial<Pane> = {}) => ({
  panes: [{ ...paneOf(component), ...more }],
});

const waiting = new FakeFollowed();
waiting.waits.set('capture', { type: 'no-pods' });
waiting.waits.set('ingestion', {
  type: 'container',
  pod: 'posthog-ingestion-1',
  container: 'posthog-ingestion',
  reason: 'ImagePullBackOff',
});
waiting.waits.set('clickhouse', { type: 'forbidden' });
waiting.waits.set('web', { type: 'away', message: 'reset: read ECONNRESET' });

const long = new FakeFollowed();
const web = runOf('web', 'posthog-7c9f8d-x2k4p');
for (let line = 0; line < 300; line += 1)
  long.write(web, line, `${line} ${'a long line of words '.repeat(1 + (line % 4))}`);

const endless = new FakeFollowed();
endless.write(web, 0, `plain ${'x'.repeat(1_000_000)}`, `长${'😀'.repeat(200_000)}`);
endless.write(web, 2, `{"level":"error","event":"short","data":"${'x'.repeat(20_000)}"}`);
endless.write(web, 3, `{"level":"error","event":"too long to be read","data":"${'x'.repeat(200_000)}"}`);

const states: Readonly<Record<string, Partial<State>>> = {
  pipeline: logs(),
  paused: logs({ focus: 1, panes: panes({}, at(2), {}, {}) }),
  filtered: logs({
    focus: 1,
    panes: panes(
      {},
      { filter: 'Redis !Connected' },
      { level: 'error' },
      { without: new Set(['posthog-7c9f8d-clllm/posthog-web']) },
    ),
  }),
  'nothing-fits': logs({ panes: panes({ filter: 'nosuch' }) }),
  searching: logs({ focus: 1, panes: panes({}, at(2)), search: { query: 'redis', field: fieldOf('redis') } }),
  'filter-typed': logs({
    typing: { what: 'filter', field: fieldOf('redis|kafka !beat'), trouble: undefined },
  }),
  'moment-typed': logs({ typing: { what: 'moment', field: fieldOf(''), trouble: undefined } }),
  'filter-bad': logs({
    typing: {
      what: 'filter',
      field: fieldOf('('),
      trouble: (t) => t.console.logs.badPattern('(', 'Unterminated group'),
    },
  }),
  zoomed: logs({ focus: 3, isZoomed: true }),
  raw: logs({ ...one('ingestion'), wording: 'raw' }),
  fields: logs({ ...one('web'), wording: 'fields' }),
  wrapped: logs({ ...one('web'), followed: long, isWrapped: true }),
  'wrapped-endless': logs({ ...one('web', at(1)), followed: endless, isWrapped: true }),
  endless: logs({ ...one('web'), followed: endless }),
  'endless-fields': logs({ ...one('web'), followed: endless, wording: 'fields' }),
  'left-over': logs({
    ...one('web', { filter: 'KeyError' }),
    followed: new FakeFollowed().write(
      web,
      0,
      '    boom()',
      'KeyError: a',
      'Traceback (most recent call last):',
      '  x',
      'KeyError: b',
    ),
  }),
  scrolled: logs({ ...one('web', { spot: { number: 100, row: 9, end: 200 } }), followed: long }),
  'times-full': logs({ ...one('ingestion'), times: 'full' }),
  'times-age': logs({ ...one('ingestion'), times: 'age' }),
  two: logs({ panes: [paneOf('ingestion'), paneOf('web')] }),
  six: logs({ panes: [...emptyLogs.panes, paneOf('worker'), paneOf('kafka')] }),
  waiting: logs({ followed: waiting }),
  looking: logs({ followed: undefined }),
  previous: logs({ ...one('ingestion'), isPrevious: true, lookBack: '1h' }),
  hostile: logs({ ...one('web'), followed: hostile() }),
  trouble: logs({}, { home: { ...home, trouble: (t) => t.install.readOnlyHint } }),
  stale: logs({}, { now: 42_000, home: { ...home, run: { ...home.run, cutOffSince: 0 } } }),
};

describe('at 80x24', () => {
  test.each(Object.entries(states))('%s', (name, state) => expectFrame(`logs/${name}`, { state }));
});

/** Three pods: one that has crashed twice while it was read and before, one that has run anew, and one that never did. */
function withRuns(): FakeFollowed {
  const [crashing, again] = ['posthog-plugins-6d8f7c9b5d-abcde', 'posthog-plugins-6d8f7c9b5d-k4p2x'];
  return new FakeFollowed()
    .write(runOf('plugins', crashing, 7), 0, '{"level":"error","msg":"[PLUGINS] Redis error encountered!"}')
    .has(runOf('plugins', crashing, 6), false)
    .has(runOf('plugins', crashing, 5), true)
    .write(runOf('plugins', again, 1), 2, '{"level":"info","msg":"[PLUGINS] Connected to Redis!"}')
    .has(runOf('plugins', again, 0), true)
    .write(runOf('plugins', 'posthog-plugins-6d8f7c9b5d-zz9qw'), 3, '{"level":"info","msg":"[PLUGINS] ready"}');
}

test('a choice of runs', async () => {
  const without = new Set(['posthog-plugins-6d8f7c9b5d-abcde/posthog-plugins#6']);
  const before = new Set(['posthog-plugins-6d8f7c9b5d-abcde/posthog-plugins#5']);
  const state = logs({ ...one('plugins', { without, before }), followed: withRuns() });
  await expectFrame('logs/runs', { state }, 'c');
  await expectFrame('logs/runs-zh', { state: { ...state, language: 'zh' } }, 'c', keys.down, keys.down);
});

test('elsewhere', async () => {
  await expectFrame('logs/pipeline-60x16', { columns: 60, rows: 16, state: { ...states['pipeline'] } });
  await expectFrame('logs/pipeline-120x40', { columns: 120, rows: 40, state: { ...states['pipeline'] } });
  await expectFrame('logs/six-200x50', { columns: 200, rows: 50, state: { ...states['six'] } });
  await expectFrame('logs/pipeline-zh', { state: { ...states['pipeline'], language: 'zh' } });
  await expectFrame('logs/pipeline-ascii', { ascii: true, color: false, state: { ...states['pipeline'] } });
});

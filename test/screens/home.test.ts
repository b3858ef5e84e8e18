/** Home, and what lies over every screen. */
import { describe, test } from 'vitest';
import { ApiError, ConnectionError } from '../../source/cluster/index.ts';
import { fieldOf } from '../../source/console/components/text-field.ts';
import { readerOf } from '../../source/console/overlays/text.ts';
import { emptyHome, type HomeState } from '../../source/console/screens/home/state.ts';
import type { State } from '../../source/console/state.ts';
import type { Figures } from '../../source/observe/figures.ts';
import { troubleOf } from '../../source/observe/sources/trouble.ts';
import { at, snapshotOf } from '../observe/objects.ts';
import { backlogOf, busy, calm, filling, stuck, told } from '../support/figures.ts';
import { expectFrame } from '../support/frames.ts';
import { seen } from '../support/instance.ts';
import * as runs from '../support/runs.ts';

const home = (more: Partial<HomeState> = {}, state: Partial<State> = {}): Partial<State> => ({
  screen: 'home',
  home: { ...emptyHome, name: 'posthog', url: 'https://posthog-1a2b3c4d.usw-1.example.app', ...more },
  ...state,
});
const well = home({ run: runs.allReady, figures: calm });

const both: HomeState['choices'] = [
  { name: 'posthog', kind: 'ours', components: [] },
  { name: 'posthog-old-and-very-long-name-of-it', kind: 'template', components: [] },
];

const catchingUp: Figures = {
  restarts: 0,
  restartedAt: undefined,
  cpu: undefined,
  memory: undefined,
  backlog: backlogOf('plugins', { waiting: 52_000, inPerS: 300, outPerS: 700, emptyInS: 130, oldestS: 420 }),
};

const states: Readonly<Record<string, Partial<State>>> = {
  looking: home(),
  well,
  unmeasured: home({ run: runs.allReady }),
  told: home({ run: runs.allReady, figures: told }),
  filling: home({ run: runs.allReady, figures: filling, chosen: 'clickhouse' }),
  stuck: home({ run: runs.allReady, figures: stuck, chosen: 'worker' }),
  behind: home({ run: runs.allReady, figures: busy, chosen: 'ingestion' }),
  'catching-up': home({
    run: runs.allReady,
    figures: new Map([...calm, ['plugins', catchingUp]]),
    chosen: 'folded',
  }),
  dropping: home({
    run: runs.allReady,
    kept: new Map([['events_plugin_ingestion', 86_400]]),
    figures: new Map([
      ...calm,
      [
        'ingestion',
        {
          ...catchingUp,
          backlog: backlogOf('ingestion', {
            waiting: 1_800_000,
            emptyInS: 'never',
            oldestS: 80_000,
            topics: [
              {
                ...backlogOf('ingestion', { waiting: 1_800_000, oldestS: 80_000 }),
                group: 'clickhouse-ingestion',
                topic: 'events_plugin_ingestion',
                partitions: [],
              },
            ],
          }),
        },
      ],
    ]),
    chosen: 'ingestion',
  }),
  gone: home({ run: runs.allReady, gone: { at, isRecorded: true }, choices: both }),
  'gone-without-a-trace': home({ run: runs.allReady, gone: { at: undefined, isRecorded: false } }),
  stopped: home({ run: runs.oneStopped, figures: calm }),
  unfolded: home({ run: runs.allReady, figures: calm, isUnfolded: true, chosen: 'worker' }),
  attention: {
    ...home({
      run: runs.allReady,
      figures: busy,
      drift: [
        { object: 'Deployment/posthog-worker', field: 'replicas', planned: '1', live: '3', by: 'kubectl' },
        { object: 'Deployment/posthog', field: 'memory', planned: '4Gi', live: '2Gi', by: 'Mozilla' },
      ],
      address: {
        url: 'https://posthog-1a2b3c4d.usw-1.example.app',
        isRecorded: true,
        trouble: (t) => t.install.run.addressStatus(502),
        certificateUntil: at + 5 * 86_400_000,
      },
    }),
    seen: {
      snapshot: snapshotOf({
        ResourceQuota: [
          {
            apiVersion: 'v1',
            kind: 'ResourceQuota',
            metadata: { name: 'quota-ns-1a2b3c4d' },
            status: { hard: { pods: '20', 'limits.cpu': '16' }, used: { pods: '19', 'limits.cpu': '15500m' } },
          },
        ],
      }),
      at: 0,
    },
  },
  problems: home({ run: runs.broken, chosen: 'plugins' }, { now: 1_900_000 }),
  'only-problems': home({ run: runs.broken, onlyProblems: true }, { now: 1_900_000 }),
  bounded: home({
    run: runs.allReady,
    figures: new Map(
      [...calm].map(([id, figures]) => [
        id,
        { ...figures, cpu: undefined, memory: undefined, bounds: { cpu: 1.5, memory: 4 * 2 ** 30 } },
      ]),
    ),
    troubles: new Map([['metrics', troubleOf(new ApiError({ code: 404 }), undefined)]]),
  }),
  // The broker and ClickHouse have told something before, PostgreSQL never; Redis is on its way itself.
  unanswered: home(
    {
      run: runs.redisStarting,
      figures: new Map([...told, ['ingestion', busy.get('ingestion') as Figures]]),
      chosen: 'ingestion',
      troubles: new Map([
        ['broker', troubleOf(new ApiError({ code: 403, reason: 'Forbidden' }), 75_000)],
        ['redis', troubleOf(new Error('no pod of redis is ready'), 200_000)],
        ['clickhouse', troubleOf(new ConnectionError('timeout', 'no answer within 10 s'), 125_000)],
        ['postgres', troubleOf(new Error('psql: error: connection\n to server failed\u001b[2J'), undefined)],
      ]),
    },
    { seen: { snapshot: { ...snapshotOf({}), forbidden: new Set(['Bucket']) }, at: 0 } },
  ),
  'by-cpu': home({ run: runs.allReady, figures: busy, sortedBy: 'cpu' }),
  filtering: home({
    run: runs.allReady,
    figures: busy,
    filter: { query: 'ing', field: fieldOf('ing') },
    chosen: 'ingestion',
  }),
  'found-nothing': home({ run: runs.allReady, figures: calm, filter: { query: 'mongo', field: undefined } }),
  stale: home({ run: { ...runs.allReady, cutOffSince: 0 } }, { now: 42_000 }),
  forbidden: home({ trouble: (t) => t.install.readOnlyHint }),
  'logged-out': home({
    name: 'posthog',
    run: runs.broken,
    trouble: (t) => `${t.cluster.unauthorized}\n${t.cluster.unauthorizedHint}`,
  }),
  several: home({
    name: undefined,
    choices: both,
    chosen: 'posthog-old-and-very-long-name-of-it',
  }),
  help: { ...well, overlay: { type: 'help', pager: { top: 0 } } },
  palette: { ...well, overlay: { type: 'palette', field: fieldOf('lo'), index: 1 } },
  reading: {
    ...well,
    overlay: readerOf((t) => t.console.readings.log('web'), 'plain', [
      '\u001b[31mred\u001b[0m line',
      '中文'.repeat(60),
      ...Array.from({ length: 30 }, (_, at) => `line ${at}`),
    ]),
  },
  fetching: {
    ...well,
    overlay: readerOf((t) => t.console.readings.log('web'), 'plain', undefined),
  },
  nothing: {
    ...well,
    overlay: readerOf((t) => t.console.readings.events('web'), 'plain', []),
  },
  confirm: {
    ...well,
    overlay: {
      type: 'confirm',
      question: (t) => t.install.fix.secretValue,
      commands: ['kubectl -n ns-1a2b3c4d rollout restart deployment -l app=posthog'],
      onYes: () => {},
    },
  },
};

describe('at 80x24', () => {
  test.each(Object.entries(states))('%s', (name, state) => expectFrame(`home/${name}`, { state }));
});

describe('elsewhere', () => {
  test.each(['well', 'behind', 'attention', 'unanswered', 'filtering', 'by-cpu', 'problems', 'help', 'gone'])(
    '%s',
    async (name) => {
      await expectFrame(`home/${name}-60x16`, { columns: 60, rows: 16, state: { ...states[name] } });
      await expectFrame(`home/${name}-120x40`, { columns: 120, rows: 40, state: { ...states[name] } });
      await expectFrame(`home/${name}-zh`, { state: { ...states[name], language: 'zh' } });
    },
  );

  test.each(['well', 'behind', 'attention', 'problems', 'filtering'])('%s, on a wide terminal', async (name) => {
    const wide = { columns: 200, rows: 50 };
    await expectFrame(`home/${name}-200x50`, { ...wide, state: { seen, ...states[name] } });
    await expectFrame(`home/${name}-200x50-zh`, { ...wide, state: { seen, ...states[name], language: 'zh' } });
  });

  test('a terminal that is too small', () => expectFrame('home/too-small', { columns: 59, rows: 16, state: well }));
});

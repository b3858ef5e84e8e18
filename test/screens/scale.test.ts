/** The scale screen in each of its states. */
import { describe, test } from 'vitest';
import { ApiError } from '../../source/cluster/index.ts';
import { fieldOf } from '../../source/console/components/text-field.ts';
import { emptyHome } from '../../source/console/screens/home/state.ts';
import type { ComponentView } from '../../source/console/screens/install/run.ts';
import { begun, emptyScale, type ScaleRun, type ScaleState } from '../../source/console/screens/scale/state.ts';
import type { State } from '../../source/console/state.ts';
import { exitCodes, UserError } from '../../source/errors.ts';
import type { Backlog } from '../../source/observe/backlog/backlog.ts';
import type { Figures } from '../../source/observe/figures.ts';
import { troubleOf } from '../../source/observe/sources/trouble.ts';
import type { Current } from '../../source/operate/scale/current.ts';
import { kubectlFor } from '../../source/operate/scale/partitions.ts';
import type { Finding, Wants } from '../../source/operate/scale/types.ts';
import type { ComponentId } from '../../source/stack/types.ts';
import { around, current } from '../operate/scale/support.ts';
import { backlogOf, busy } from '../support/figures.ts';
import { expectFrame } from '../support/frames.ts';
import { seen } from '../support/instance.ts';
import * as runs from '../support/runs.ts';

const sized: readonly (readonly [ComponentId, string, string, Partial<Current>?])[] = [
  ['web', '2', '4Gi', { surge: 1, overlap: 1, env: new Map([['GRANIAN_WORKERS', '2']]) }],
  ['worker', '1', '3Gi'],
  ['plugins', '500m', '2Gi'],
  ['capture', '500m', '512Mi', { surge: 1, overlap: 1 }],
  ['ingestion', '1', '2Gi'],
  ['replay-ingestion', '500m', '2Gi'],
  ['feature-flags', '500m', '512Mi'],
  ['postgres', '1', '2Gi', { overlap: 0 }],
  ['redis', '500m', '1Gi', { overlap: 0 }],
  ['clickhouse', '2', '8Gi', { overlap: 0 }],
  ['kafka', '1', '2Gi', { overlap: 0 }],
];
const currents = new Map(sized.map(([id, cpu, memory, more]) => [id, current(id, cpu, memory, more)]));
const wants = (given: Readonly<Partial<Record<ComponentId, object>>>): Wants => new Map(Object.entries(given)) as Wants;

const scale = (more: Partial<ScaleState> = {}, state: Partial<State> = {}): Partial<State> => ({
  screen: 'scale',
  home: withFigures(busy),
  now: 60_000,
  seen,
  scale: { ...emptyScale, currents, around: around(), ...more },
  ...state,
});

const changes = [{ component: 'ingestion', field: 'replicas', from: '1', to: '3' }] as const;
const stopped = new UserError({
  code: 'timeout',
  exit: exitCodes.timedOut,
  say: (t) => t.scale.timeout('15m00s'),
  hint: (t) => t.scale.halfDone('ingestion', 'web', 'ingestion=1'),
});

const guarded = new UserError({
  code: 'guard',
  exit: exitCodes.refused,
  say: (t) => t.scale.refused(1),
  hint: (t) => t.scale.refusedHint,
});
const foreign: Finding = {
  id: 'foreign',
  verdict: 'refuse',
  component: 'web',
  message: (t) => t.scale.guards.foreign('Deployment/posthog-web', '.spec.replicas', 'kubectl'),
  hint: (t) => t.scale.guards.foreignHint,
};

const run = (said: ScaleRun['said']): ScaleRun => ({
  ...begun(changes, new Map([['ingestion', 48_213]])),
  said,
});
/** Of which all is ready. */
const settled = (): ScaleRun => ({
  ...run([(t) => t.console.install.said('ingestion=3', t.console.scale.done)]),
  isOver: true,
  settled: { at: 0, restarts: new Map() },
});
const topic = (name: string, group: string, more: Partial<Backlog>) => ({
  ...backlogOf('ingestion', more),
  topic: name,
  group,
  partitions: [],
});
const draining = new Map(busy).set('ingestion', {
  ...(busy.get('ingestion') as Figures),
  backlog: backlogOf('ingestion', { waiting: 12_000, inPerS: 1010, outPerS: 1420, emptyInS: 29 }),
});
/** Ingestion has three, plugins none. */
const three = new Map(currents)
  .set('ingestion', current('ingestion', '1', '2Gi', { replicas: 3 }))
  .set('plugins', current('plugins', '500m', '2Gi', { replicas: 0 }));
const withFigures = (figures: State['home']['figures']) => ({
  ...emptyHome,
  name: 'posthog',
  run: {
    ...runs.allReady,
    components: {
      ...runs.allReady.components,
      ingestion: { ...(runs.allReady.components.ingestion as ComponentView), ready: 3, desired: 3 },
    },
  },
  figures,
});

const states: Readonly<Record<string, Partial<State>>> = {
  looking: scale({}, { seen: undefined }),
  untouched: scale(),
  drained: scale({ chosen: 'ingestion', wants: wants({ ingestion: { replicas: 3 }, web: { memory: '6Gi' } }) }),
  refused: scale({ chosen: 'ingestion', wants: wants({ ingestion: { replicas: 9 }, web: { memory: '1Gi' } }) }),
  stopping: scale({ chosen: 'ingestion', wants: wants({ ingestion: { replicas: 0 }, capture: { replicas: 0 } }) }),
  fixed: scale({ chosen: 'clickhouse', field: 'memory', wants: wants({ clickhouse: { memory: '12Gi' } }) }),
  typing: scale({
    chosen: 'web',
    field: 'cpu',
    typing: fieldOf('two'),
    trouble: (t) => t.scale.errors.badValue.cpu('two'),
  }),
  applying: scale({
    chosen: 'ingestion',
    wants: wants({ ingestion: { replicas: 3 } }),
    run: run([(t) => t.scale.applying('ingestion=3'), (t) => t.console.scale.settled('ingestion', 1, 3)]),
  }),
  'does-not-come': scale({
    chosen: 'ingestion',
    currents: three,
    run: {
      ...run([
        (t) => t.scale.applying('ingestion=3'),
        (t) => t.cause.quotaEnlarged(t.cause.lack(t.cause.resources.cpu, '1', '15.2', '16')),
        (t) => t.console.scale.settled('ingestion', 1, 3),
      ]),
      appliedAt: new Map([['ingestion', 0]]),
    },
  }),
  applied: scale({ chosen: 'ingestion', currents: three, run: settled() }, { home: withFigures(draining) }),
  'applied-just-now': scale(
    {
      chosen: 'ingestion',
      currents: three,
      run: {
        ...settled(),
        changes: [...changes, { component: 'web', field: 'memory', from: '3Gi', to: '4Gi' }],
      },
    },
    { now: 10_000 },
  ),
  'did-not-help': scale({ chosen: 'ingestion', currents: three, run: settled() }),
  'did-not-help-and-complains': scale({
    chosen: 'ingestion',
    currents: three,
    run: {
      ...settled(),
      errors: new Map([
        [
          'ingestion',
          {
            count: 61,
            alike: 57,
            message: 'Batch failed: connect ECONNREFUSED 10.96.0.12:5432 (posthog-pg-postgresql)',
          },
        ],
      ]),
    },
  }),
  stopped: scale({
    run: { ...run([(t) => t.console.scale.settled('ingestion', 1, 3)]), isOver: true, error: stopped },
  }),
  'changed-by-another': scale({
    chosen: 'web',
    wants: wants({ web: { replicas: 2 } }),
    run: { ...run([]), isOver: true, error: guarded, refused: [foreign] },
  }),
  'fixed-untouched': scale({ chosen: 'clickhouse' }),
  raising: scale(
    { chosen: 'ingestion' },
    {
      overlay: {
        type: 'naming',
        question: (t) => t.console.scale.raise('events_plugin_ingestion', 4, 6),
        commands: [kubectlFor('posthog', 'ns-1a2b3c4d', { topic: 'events_plugin_ingestion', count: 2 })],
        name: 'posthog',
        field: fieldOf('post'),
        onYes: () => {},
      },
    },
  ),
  unanswered: scale(
    { chosen: 'plugins' },
    {
      home: {
        ...withFigures(new Map([...busy].filter(([id]) => id !== 'plugins'))),
        troubles: new Map([['broker', troubleOf(new ApiError({ code: 503 }), 75_000)]]),
      },
    },
  ),
  unknown: scale({ around: undefined, wants: wants({ worker: { replicas: 2 } }) }),
  gone: scale({}, { home: { ...withFigures(busy), gone: { at: Date.UTC(2026, 0, 1, 12), isRecorded: false } } }),
  trouble: scale({}, { home: { ...emptyHome, name: 'posthog', trouble: (t) => t.cluster.unauthorized } }),
};

const topics = scale(
  { chosen: 'ingestion' },
  {
    home: withFigures(
      new Map(busy).set('ingestion', {
        ...(busy.get('ingestion') as Figures),
        backlog: backlogOf('ingestion', {
          waiting: 48_213,
          inPerS: 1010,
          outPerS: 700,
          emptyInS: 'never',
          topics: [
            topic('events_plugin_ingestion', 'clickhouse-ingestion', { waiting: 48_200, oldestS: 244, outPerS: 700 }),
            topic('events_plugin_ingestion_overflow', 'clickhouse-ingestion-overflow', { waiting: 13, oldestS: 3 }),
            topic('heatmaps_ingestion', 'heatmaps_ingestion', { inPerS: undefined, outPerS: undefined }),
          ],
        }),
      }),
    ),
  },
);

describe('at 80x24', () => {
  test.each(Object.entries(states))('%s', (name, state) => expectFrame(`scale/${name}`, { state }));
});

describe('elsewhere', () => {
  test.each([
    'drained',
    'refused',
    'changed-by-another',
    'stopping',
    'raising',
    'does-not-come',
    'did-not-help',
    'did-not-help-and-complains',
  ])('%s', async (name) => {
    await expectFrame(`scale/${name}-60x16`, { columns: 60, rows: 16, state: { ...states[name] } });
    await expectFrame(`scale/${name}-120x40`, { columns: 120, rows: 40, state: { ...states[name] } });
    await expectFrame(`scale/${name}-zh`, { state: { ...states[name], language: 'zh' } });
  });

  test.each(['untouched', 'drained', 'refused', 'did-not-help', 'topics'])('%s, on a wide terminal', (name) =>
    expectFrame(`scale/${name}-200x50`, {
      columns: 200,
      rows: 50,
      state: name === 'topics' ? topics : { ...states[name] },
    }),
  );

  test('what waits, topic by topic', async () => {
    await expectFrame('scale/topics-120x40', { columns: 120, rows: 40, state: topics });
    await expectFrame('scale/topics-120x40-zh', { columns: 120, rows: 40, state: { ...topics, language: 'zh' } });
  });
});

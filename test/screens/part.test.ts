/** One part: why it is as it is, what it is made of, and what can be done about it. */
import { describe, expect, test } from 'vitest';
import { ApiError } from '../../source/cluster/index.ts';
import { emptyHome } from '../../source/console/screens/home/state.ts';
import { emptyPart } from '../../source/console/screens/part/state.ts';
import type { State } from '../../source/console/state.ts';
import { troubleOf } from '../../source/observe/sources/trouble.ts';
import type { ComponentId, KubeObject } from '../../source/stack/types.ts';
import { deployment, event, pod, snapshotOf } from '../observe/objects.ts';
import { consoleOn, keys } from '../support/console.ts';
import { backlogOf, busy, filling, stuck } from '../support/figures.ts';
import { expectFrame } from '../support/frames.ts';
import * as runs from '../support/runs.ts';

const get = (path: string, more: object = {}) => ({ httpGet: { path, port: 'http' }, ...more });
const template = {
  spec: {
    initContainers: [{ name: 'wait', image: 'ghcr.io/posthog/posthog:2026.09', env: [] }],
    containers: [
      {
        name: 'plugins',
        image:
          'ghcr.io/posthog/posthog-node:2026.09@sha256:3f1c9d5e7b2a4c6d8e0f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f',
        env: [
          { name: 'REDIS_URL', valueFrom: { secretKeyRef: { name: 'posthog-redis-conn-credential', key: 'url' } } },
          { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
          { name: 'DATABASE_URL', value: 'postgres://posthog:very-secret@posthog-pg:5432/posthog' },
          { name: 'SECRET_KEY', value: 'very-secret' },
          { name: 'PLUGIN_SERVER_MODE', value: 'cdp' },
        ],
        envFrom: [{ configMapRef: { name: 'posthog-env' } }],
        resources: {
          requests: { cpu: '50m', memory: '200Mi' },
          limits: { cpu: '500m', memory: '2Gi', 'ephemeral-storage': '1Gi' },
        },
        startupProbe: get('/_ready', { failureThreshold: 60 }),
        readinessProbe: get('/_ready'),
        livenessProbe: { exec: { command: ['sh', '-c', 'kill -0 1'] }, periodSeconds: 30 },
      },
    ],
  },
};
const name = 'posthog-plugins-6d8f7c9b5d-abcde';
const crashing = {
  name: 'plugins',
  restartCount: 7,
  state: { waiting: { reason: 'CrashLoopBackOff' } },
  lastState: { terminated: { reason: 'Error', exitCode: 1, finishedAt: '2026-01-01T11:58:00Z' } },
};
const backOff = 'Back-off restarting failed container plugins in pod\u001b[31m posthog-plugins';
const on = (object: KubeObject): KubeObject => ({
  ...object,
  spec: { ...(object['spec'] as object), nodeName: 'worker-3' },
});
const seen: NonNullable<State['seen']> = {
  at: 0,
  snapshot: snapshotOf({
    Deployment: [
      deployment('plugins', 'posthog-plugins', { readyReplicas: 0 }, { template }),
      deployment('ingestion', 'posthog-ingestion', {}, { template }),
    ],
    Pod: [
      on(pod('plugins', name, [crashing], { ageS: 1500 })),
      on(pod('ingestion', 'posthog-ingestion-5c6b7d8f9-fghij', [{ ready: true }])),
    ],
    Event: [
      { ...event('Pod', name, 'BackOff', backOff, 4), count: 23 },
      { ...event('Pod', name, 'Pulled', 'Container image is already there', 1490), type: 'Normal' },
      ...Array.from({ length: 6 }, (_, at) => event('Pod', name, 'Unhealthy', `Liveness probe failed: ${at}`, 60 + at)),
    ],
  }),
};
const flow = { waiting: 12_000, inPerS: 250, outPerS: 180, emptyInS: 'never', oldestS: 240 } as const;
const figures = new Map([
  ...busy,
  [
    'ingestion',
    {
      restarts: 3,
      restartedAt: Date.UTC(2026, 0, 1, 11, 40),
      cpu: { used: 0.99, limit: 1 },
      memory: { used: 2 ** 30, limit: 2 ** 31 },
      backlog: backlogOf('ingestion', {
        ...flow,
        waiting: 48_213,
        topics: [
          {
            ...flow,
            waiting: 48_213,
            group: 'clickhouse-ingestion',
            topic: 'events_plugin_ingestion',
            partitions: [
              { ...flow, partition: '0' },
              { ...flow, partition: '1', waiting: 36_213 },
              { ...flow, partition: '2', waiting: 0, emptyInS: 0 },
            ],
          },
        ],
      }),
    },
  ],
] as const) as typeof busy;

const part = (id: ComponentId, more: Partial<State> = {}): Partial<State> => ({
  screen: 'part',
  part: { ...emptyPart, id },
  home: { ...emptyHome, name: 'posthog', run: runs.broken, figures },
  seen,
  ...more,
});

const states: Readonly<Record<string, Partial<State>>> = {
  broken: part('plugins'),
  behind: part('ingestion', { home: { ...emptyHome, name: 'posthog', run: runs.allReady, figures } }),
  'read-further': part('plugins', { part: { ...emptyPart, id: 'plugins', pager: { top: 999 } } }),
  worker: part('worker', { home: { ...emptyHome, name: 'posthog', run: runs.allReady, figures: stuck } }),
  'full-disk': part('clickhouse', { home: { ...emptyHome, name: 'posthog', run: runs.allReady, figures: filling } }),
  unanswered: part('ingestion', {
    home: {
      ...emptyHome,
      name: 'posthog',
      run: runs.allReady,
      figures: new Map(),
      troubles: new Map([
        ['broker', troubleOf(new ApiError({ code: 503, message: 'cannot reach it\u001b[2J' }), 75_000)],
      ]),
    },
  }),
  bucket: part('bucket'),
  looking: part('web', { seen: undefined }),
};

describe('at 80x24', () => {
  test.each(Object.entries(states))('%s', (state, of) => expectFrame(`part/${state}`, { state: of }));
});

describe('elsewhere', () => {
  test.each(['broken', 'behind'])('%s', async (state) => {
    await expectFrame(`part/${state}-60x16`, { columns: 60, rows: 16, state: { ...states[state] } });
    await expectFrame(`part/${state}-120x40`, { columns: 120, rows: 40, state: { ...states[state] } });
    await expectFrame(`part/${state}-zh`, { state: { ...states[state], language: 'zh' } });
  });
});

const actionsOf = (id: ComponentId, more: Partial<State> = {}) => {
  const shown = consoleOn({ state: part(id, more) });
  return shown.press(keys.enter).then(() => shown);
};

test('the list of actions', async () => {
  for (const [file, language] of [
    ['actions', 'en'],
    ['actions-zh', 'zh'],
  ] as const) {
    const shown = await actionsOf('plugins', { language });
    const { overlay } = shown.store.read();
    await expectFrame(`part/${file}`, { state: { ...part('plugins', { language }), overlay } });
  }
});

describe('at the keys', () => {
  test('home opens it with Enter; it is left to home, and begins anew at the top', async () => {
    const shown = consoleOn({
      state: {
        ...part('web'),
        screen: 'home',
        home: { ...emptyHome, name: 'posthog', run: runs.broken, chosen: 'plugins' },
      },
    });
    await shown.press(keys.enter);
    expect(shown.store.read()).toMatchObject({ screen: 'part', part: { id: 'plugins', pager: { top: 0 } } });
    expect(await shown.text()).toContain('plugins cannot reach Redis: wrong password.');
    await shown.press(keys.down, keys.esc);
    expect(shown.store.read()).toMatchObject({ screen: 'home', home: { chosen: 'plugins' } });
  });

  test('what it does with letters is reached with arrows and Enter, too', async () => {
    const shown = await actionsOf('plugins');
    await shown.press(keys.enter);
    expect(shown.asked).toEqual([['fix', expect.objectContaining({ id: 'redis-auth' })]]);
    await shown.press(keys.enter, keys.down, keys.enter);
    expect(shown.store.read()).toMatchObject({
      screen: 'logs',
      logs: { from: 'part', panes: [{ component: 'plugins' }] },
    });
    await shown.press(keys.esc);
    expect(shown.store.read().screen).toBe('part');
    await shown.press(keys.enter, keys.down, keys.down, keys.enter);
    expect(shown.store.read()).toMatchObject({ screen: 'scale', scale: { chosen: 'plugins' } });
  });

  test('what cannot be done says why there, and when it is chosen', async () => {
    const shown = await actionsOf('bucket');
    expect(await shown.text()).toMatch(/R {2}Start the pods of this part anew {2}\(bucket is run by the platform/);
    await shown.press(keys.down, keys.down, keys.down, keys.enter);
    expect(await shown.text()).toContain('bucket is run by the platform');
    expect(shown.asked).toEqual([]);
  });

  test.each(['home', 'part'] as const)('R asks before it restarts, at %s', async (screen) => {
    const at = { ...emptyHome, name: 'posthog', run: runs.broken, chosen: 'plugins' };
    const started = { program: 'posthog-sealos', target: ['--sandbox'], isSimulated: true };
    const shown = consoleOn({ state: part('plugins', { screen, home: at, started }) });
    await shown.press('R');
    expect(await shown.text()).toContain('posthog-sealos restart --sandbox plugins');
    await shown.press('n');
    expect(shown.asked).toEqual([]);
    await shown.press('R', 'y');
    expect(shown.asked).toEqual([['restart', 'plugins']]);
  });

  test('nothing is restarted read-only, nor what the platform runs', async () => {
    const readOnly = consoleOn({ state: part('plugins', { isReadOnly: true }) });
    await readOnly.press('R');
    const platform = consoleOn({ state: part('postgres') });
    await platform.press('R');
    expect([readOnly, platform].map(({ store }) => store.read().overlay)).toEqual([undefined, undefined]);
    expect(await platform.text()).toContain('postgres is run by the platform');
  });

  test('a search goes from hit to hit, and what was found is marked', async () => {
    const shown = consoleOn({ state: part('plugins') });
    await shown.press('/', 'secret', keys.enter);
    expect(await shown.text()).toMatch(/\/secret {2}\d of \d/);
    const first = shown.store.read().part.hit;
    await shown.press('n');
    expect(shown.store.read().part.hit).toBeGreaterThan(first as number);
    await shown.press(keys.esc, keys.esc);
    expect(shown.store.read().screen).toBe('home');
  });

  test('it is copied whole, without a secret', async () => {
    const shown = consoleOn({ state: part('plugins') });
    await shown.press('y');
    const [[, text]] = shown.asked as unknown as [[string, string]];
    expect(text).toContain('from Secret posthog-redis-conn-credential, key url');
    expect(text).toContain('SECRET_KEY: (hidden)');
    expect(text).not.toContain('very-secret');
  });
});

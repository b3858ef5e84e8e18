/** What wants attention, from raw facts: which, in which order, in which words. */
import { describe, expect, test } from 'vitest';
import { dictionaries } from '../../source/messages/index.ts';
import { type Address, concernIds, type PartSeen, rankedConcerns, type Whole } from '../../source/observe/concerns.ts';
import type { Figures } from '../../source/observe/figures.ts';
import type { Cause, CauseId } from '../../source/observe/types.ts';
import type { ComponentId, KubeObject } from '../../source/stack/types.ts';
import { backlogOf } from '../support/figures.ts';

const { en, zh } = dictionaries;
const now = Date.UTC(2026, 0, 1);
const day = 86_400_000;
const ready: PartSeen = { state: 'ready', cause: undefined };
const parts = { web: ready, ingress: ready, ingestion: ready, plugins: ready };
const calm: Whole = { parts, figures: new Map(), kept: new Map(), quotas: [], drift: [], address: undefined, now };

const cause = (id: CauseId, component: ComponentId): Cause => ({
  id,
  component,
  message: (t) => (id === 'debt' ? t.cause.debt : t.cause.redisAuth(component)),
  evidence: ['Pod/x: a fact'],
});
const quota = (hard: Record<string, string>, used: Record<string, string>, name = 'quota-ns'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name },
  status: { hard, used },
});
const figures = (more: Partial<Record<ComponentId, Parameters<typeof backlogOf>[1]>>): Whole['figures'] =>
  new Map(
    Object.entries(more).map(([id, backlog]) => [
      id as ComponentId,
      { restarts: 0, backlog: backlogOf(id as ComponentId, backlog) } as unknown as Figures,
    ]),
  );
const address = (more: Partial<Address> = {}): Address => ({
  url: 'https://p.example.com',
  isRecorded: true,
  trouble: undefined,
  certificateUntil: undefined,
  ...more,
});
const drift = { object: 'Deployment/posthog-web', field: 'replicas', planned: '1', live: '3', by: 'kubectl' } as const;
const late = { waiting: 48_213, emptyInS: 'never', oldestS: 240 } as const;
const said = (whole: Partial<Whole>) =>
  rankedConcerns({ ...calm, ...whole }).map(({ id, message }) => [id, message(en)]);

describe('each concern', () => {
  test.each<[string, Partial<Whole>, readonly (readonly [string, string | RegExp])[]]>([
    ['nothing when all is well', {}, []],
    [
      'a part that only takes its time is none',
      { parts: { ...parts, web: { state: 'running', cause: cause('starting', 'web') } } },
      [],
    ],
    [
      'an address that answers, with a certificate of two months',
      { address: address({ certificateUntil: now + 60 * day }) },
      [],
    ],
    ['a certificate of a little more than two weeks', { address: address({ certificateUntil: now + 14.1 * day }) }, []],
    ['a queue that is on its way', { figures: figures({ ingestion: { waiting: 30, emptyInS: 0 } }) }, []],
    ['half a quota', { quotas: [quota({ pods: '20', 'limits.cpu': '16' }, { pods: '17', 'limits.cpu': '15.2' })] }, []],
    ['a quota of nothing', { quotas: [quota({ 'requests.storage': '0' }, { 'requests.storage': '1Gi' })] }, []],
    [
      'debt, by its quota',
      { quotas: [quota({ pods: '0' }, { pods: '17' }, 'debt-limit0')] },
      [['debt', en.cause.debt]],
    ],
    [
      'debt, by a refusal; what it stops is not broken',
      { parts: { ...parts, web: { state: 'running', cause: cause('debt', 'web') } } },
      [['debt', en.cause.debt]],
    ],
    [
      'a broken part, with why',
      { parts: { ...parts, plugins: { state: 'running', cause: cause('redis-auth', 'plugins') } } },
      [['broken', 'plugins: plugins cannot reach Redis: wrong password.']],
    ],
    [
      'several broken parts',
      {
        parts: { ...parts, web: { state: 'failed', cause: undefined }, plugins: { state: 'failed', cause: undefined } },
      },
      [['broken', 'web: it has failed. (and 1 more)']],
    ],
    [
      'an address that does not answer',
      { address: address({ trouble: () => 'HTTP 502' }) },
      [['address', 'https://p.example.com does not answer: HTTP 502.']],
    ],
    [
      'while web is not there, the address is no news',
      {
        parts: { ...parts, web: { state: 'running', cause: undefined } },
        address: address({ trouble: () => 'HTTP 502' }),
      },
      [],
    ],
    [
      'ingestion falls behind',
      { figures: figures({ ingestion: late }) },
      [['behind', 'ingestion falls behind: 48.2k events wait, the oldest for 4m00s.']],
    ],
    [
      'events that are dropped soon',
      {
        kept: new Map([['t', 250]]),
        figures: figures({
          ingestion: { ...late, topics: [{ ...backlogOf('ingestion', late), group: 'g', topic: 't', partitions: [] }] },
        }),
      },
      [
        ['dropping', /ingestion/],
        ['behind', /kept/],
      ],
    ],
    [
      'pods: none left for a rollout, though not nearly all are used',
      { quotas: [quota({ pods: '8' }, { pods: '7' })] },
      [['quota', 'The quota is nearly used: pods 7 of 8.']],
    ],
    [
      'CPU and memory',
      {
        quotas: [
          quota({ 'limits.cpu': '16', 'limits.memory': '64Gi' }, { 'limits.cpu': '15500m', 'limits.memory': '63Gi' }),
        ],
      },
      [['quota', /CPU 15\.5 of 16, memory 63 GiB of 64 GiB/]],
    ],
    [
      'a drift',
      { drift: [drift] },
      [['drift', '"kubectl" has changed Deployment/posthog-web: replicas 3 instead of 1.']],
    ],
    [
      'a certificate that ends soon',
      { address: address({ certificateUntil: now + 5.5 * day }) },
      [['certificate', 'The certificate of https://p.example.com ends in 5 days.']],
    ],
    [
      'a certificate that has ended since',
      { address: address({ certificateUntil: now - day }) },
      [['certificate', 'The certificate of https://p.example.com has ended.']],
    ],
    [
      'a certificate that ends today',
      { address: address({ certificateUntil: now + day / 2 }) },
      [['certificate', 'The certificate of https://p.example.com ends in 12 hours.']],
    ],
  ])('%s', (_, whole, told) => {
    expect(said(whole)).toEqual(
      told.map(([id, text]) => [id, text instanceof RegExp ? expect.stringMatching(text) : text]),
    );
  });
});

const usual: Figures = {
  restarts: 0,
  restartedAt: undefined,
  cpu: undefined,
  memory: undefined,
  backlog: undefined,
};
const disk = (used: number) => ({ used, size: 100, fullInS: undefined });
const fault = { table: 'kafka_events_json', isAssigned: false, exception: '' };
/** What numbers of parts alone say; a second one of each is told after the first. */
const troubled: Whole['figures'] = new Map([
  ['postgres', { ...usual, volume: disk(90) }],
  ['kafka', { ...usual, volume: disk(99) }],
  ['clickhouse', { ...usual, consumers: [fault] }],
  ['web', { ...usual, silentS: 372 }],
  [
    'worker',
    {
      ...usual,
      backlog: backlogOf('worker', { waiting: 2_400, emptyInS: 'never', tasks: { growPerS: 4, queues: [] } }),
    },
  ],
]);

const everything: Partial<Whole> = {
  parts: { ...parts, plugins: { state: 'failed', cause: undefined } },
  kept: new Map([['t', 250]]),
  figures: new Map([
    ...troubled,
    ...figures({
      plugins: { ...late, waiting: 7 },
      ingestion: { ...late, topics: [{ ...backlogOf('ingestion', late), group: 'g', topic: 't', partitions: [] }] },
    }),
  ]),
  quotas: [quota({ pods: '20' }, { pods: '20' }), quota({ pods: '0' }, { pods: '20' }, 'debt-limit0')],
  drift: [drift, { ...drift, field: 'image' }],
  address: address({ trouble: () => 'why', certificateUntil: now }),
};

test('all at once, in the order of their rank', () => {
  expect(rankedConcerns({ ...calm, ...everything }).map(({ id }) => id)).toEqual(concernIds);
});

test('the first broken part is the message; of the others it is said why, each with its facts', () => {
  const broken = { web: cause('redis-auth', 'web'), plugins: cause('redis-auth', 'plugins') };
  const seen = Object.entries(broken).map(([id, why]) => [id, { state: 'running', cause: why }]);
  const [found] = rankedConcerns({ ...calm, parts: Object.fromEntries(seen) });
  expect(found?.components).toEqual(['web', 'plugins']);
  expect(found?.evidence.map((each) => each(en))).toEqual([
    'Pod/x: a fact',
    en.concern.part('plugins', en.cause.redisAuth('plugins')),
    'Pod/x: a fact',
  ]);
});

test('the worst backlog speaks for the others, which are named', () => {
  const behind = rankedConcerns({ ...calm, ...everything }).find(({ id }) => id === 'behind');
  expect(behind).toMatchObject({ components: ['ingestion', 'plugins'] });
  expect(behind?.evidence.map((each) => each(en))).toEqual([expect.stringMatching(/^plugins .*7 events wait/)]);
});

test('each is one line in both languages, its evidence and what can be done, too', () => {
  for (const { message, evidence, hint = message } of rankedConcerns({ ...calm, ...everything }))
    for (const t of [en, zh]) for (const say of [message, ...evidence, hint]) expect(say(t)).toMatch(/^[^\n]+$/);
});

test.each<[string, ComponentId, number | undefined, RegExp]>([
  ['what can have more replicas', 'ingestion', undefined, /scale ingestion=\+1/],
  ['what has one replica for ever', 'clickhouse', 0.5, /fixed number of replicas/],
  ['what has no room on its disk', 'clickhouse', 0.99, /no room left on its disk/],
])('what helps when it falls behind: %s', (_, id, share, hint) => {
  const [behind] = figures({ [id]: late });
  const [, each] = behind as [ComponentId, Figures];
  const volume = share === undefined ? undefined : { used: share * 100, size: 100, fullInS: undefined };
  const all = rankedConcerns({ ...calm, figures: new Map([[id, { ...each, volume }]]) });
  expect(all.find((concern) => concern.id === 'behind')?.hint?.(en)).toMatch(hint);
});

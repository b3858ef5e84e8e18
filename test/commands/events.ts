/** An install as its use case tells it: everything that a front has to show, with what no terminal must obey. */

import { ApiError } from '../../source/cluster/index.ts';
import { exitCodes, UserError } from '../../source/errors.ts';
import type { InstallEvent } from '../../source/install/events.ts';
import type { Figures } from '../../source/observe/figures.ts';
import { troubleOf } from '../../source/observe/sources/trouble.ts';
import { noDemand } from '../../source/stack/demand.ts';
import { backlogOf, filling, stuck } from '../support/figures.ts';
import { plannedObject } from '../support/plan.ts';

const GiB = 2 ** 30;

export interface Scripted {
  /** Milliseconds that pass before the event. */
  readonly after: number;
  readonly event: InstallEvent;
}

const then = (after: number, event: InstallEvent): Scripted => ({ after, event });

const change = { component: 'worker', field: 'replicas', from: '1', to: '2' } as const;
const more = { ...noDemand, pods: 2, cpu: 3, memory: 7 * GiB };

/** Told by `status`, not by an install. */
const measured: readonly Scripted[] = [
  then(0, {
    type: 'concerns',
    concerns: [
      {
        id: 'broken',
        components: ['plugins'],
        message: (t) => t.concern.broken('plugins', t.cause.redisAuth('plugins'), 0),
        evidence: [],
      },
      {
        id: 'drift',
        components: [],
        message: (t) =>
          t.concern.drift(
            { object: 'Deployment/posthog', field: 'replicas', planned: '1', live: '3', by: 'kube\u001b[31mctl' },
            0,
          ),
        evidence: [],
        hint: (t) => t.concern.driftHint,
      },
    ],
  }),
  then(0, { type: 'concerns', concerns: [] }),
  then(0, {
    type: 'figures',
    component: 'ingestion',
    figures: {
      restarts: 2,
      restartedAt: undefined,
      cpu: { used: 0.99, limit: 1 },
      memory: { used: 1.5 * GiB, limit: undefined },
      backlog: backlogOf('ingestion', {
        waiting: 48_213,
        inPerS: 1010,
        outPerS: 700,
        emptyInS: 'never',
        oldestS: 244,
        topics: [
          {
            ...backlogOf('ingestion', { waiting: 48_213 }),
            group: 'clickhouse-ingestion',
            topic: 'events_plugin_ingestion',
            partitions: [],
          },
        ],
      }),
    },
  }),
  then(0, {
    type: 'figures',
    component: 'plugins',
    figures: {
      restarts: 0,
      restartedAt: undefined,
      cpu: undefined,
      memory: undefined,
      backlog: backlogOf('plugins', { waiting: 52_000, emptyInS: 130, oldestS: 420 }),
    },
  }),
  // Where nothing but the queue tells anything.
  then(0, {
    type: 'figures',
    component: 'capture',
    figures: {
      restarts: 0,
      restartedAt: undefined,
      cpu: undefined,
      memory: undefined,
      backlog: backlogOf('capture', { waiting: 0 }),
    },
  }),
  ...(['clickhouse', 'worker', 'bucket'] as const).map((component) =>
    then(0, { type: 'figures', component, figures: filling.get(component) as Figures }),
  ),
  then(0, { type: 'figures', component: 'clickhouse', figures: stuck.get('clickhouse') as Figures }),
  then(0, {
    type: 'sources',
    sources: [
      { id: 'broker', tookMs: 12.4, trouble: undefined },
      {
        id: 'redis',
        tookMs: 8,
        trouble: troubleOf(
          new ApiError({ code: 403, reason: 'Forbidden', message: 'pods "posthog-redis-redis-0" is forbidden' }),
          undefined,
        ),
      },
      { id: 'clickhouse', tookMs: undefined, trouble: troubleOf(new Error('no answer\u001b[2J'), undefined) },
    ],
  }),
];

/** Told by `scale`, not by an install. */
const scaling: readonly Scripted[] = [
  then(0, {
    type: 'review',
    app: 'posthog',
    namespace: 'ns-1',
    changes: [change, { component: 'web', field: 'memory', from: '4Gi', to: '6Gi' }],
    already: ['worker', 'plugins'],
    findings: [
      {
        id: 'quota',
        verdict: 'warn',
        message: (t) => t.scale.guards.quota('cpu', 3, 1.5, 16),
        hint: (t) => t.scale.guards.quotaHeals,
      },
      {
        id: 'foreign',
        verdict: 'refuse',
        component: 'web',
        message: (t) => t.scale.guards.foreign('Deployment/posthog', '.spec.replicas', 'kubectl\u001b[31m'),
        hint: (t) => t.scale.guards.foreignHint,
      },
    ],
    after: { ...noDemand, pods: 1, cpu: 1, memory: 5 * GiB },
    peak: more,
    room: { hard: { pods: 20, cpu: 16 }, free: { pods: 3, cpu: 1.5 } },
    kubectl: ['kubectl -n ns-1 scale deployment/posthog-worker --replicas=2'],
    isRecorded: true,
  }),
  then(0, {
    type: 'review',
    app: 'posthog',
    namespace: 'ns-1',
    changes: [],
    already: [],
    findings: [],
    after: noDemand,
    peak: noDemand,
    room: { hard: {}, free: {} },
    kubectl: [],
    isRecorded: true,
  }),
  then(0, {
    type: 'review',
    app: 'posthog',
    namespace: 'ns-1',
    changes: [change, { component: 'kafka', field: 'memory', from: '2Gi', to: '4Gi' }],
    already: [],
    findings: [],
    after: noDemand,
    peak: noDemand,
    room: { hard: {}, free: {} },
    kubectl: [
      'kubectl -n ns-1 scale deployment/posthog-worker --replicas=2',
      'kubectl -n ns-1 set resources statefulset/posthog-kafka -c posthog-kafka --limits=memory=4Gi',
    ],
    isRecorded: true,
  }),
  then(0, {
    type: 'log-errors',
    component: 'worker',
    errors: { count: 12, alike: 9, message: 'connect ECONNREFUSED 10.96.0.12:5432' },
  }),
  then(0, { type: 'scaled', app: 'posthog', changes: [change], already: [], isSettled: true }),
  then(0, { type: 'scaled', app: 'posthog', changes: [change], already: [], isSettled: false }),
  then(0, { type: 'scaled', app: 'posthog', changes: [], already: ['worker'], isSettled: true }),
  then(0, { type: 'scaled', app: 'posthog', changes: [], already: ['worker', 'web'], isSettled: false }),
];

export const script: readonly Scripted[] = [
  then(0, {
    type: 'preflight',
    check: 'api',
    verdict: 'pass',
    message: (t) => t.install.preflight.api('1.28.3', 'ns-1'),
  }),
  then(200, {
    type: 'preflight',
    check: 'host',
    verdict: 'warn',
    message: (t) => t.install.preflight.hostUnresolved('posthog.example.com'),
    hint: (t) => t.install.preflight.hostUnresolvedHint(undefined),
  }),
  then(0, {
    type: 'preflight',
    check: 'storage',
    verdict: 'fail',
    message: (t) => t.install.preflight.storageMissing,
    hint: (t) => t.install.preflight.storageMissingHint,
  }),
  then(500, {
    type: 'plan',
    name: 'posthog',
    size: 'small',
    url: 'https://posthog.example.com',
    owner: undefined,
    objects: [
      plannedObject('Secret', 'posthog-env', 'same'),
      plannedObject('Cluster', 'posthog-pg', 'create'),
      plannedObject('Deployment', 'posthog-web', 'change'),
      plannedObject('Ingress', 'posthog', 'conflict', {
        conflicts: [{ manager: 'kubectl\u001b[2J', field: '.spec.rules' }],
      }),
    ],
    pods: 19,
    cpu: 15.2,
    memory: 39 * GiB,
    storage: 81 * GiB,
    isResumed: false,
    minutes: [25, 75],
  }),
  then(1_000, { type: 'note', message: (t) => t.install.lock.waiting('laptop (process 7)') }),
  then(0, { type: 'phase', phase: 'stores', state: 'running', elapsedMs: 0 }),
  then(0, { type: 'component', component: 'postgres', phase: 'stores', state: 'waiting', ready: 0, desired: 1 }),
  then(2_000, { type: 'component', component: 'postgres', phase: 'stores', state: 'running', ready: 0, desired: 1 }),
  then(9_000, { type: 'component', component: 'postgres', phase: 'stores', state: 'running', ready: 0, desired: 1 }),
  then(0, {
    type: 'cause',
    component: 'postgres',
    cause: {
      id: 'pulling',
      component: 'postgres',
      message: (t) => t.install.run.noCause,
      evidence: ['Pod/x'],
      fix: 'wait',
    },
  }),
  then(60_000, { type: 'component', component: 'postgres', phase: 'stores', state: 'ready', ready: 1, desired: 1 }),
  then(0, { type: 'cause', component: 'postgres', cause: undefined }),
  then(0, { type: 'phase', phase: 'stores', state: 'ready', elapsedMs: 71_000 }),
  then(1_000, { type: 'migration', done: 0, total: 1000, current: '0001_initial' }),
  then(1_000, { type: 'migration', done: 10, total: 1000, current: '0011_person' }),
  then(1_000, { type: 'migration', done: 50, total: 1000, current: '0051_event', etaMs: 3_000_000 }),
  then(5_000, { type: 'migration', done: 60, total: 1000, current: '0061_team', etaMs: 2_000_000 }),
  then(0, {
    type: 'cause',
    component: 'worker',
    cause: {
      id: 'redis-auth',
      component: 'worker',
      message: (t) => t.install.run.failed('worker', 'WRONGPASS'),
      evidence: ['Pod/posthog-worker-1: \u001b]0;owned\u0007WRONGPASS\nsecond line', '\u202eevil\u009b31m'],
      fix: 'secret-value',
    },
  }),
  then(0, {
    type: 'cause',
    component: 'web',
    cause: {
      id: 'image-missing',
      component: 'web',
      message: (t) => t.install.fix.mirror,
      evidence: [],
      fix: 'mirror',
    },
  }),
  then(0, {
    type: 'component',
    component: 'web',
    phase: 'app',
    state: 'failed',
    ready: 0,
    desired: 2,
    message: (t) => t.install.fix.restart('web'),
  }),
  then(3_600_000, { type: 'proof', hop: 'capture', ok: true, ms: 112.4, message: (t) => t.install.preflight.storage }),
  then(0, {
    type: 'proof',
    hop: 'city',
    ok: false,
    warning: true,
    ms: 2_000,
    message: (t) => t.install.preflight.domainUnknown,
    hint: (t) => t.install.preflight.domainHint,
  }),
  then(0, {
    type: 'proof',
    hop: 'public-capture',
    ok: false,
    ms: 600_000,
    message: (t) => t.install.preflight.hostTaken('posthog.example.com', 'other'),
    hint: (t) => t.install.preflight.hostTakenHint,
  }),
  then(1_000, {
    type: 'done',
    url: 'https://posthog.example.com',
    name: 'posthog',
    elapsedMs: 3_681_700.4,
    proven: false,
    message: (t) => t.install.done.noAdmin('https://posthog.example.com'),
  }),
  then(0, { type: 'done', url: 'https://posthog.example.com', name: 'posthog', elapsedMs: 1, proven: true }),
  ...measured,
  ...scaling,
];

export const failure = new UserError({
  code: 'proof-failed',
  exit: exitCodes.failed,
  say: (t) => t.install.proofFailed('public-capture\u001b[31m'),
  hint: (t) => t.install.proofFailedHint,
  object: 'Ingress/posthog\u009d',
});

/** Installs as far as they have come, told by the events that the use case tells. */
import { type ComponentView, emptyRun, follow, type RunView } from '../../source/console/screens/install/run.ts';
import { exitCodes, UserError } from '../../source/errors.ts';
import type { InstallEvent, PreflightEvent } from '../../source/install/events.ts';
import type { State } from '../../source/observe/types.ts';
import { components } from '../../source/stack/components.ts';
import type { ComponentId } from '../../source/stack/types.ts';
import { plannedObject } from './plan.ts';

const gib = 2 ** 30;
const url = 'https://posthog-1a2b3c4d.usw-1.example.app';

const told = (events: readonly (readonly [at: number, event: InstallEvent])[], from: RunView = emptyRun): RunView =>
  events.reduce((run, [at, event]) => follow(run, event, at), from);

const check = (name: string, verdict: PreflightEvent['verdict'], message: PreflightEvent['message']): InstallEvent => ({
  type: 'preflight',
  check: name,
  verdict,
  message,
  ...(verdict === 'pass' ? {} : { hint: (t) => t.install.preflight.domainHint }),
});

const fine: readonly InstallEvent[] = [
  check('api', 'pass', (t) => t.install.preflight.api('v1.34.4', 'ns-1a2b3c4d')),
  check('apis', 'pass', (t) => t.install.preflight.apis('0.9')),
  check('debt', 'pass', (t) => t.install.preflight.noDebt),
  check('name', 'pass', (t) => t.install.preflight.nameFree('posthog')),
  check('domain', 'pass', (t) => t.install.preflight.domain('usw-1.example.app')),
];

export const checking = told(fine.slice(0, 3).map((event) => [0, event]));

const refused = new UserError({
  code: 'preflight',
  exit: exitCodes.refused,
  say: (t) => t.install.preflightFailed('host'),
  hint: (t) => t.install.preflightFailedHint,
});

export const refusedRun: RunView = {
  ...told([
    ...fine.map((event) => [0, event] as const),
    [0, check('host', 'fail', (t) => t.install.preflight.domainUnknown)],
    [0, check('quota', 'warn', (t) => t.install.preflight.quotaLater)],
  ]),
  error: refused,
};

const plan: InstallEvent = {
  type: 'plan',
  name: 'posthog',
  size: 'small',
  url,
  owner: 'admin@posthog-1a2b3c4d.usw-1.example.app',
  objects: [
    ...components.map(({ kind, id }) => plannedObject(kind, `posthog-${id}`, 'create', { component: id })),
    plannedObject('Service', 'posthog', 'same'),
    plannedObject('Deployment', 'posthog-old', 'change'),
  ],
  pods: 17,
  cpu: 12.2,
  memory: 30.9 * gib,
  storage: 81 * gib,
  minutes: [25, 75],
  isResumed: false,
};

export const planned = told(fine.map((event) => [0, event] as const).concat([[0, plan]]));

export const warned = told([
  ...fine.map((event) => [0, event] as const),
  [0, check('quota', 'warn', (t) => t.install.preflight.quotaLater)],
  [0, plan],
]);

export const conflicting: RunView = {
  ...planned,
  plan: planned.plan && {
    ...planned.plan,
    objects: [
      plannedObject('Deployment', 'posthog-web', 'conflict', {
        conflicts: [{ manager: 'kubectl-edit', field: '.spec.replicas' }],
      }),
      ...planned.plan.objects,
    ],
  },
};

const part = (component: ComponentId, state: State, ready = state === 'ready' ? 1 : 0): InstallEvent => ({
  type: 'component',
  component,
  phase: (components.find(({ id }) => id === component) as (typeof components)[number]).phase,
  state,
  ready,
  desired: 1,
});
const phase = (id: 'stores' | 'queue' | 'app', state: State): InstallEvent => ({
  type: 'phase',
  phase: id,
  state,
  elapsedMs: 0,
});
const all = (state: State, ids: readonly ComponentId[]) => ids.map((id) => part(id, state));
const idsOf = (of: 'stores' | 'queue' | 'app') => components.filter(({ phase: own }) => own === of).map(({ id }) => id);

const begun: readonly (readonly [number, InstallEvent])[] = [
  ...(['stores', 'queue', 'app'] as const).flatMap((id) =>
    [phase(id, 'waiting'), ...all('waiting', idsOf(id))].map((event) => [0, event] as const),
  ),
  [0, phase('stores', 'running')],
  ...all('running', idsOf('stores')).map((event) => [0, event] as const),
];

export const starting = told(begun, planned);

const storesReady: readonly (readonly [number, InstallEvent])[] = [
  ...begun,
  ...[...all('ready', idsOf('stores')), phase('stores', 'ready')].map((event) => [130_000, event] as const),
  [130_000, phase('queue', 'running')],
  ...[...all('ready', idsOf('queue')), phase('queue', 'ready')].map((event) => [178_000, event] as const),
  [178_000, phase('app', 'running')],
  [180_000, part('db-init', 'ready')],
  [180_000, part('migrate', 'running')],
];

export const migrating = told(
  [
    ...storesReady,
    [900_000, { type: 'migration', done: 1206, total: 2662, current: 'posthog.0412_insight', etaMs: 840_000 }],
  ],
  planned,
);

export const broken = told(
  [
    ...storesReady,
    ...all('ready', ['migrate', 'personhog', 'property-defs']).map((event) => [1_800_000, event] as const),
    [1_800_000, part('web', 'running')],
    [1_800_000, part('plugins', 'running')],
    [
      1_830_000,
      {
        type: 'cause',
        component: 'web',
        cause: { id: 'starting', component: 'web', message: (t) => t.cause.starting('web'), evidence: [] },
      },
    ],
    [
      1_860_000,
      {
        type: 'cause',
        component: 'plugins',
        cause: {
          id: 'redis-auth',
          component: 'plugins',
          message: (t) => t.cause.redisAuth('plugins'),
          evidence: [
            'Pod/posthog-plugins-7c9f plugins: WRONGPASS invalid username-password pair',
            'Enough of this, I quit!\u001b[31m',
          ],
          fix: 'secret-value',
        },
      },
    ],
  ],
  planned,
);

const hop = (name: string, ms: number, message: (typeof fine)[number] & { type: 'preflight' }): InstallEvent => ({
  type: 'proof',
  hop: name,
  ok: true,
  ms,
  message: message.message,
});

export const proving: RunView = told(
  fine.map((event, index) => [0, hop(`hop-${index}`, 112 * (index + 1), event as never)] as const),
  planned,
);

export const unproven: RunView = {
  ...told(
    [
      [
        0,
        {
          type: 'proof',
          hop: 'capture',
          ok: false,
          ms: 30_000,
          message: (t) => t.install.preflight.domainUnknown,
          hint: (t) => t.install.preflight.domainHint,
        },
      ],
    ],
    proving,
  ),
  error: new UserError({
    code: 'proof-failed',
    exit: exitCodes.failed,
    say: (t) => t.install.proofFailed('capture'),
    hint: (t) => t.install.proofFailedHint,
  }),
};

export const done = told(
  [
    [
      0,
      {
        type: 'done',
        url,
        name: 'posthog',
        elapsedMs: 1_864_000,
        proven: true,
        isPasswordKept: true,
        projectKey: 'phc_example',
        message: (t) =>
          t.install.done.signInKept('admin@posthog-1a2b3c4d.usw-1.example.app', 'posthog-admin', 'ns-1a2b3c4d'),
      },
    ],
  ],
  proving,
);

export const allReady = told(
  (['stores', 'queue', 'app'] as const).flatMap((id) =>
    [...all('ready', idsOf(id)), phase(id, 'ready')].map((event) => [0, event] as const),
  ),
);

/** Scaled to 0, as wanted. */
export const oneStopped: RunView = {
  ...allReady,
  components: {
    ...allReady.components,
    'replay-capture': {
      ...(allReady.components['replay-capture'] as ComponentView),
      state: 'stopped',
      ready: 0,
      desired: 0,
    },
  },
};

/** One store is on its way. */
export const redisStarting: RunView = {
  ...allReady,
  components: {
    ...allReady.components,
    redis: { ...(allReady.components['redis'] as ComponentView), state: 'running', ready: 0 },
  },
};

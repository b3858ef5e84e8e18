/**
 * What speaks against a change, or is to be known of it, each with its reason and, where there is one, the way out. What
 * could not work refuses; what works, at a price or by all appearances, only warns. Pure.
 */
import { limitRangeProblems, shortagesOf } from '../../install/quota.ts';
import type { Say } from '../../messages/index.ts';
import { roomOf } from '../../observe/room.ts';
import { componentOf } from '../../stack/components.ts';
import type { Demand } from '../../stack/demand.ts';
import { connectionsWith, followingOf } from '../../stack/following.ts';
import { type JsonObject, manifests } from '../../stack/manifests.ts';
import { parseQuantity } from '../../stack/quantity.ts';
import type { ComponentId, KubeObject, SizeName } from '../../stack/types.ts';
import { gibibytes } from '../../text/bytes.ts';
import { type Currents, changesOf, isSame } from './change.ts';
import { costOf } from './cost.ts';
import type { Current, Rollout } from './current.ts';
import { kubectlFor } from './partitions.ts';
import type { Finding, Wanted, Wants } from './types.ts';

/** What is known of the place, beside the components. */
export interface Surroundings {
  readonly app: string;
  readonly namespace: string;
  /** Of an instance that this program made. */
  readonly size: SizeName | undefined;
  readonly quotas: readonly KubeObject[];
  /** What pods that are ending still hold of the quotas. */
  readonly ending: Demand;
  readonly ranges: readonly KubeObject[];
  /** Whether Sealos raises the quota by itself. */
  readonly enlarges: boolean;
  /** Partitions of each topic, as far as they are known. */
  readonly partitions: ReadonlyMap<string, number>;
  /** Seconds that each topic keeps what waits in it, as far as they are known. */
  readonly kept: ReadonlyMap<string, number>;
  /** Components that an autoscaler sets the replicas of. */
  readonly autoscaled: ReadonlySet<ComponentId>;
  readonly isMigrating: boolean;
  /** An install that has not come to its end. */
  readonly isUnfinished: boolean;
}

interface Scene extends Surroundings {
  readonly id: ComponentId;
  readonly wanted: Wanted;
  readonly current: Current;
}
type Told = Omit<Finding, 'component'>;
type Guard = (scene: Scene) => Told | undefined;

const refuse = (id: Finding['id'], message: Say, hint?: Say): Told => ({
  id,
  verdict: 'refuse',
  message,
  ...(hint ? { hint } : {}),
});

/** Those that nothing speaks against may be applied. What does not change anything is not judged. */
export function findingsOf(wants: Wants, currents: Currents, around: Surroundings): readonly Finding[] {
  const absent = [...wants.keys()].filter((id) => !currents.has(id));
  const changed = new Set(changesOf(wants, currents).map(({ component }) => component));
  const own = [...changed].flatMap((id, index) => {
    const scene = { ...around, id, wanted: wants.get(id) as Wanted, current: currents.get(id) as Current };
    // What is so of the whole is said once.
    const found = [...guards.map((guard) => guard(scene)), ...(index === 0 ? ofTheWhole(around) : [])];
    return found.flatMap((each) => (each ? [{ ...each, component: id }] : []));
  });
  return [
    ...absent.map(
      (component): Finding => ({ ...refuse('absent', (t) => t.scale.guards.absent(component)), component }),
    ),
    ...own,
    // What it would cost says nothing about what cannot be.
    ...(changed.size > 0 && !isImpossible(own)
      ? [...quota(wants, currents, around), ...connections(wants, currents)]
      : []),
  ];
}

export const isRefused = (findings: readonly Pick<Finding, 'verdict'>[]): boolean =>
  findings.some(({ verdict }) => verdict === 'refuse');

/** Whether it asks for what never could be. */
export const isImpossible = (findings: readonly Pick<Finding, 'id'>[]): boolean =>
  findings.some(({ id }) => id === 'fixed' || id === 'range' || id === 'partitions');

const fixed: Guard = ({ id, wanted, current }) => {
  const { scaling } = componentOf(id);
  if (!('fixed' in scaling) || wanted.replicas === undefined || wanted.replicas === current.replicas) return undefined;
  return refuse(
    'fixed',
    (t) => t.scale.guards.fixed(id, scaling.fixed),
    (t) => t.scale.guards.fixedHint(id),
  );
};

const range: Guard = ({ id, wanted: { replicas } }) => {
  const { scaling } = componentOf(id);
  if (replicas === undefined || !('max' in scaling) || replicas <= scaling.max) return undefined;
  return refuse('range', (t) => t.scale.guards.tooMany(id, scaling.max));
};

/** More readers than partitions of their topic would have nothing to read. */
const partitions: Guard = ({ id, wanted: { replicas }, partitions: known, app, namespace }) => {
  const { scaling } = componentOf(id);
  if (replicas === undefined || !('partitionsOf' in scaling)) return undefined;
  const { partitionsOf: topic } = scaling;
  const count = known.get(topic);
  if (count === undefined || replicas <= count) return undefined;
  const command = kubectlFor(app, namespace, { topic, count: replicas - count });
  return refuse(
    'partitions',
    (t) => t.scale.guards.partitions(id, topic, count),
    (t) => t.scale.guards.partitionsHint(command),
  );
};

/** Those that take what is sent from outside: what they do not take is nowhere. */
const doors: ReadonlySet<ComponentId> = new Set(['capture', 'replay-capture']);

/** What it means that nothing of it runs. */
const stopping: Guard = ({ id, wanted: { replicas }, kept }) => {
  const { scaling } = componentOf(id);
  if (replicas !== 0 || 'fixed' in scaling) return undefined;
  const keptS = 'partitionsOf' in scaling ? kept.get(scaling.partitionsOf) : undefined;
  return {
    id: doors.has(id) ? 'loses-events' : 'stops',
    verdict: 'warn',
    message: (t) =>
      'partitionsOf' in scaling ? t.scale.guards.unread(id, keptS && keptS / 3600) : t.scale.guards.stopped(id),
  };
};

/** Whether a change lets events be lost from the moment on when it is applied. */
export const losesEvents = (findings: readonly Pick<Finding, 'id'>[]): boolean =>
  findings.some(({ id }) => id === 'loses-events');

/** A store has one pod: while that is made anew, nobody can read or write there. */
const restarting: Guard = ({ id, wanted, current, size }) => {
  const { scaling } = componentOf(id);
  const { cpu, memory } = wanted;
  if (!('fixed' in scaling) || (cpu ?? memory) === undefined) return undefined;
  const isKnown = size !== undefined && memory !== undefined && current.memory !== '';
  const settings = (limit: string) => followingOf(id, manifests.sizes[size as SizeName][id] as JsonObject, limit);
  const before = isKnown ? settings(current.memory) : [];
  const moves = (isKnown ? settings(memory) : [])
    .map(({ setting, value }, index) => ({ setting, value, before: before[index]?.value ?? value }))
    .filter(({ setting, value, before }) =>
      setting === 'connections' ? value !== before : gibibytes(value) !== gibibytes(before),
    );
  return { id: 'restarts', verdict: 'warn', message: (t) => t.scale.guards.restarts(id, moves) };
};

/** Web and Celery processes take about so much each, in bytes (stack-spec B.4). */
const perProcess = 700e6;
const processVariables: Readonly<Partial<Record<ComponentId, string>>> = {
  web: 'GRANIAN_WORKERS',
  worker: 'WEB_CONCURRENCY',
};

const processes: Guard = ({ id, wanted: { memory }, current: { env } }) => {
  const count = Number(env.get(processVariables[id] ?? ''));
  if (memory === undefined || !(count > 0) || parseQuantity(memory) >= count * perProcess) return undefined;
  const least = `${Math.ceil((count * perProcess) / 2 ** 20)}Mi`;
  return refuse('processes', (t) => t.scale.guards.processes(id, count, least));
};

const limitRange: Guard = ({ id, wanted, current, ranges }) => {
  const { cpu = current.cpu, memory = current.memory } = wanted;
  const limits = { ...(cpu === '' ? {} : { cpu }), ...(memory === '' ? {} : { memory }) };
  const [problem] = limitRangeProblems(ranges, [{ name: id, limits }]);
  return (
    problem &&
    refuse('limit-range', (t) => t.scale.guards.limitRange(id, problem.resource, problem.limit, problem.bound))
  );
};

const autoscaler: Guard = ({ id, wanted, autoscaled }) =>
  wanted.replicas !== undefined && autoscaled.has(id)
    ? refuse(
        'autoscaler',
        (t) => t.scale.guards.autoscaler(id),
        (t) => t.scale.guards.autoscalerHint,
      )
    : undefined;

const paused: Guard = ({ id, current }) =>
  current.isPaused
    ? refuse(
        'paused',
        (t) => t.scale.guards.paused(id),
        (t) => t.scale.guards.pausedHint,
      )
    : undefined;

const rolling: Guard = ({ id, wanted, current }) => {
  const { rollout } = current;
  // What is wrong may be what is changed: too little memory, or more than there is room for.
  if (!rollout || rollout.isStuck || isWayBack(wanted, current, rollout)) return undefined;
  return refuse(
    'rolling',
    (t) => t.scale.guards.rolling(id),
    (t) => t.scale.guards.rollingHint,
  );
};

/** Whether it asks for no more replicas, and for CPU and memory as they are wanted now or as pods that are ready have them. */
function isWayBack({ replicas, cpu, memory }: Wanted, current: Current, { ready }: Rollout): boolean {
  const isAs = (pod: Pick<Current, 'cpu' | 'memory'>) =>
    isSame('cpu', pod.cpu, cpu ?? pod.cpu) && isSame('memory', pod.memory, memory ?? pod.memory);
  return (replicas ?? 0) <= current.replicas && [current, ...ready].some(isAs);
}

const guards: readonly Guard[] = [
  fixed,
  range,
  partitions,
  stopping,
  restarting,
  processes,
  limitRange,
  autoscaler,
  paused,
  rolling,
];

const ofTheWhole = ({ isMigrating, isUnfinished }: Surroundings): readonly Told[] => [
  ...(isMigrating ? [refuse('migrating', (t) => t.scale.guards.migrating)] : []),
  ...(isUnfinished
    ? [{ id: 'unfinished', verdict: 'warn', message: (t) => t.scale.guards.unfinished } satisfies Told]
    : []),
];

function quota(wants: Wants, currents: Currents, { quotas, ending, enlarges }: Surroundings): readonly Finding[] {
  const cost = costOf(wants, currents);
  const lasting = shortagesOf(roomOf(quotas, ending), cost.needed, 0, enlarges);
  const brief = shortagesOf(roomOf(quotas), cost.peak, 0, enlarges).filter(
    ({ dimension }) => !lasting.some((each) => each.dimension === dimension),
  );
  return [
    ...lasting.map(
      ({ dimension, needed, free, hard, days }): Finding => ({
        id: 'quota',
        // Nobody waits for days for a change.
        verdict: days === 1 ? 'warn' : 'refuse',
        message: (t) => t.scale.guards.quota(dimension, needed, Math.max(0, free), hard),
        hint: (t) => (days === 1 ? t.scale.guards.quotaHeals : t.scale.guards.quotaHint(days)),
      }),
    ),
    ...brief.map(
      ({ dimension, needed, free, hard }): Finding => ({
        id: 'quota',
        verdict: 'warn',
        message: (t) => t.scale.guards.quotaBrief(dimension, needed, Math.max(0, free), hard),
        hint: (t) => t.scale.guards.quotaBriefHint,
      }),
    ),
  ];
}

/** Connections to PostgreSQL that one pod may open (stack-spec B.8). */
const connectionsOf: Readonly<Partial<Record<ComponentId, number>>> = {
  plugins: 30,
  ingestion: 30,
  'replay-ingestion': 30,
  'recording-api': 30,
  'feature-flags': 20,
  personhog: 15,
  'property-defs': 10,
  web: 10,
  worker: 10,
};
function connections(wants: Wants, currents: Currents): readonly Finding[] {
  const postgres = currents.get('postgres');
  if (!postgres || postgres.memory === '') return [];
  const replicas = (id: ComponentId, isAfter: boolean) =>
    (isAfter ? wants.get(id)?.replicas : undefined) ?? currents.get(id)?.replicas ?? 0;
  const sum = (isAfter: boolean) =>
    (Object.entries(connectionsOf) as [ComponentId, number][]).reduce(
      (all, [id, each]) => all + each * replicas(id, isAfter),
      0,
    );
  const most = connectionsWith(wants.get('postgres')?.memory ?? postgres.memory);
  const needed = sum(true);
  // What is so already is not of this change.
  if (needed <= most || needed <= sum(false)) return [];
  return [
    {
      id: 'connections',
      verdict: 'warn',
      message: (t) => t.scale.guards.connections(needed, most),
      hint: (t) => t.scale.guards.connectionsHint,
    },
  ];
}

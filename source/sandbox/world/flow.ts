/**
 * Events in bulk: counters by partition instead of one object an event. What arrives is written to a topic, groups read at the
 * rate of their processors and partitions, and hand on; what they cannot read in time waits. Pure: a step gives new counters.
 */

export type Role =
  | 'web'
  | 'worker'
  | 'plugins'
  | 'ingestion'
  | 'replay-ingestion'
  | 'capture'
  | 'replay-capture'
  | 'property-defs'
  | 'clickhouse'
  | 'kafka'
  | 'postgres'
  | 'redis';

/** Totals since the beginning; fractions are kept, so that slow rates count, too. */
export interface Counters {
  /** By topic, partition by partition. */
  readonly written: Readonly<Record<string, readonly number[]>>;
  /** By group and topic: `group topic`. */
  readonly read: Readonly<Record<string, readonly number[]>>;
  /** By queue of Celery: tasks that wait. */
  readonly waiting: Readonly<Record<string, number>>;
}

export const noCounters: Counters = { written: {}, read: {}, waiting: {} };

export interface Around {
  /** Partitions of a topic; 0 when it is not there. */
  readonly partitions: (topic: string) => number;
  /** Processors of each ready replica. */
  readonly replicas: (role: Role) => readonly number[];
  /** In this step. */
  readonly events: number;
  readonly snapshots: number;
  /** Whether ClickHouse can write. */
  readonly isStoring: boolean;
}

export interface Reader {
  readonly role: Role;
  readonly group: string;
  readonly topic: string;
  /** Messages a second, at most. */
  readonly perCore: number;
  readonly perPartition: number;
  /** Topics that it writes to, and messages for each that it reads. */
  readonly makes: Readonly<Record<string, number>>;
}

export const eventTopic = 'events_plugin_ingestion';
export const snapshotTopic = 'session_recording_snapshot_item_events';
const processed = 'clickhouse_events_json';
const none = {};

/** Rates as a small pod of each has them; a partition is read by one at a time. */
export const readers: readonly Reader[] = [
  reader('ingestion', 'clickhouse-ingestion', eventTopic, 700, 600, { [processed]: 1, clickhouse_person: 0.05 }),
  reader('replay-ingestion', 'session-recordings-blob-v2', snapshotTopic, 300, 100, {
    clickhouse_session_replay_events: 0.2,
  }),
  reader('plugins', 'cdp-processed-events-consumer', processed, 6_000, 1_500, none),
  reader('property-defs', 'property-defs-rs', processed, 8_000, 2_000, none),
  reader('clickhouse', 'group1', processed, 10_000, 5_000, none),
  reader('clickhouse', 'group1', 'clickhouse_person', 10_000, 5_000, none),
  reader('clickhouse', 'group1', 'clickhouse_session_replay_events', 10_000, 5_000, none),
];

function reader(
  role: Role,
  group: string,
  topic: string,
  perCore: number,
  perPartition: number,
  makes: Reader['makes'],
): Reader {
  return { role, group, topic, perCore, perPartition, makes };
}

/** Tasks for each event, and those that come by themselves each second. */
const tasks = { perEvent: 0.02, perSecond: 1.5, perCore: 30 } as const;
const queueShares: Readonly<Record<string, number>> = {
  celery: 0.5,
  analytics_queries: 0.3,
  long_running: 0.1,
  stats: 0.06,
  email: 0.04,
};

export const readKey = (group: string, topic: string): string => `${group} ${topic}`;
const sum = (all: readonly number[]): number => all.reduce((total, each) => total + each, 0);

/** Messages that wait for a group, partition by partition. */
export function lagOf({ written, read }: Counters, group: string, topic: string): readonly number[] {
  const done = read[readKey(group, topic)] ?? [];
  return (written[topic] ?? []).map((count, partition) => count - (done[partition] ?? 0));
}

/** @returns the counters after `seconds`, and by role how much of what it can do it did, in [0, 1]. */
export function step(
  before: Counters,
  around: Around,
  seconds: number,
): { readonly counters: Counters; readonly load: Readonly<Partial<Record<Role, number>>> } {
  const written: Record<string, readonly number[]> = { ...before.written };
  const read: Record<string, readonly number[]> = { ...before.read };
  const load: Partial<Record<Role, number>> = {};
  const isUp = (role: Role) => around.replicas(role).length > 0;
  const broker = isUp('kafka');
  const write = (topic: string, count: number) => {
    const shares = sharesOf(topic, around.partitions(topic));
    if (count > 0 && shares.length > 0)
      written[topic] = shares.map((share, partition) => (written[topic]?.[partition] ?? 0) + count * share);
  };
  const busy = (role: Role, did: number, could: number) => {
    load[role] = Math.max(load[role] ?? 0, could > 0 ? Math.min(1, did / could) : 0);
  };
  if (broker && isUp('capture')) write(eventTopic, around.events);
  if (broker && isUp('replay-capture')) write(snapshotTopic, around.snapshots);
  busy('capture', around.events, capturePerCore * seconds * sum(around.replicas('capture')));
  for (const each of broker ? readers : []) {
    if (each.role === 'clickhouse' && !around.isStoring) continue;
    const cores = around.replicas(each.role);
    const waiting = lagOf({ ...before, written, read }, each.group, each.topic);
    const taken = takenOf(waiting, cores, each, seconds);
    const key = readKey(each.group, each.topic);
    if (sum(taken) > 0) read[key] = taken.map((count, partition) => (read[key]?.[partition] ?? 0) + count);
    for (const [topic, share] of Object.entries(each.makes)) write(topic, sum(taken) * share);
    busy(each.role, sum(taken), each.perCore * seconds * sum(cores));
  }
  const came = tasks.perEvent * around.events + (around.events > 0 ? tasks.perSecond * seconds : 0);
  const able = tasks.perCore * seconds * sum(around.replicas('worker'));
  const before_ = sum(Object.values(before.waiting));
  const left = Math.max(0, before_ + came - able);
  busy('worker', before_ + came - left, able);
  const waiting = Object.fromEntries(Object.entries(queueShares).map(([queue, share]) => [queue, left * share]));
  busy('web', around.events, webEventsPerCore * seconds * sum(around.replicas('web')));
  return { counters: { written, read, waiting }, load };
}
const capturePerCore = 8_000;
/** People who look at what is collected: the more events, the more of them. */
const webEventsPerCore = 1_500;

/** Partitions are never filled quite evenly: keys are not spread so. */
function sharesOf(topic: string, partitions: number): readonly number[] {
  const weights = Array.from({ length: partitions }, (_, partition) => 0.85 + 0.3 * hashed(`${topic} ${partition}`));
  return weights.map((weight) => weight / sum(weights));
}

/** In [0, 1), always the same for the same text (FNV-1a). */
export function hashed(text: string): number {
  let state = 0x811c9dc5;
  for (const letter of text) state = Math.imul(state ^ letter.charCodeAt(0), 0x01000193);
  return ((state ^ (state >>> 15)) >>> 0) / 2 ** 32;
}

/** What is read of each partition: members share partitions evenly, and each its processor among its own. */
function takenOf(waiting: readonly number[], cores: readonly number[], of: Reader, seconds: number): readonly number[] {
  const taken = waiting.map(() => 0);
  for (const [member, own] of cores.entries()) {
    const mine = waiting.flatMap((count, partition) =>
      partition % cores.length === member ? [{ count, partition }] : [],
    );
    let able = own * of.perCore * seconds;
    // The shortest first, so that what they do not need is left to the others.
    for (const [index, { count, partition }] of mine.sort((a, b) => a.count - b.count).entries()) {
      const took = Math.min(count, of.perPartition * seconds, able / (mine.length - index));
      taken[partition] = took;
      able -= took;
    }
  }
  return taken;
}

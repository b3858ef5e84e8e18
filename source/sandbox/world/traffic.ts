/** Who uses the product: how many events a second, by the hour of the day, with bursts; and what of it lies on the volumes. */
import { existsSync, readFileSync } from 'node:fs';
import * as v from 'valibot';
import type { Clock } from '../../context.ts';
import { bytesPerRow } from '../components/clickhouse-system.ts';
import { JournalError } from '../objects/journal.ts';
import { writeWhole } from './files.ts';
import { type Around, type Counters, hashed, noCounters, type Role, readKey, snapshotTopic, step } from './flow.ts';

export interface Traffic {
  /** Events a second over the day. */
  readonly rate: number;
  /** @param isSteady at every hour the same */
  setRate(perSecond: number, isSteady?: boolean): void;
  /** As if the site had been in use for so long, at its rate. */
  pastDays(days: number): Promise<void>;
  /** As if so many events had come at once. */
  arrive(events: number): Promise<void>;
  readonly counters: Counters;
  /** In [0, 1]. */
  load(role: Role): number;
  /** Rows in a table of ClickHouse. */
  rows(table: string): number;
  /** Of a role's own volume, in bytes. */
  stored(role: Role): number;
  /** In the bucket, in bytes. */
  recorded(): number;
  flush(): void;
}

const tickMs = 1_000;
const keepEveryTicks = 10;
const snapshotsPerEvent = 0.08;

/** Where ClickHouse puts what it reads of a topic. */
const tables: Readonly<Record<string, string>> = {
  events: 'clickhouse_events_json',
  person: 'clickhouse_person',
  session_replay_events: 'clickhouse_session_replay_events',
};

const mebibytes = 2 ** 20;
const bytes = { message: 650, snapshotStored: 9_000, person: 400 } as const;
/** The broker keeps so much of each topic (manifests/sizes/topics.yaml). */
const brokerKeeps = 3_500 * mebibytes;
const empty: Readonly<Partial<Record<Role, number>>> = { clickhouse: 620 * mebibytes, kafka: 90 * mebibytes };

const sum = (all: readonly number[] = []): number => all.reduce((total, each) => total + each, 0);

/** Of the mean: least at night, most in the afternoon, with a burst in one of twenty times of five minutes. */
export function shareAt(now: number): number {
  const hour = (now / 3_600_000) % 24;
  const window = Math.floor(now / 300_000);
  const burst = hashed(`burst ${window}`) < 0.05 ? 1.8 : 1;
  const noise = 0.95 + 0.1 * hashed(`noise ${Math.floor(now / 10_000)}`);
  return (1 - 0.55 * Math.cos(((hour - 3) / 24) * 2 * Math.PI)) * burst * noise;
}

export interface TrafficOptions {
  readonly clock: Clock;
  /** What stands around now; undefined while no broker answers. */
  readonly around: () => Promise<Omit<Around, 'events' | 'snapshots'> | undefined>;
  /** Called after each second. */
  readonly onTick: () => void;
  /** Where it is kept. */
  readonly file?: string;
  /** Ends it. */
  readonly signal?: AbortSignal | undefined;
}

/** @throws JournalError when what was kept cannot be used. */
export function createTraffic({ clock, around, onTick, file, signal }: TrafficOptions): Traffic {
  let { rate, isSteady, counters } = restoredTraffic(file);
  let load: Readonly<Partial<Record<Role, number>>> = {};
  let ticking = false;

  const flush = () => {
    if (file !== undefined && (rate > 0 || counters !== noCounters))
      writeWhole(file, JSON.stringify({ version: formatVersion, rate, isSteady, counters }));
  };
  const pass = async (seconds: number, events: number): Promise<void> => {
    const now = await around();
    if (!now) {
      load = {};
      return;
    }
    const after = step(counters, { ...now, events, snapshots: events * snapshotsPerEvent }, seconds);
    counters = after.counters;
    load = after.load;
  };
  const waits = () =>
    sum(Object.values(counters.waiting)) >= 1 ||
    Object.entries(counters.read).some(
      ([key, read]) => sum(counters.written[key.split(' ')[1] ?? '']) - sum(read) >= 1,
    );
  /** Time does not pass while nothing flows: an idle sandbox sleeps. */
  const tick = async (): Promise<void> => {
    if (ticking) return;
    ticking = true;
    for (let ticks = 1; !signal?.aborted && (rate > 0 || waits()); ticks++) {
      const since = clock.monotonic();
      await clock.sleep(tickMs, signal).catch(() => {});
      if (signal?.aborted) break;
      const seconds = Math.min(60, (clock.monotonic() - since) / 1000);
      await pass(seconds, rate * seconds * (isSteady ? 1 : shareAt(clock.now())));
      onTick();
      if (ticks % keepEveryTicks === 0) flush();
    }
    load = {};
    flush();
    ticking = false;
  };
  void tick();

  const read = (group: string, topic: string) => sum(counters.read[readKey(group, topic)]);
  return {
    get rate() {
      return rate;
    },
    setRate(perSecond, steady = false) {
      rate = perSecond;
      isSteady = steady;
      flush();
      void tick();
    },
    async pastDays(days) {
      const [hour, last] = [3_600, clock.now()];
      for (let left = days * 24; left > 0; left--) await pass(hour, rate * hour * shareAt(last - left * hour * 1000));
      await pass(hour, 0);
    },
    async arrive(events) {
      await pass(0, events);
      void tick();
    },
    get counters() {
      return counters;
    },
    load: (role) => load[role] ?? 0,
    rows: (table) => Math.floor(read('group1', tables[table] ?? '')),
    stored(role) {
      const base = empty[role] ?? 12 * mebibytes;
      if (role === 'clickhouse')
        return base + bytesPerRow * sum(Object.values(tables).map((topic) => read('group1', topic)));
      if (role === 'kafka')
        return (
          base + sum(Object.values(counters.written).map((each) => Math.min(brokerKeeps, sum(each) * bytes.message)))
        );
      return base + bytes.person * read('group1', 'clickhouse_person');
    },
    recorded: () => Math.floor(read('session-recordings-blob-v2', snapshotTopic) * bytes.snapshotStored),
    flush,
  };
}

const formatVersion = 1;
const keptSchema = v.object({
  version: v.literal(formatVersion),
  rate: v.number(),
  isSteady: v.optional(v.boolean(), false),
  counters: v.object({
    written: v.record(v.string(), v.array(v.number())),
    read: v.record(v.string(), v.array(v.number())),
    waiting: v.record(v.string(), v.number()),
  }),
});

/** @throws JournalError when the file is damaged or of a newer program; it is left as it is. */
export function restoredTraffic(file: string | undefined): Omit<
  v.InferOutput<typeof keptSchema>,
  'version' | 'counters'
> & {
  counters: Counters;
} {
  if (file === undefined || !existsSync(file)) return { rate: 0, isSteady: false, counters: noCounters };
  const text = readFileSync(file, 'utf8');
  const found = parsed(text) as { version?: unknown } | undefined;
  if (Number(found?.version) > formatVersion) throw new JournalError(file, 'newer');
  const result = v.safeParse(keptSchema, found);
  if (!result.success) throw new JournalError(file, 'damaged');
  return result.output;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * What no watch tells: what waits, CPU and memory, how full volumes are. Asked every five seconds, all sources at once, each
 * never twice at the same time; one that fails says why, is asked less often, and the others go on, as they do beside one
 * that keeps silent.
 */
import type { Cluster } from '../cluster/types.ts';
import type { Context } from '../context.ts';
import type { ComponentId } from '../stack/types.ts';
import { type Backlog, backlogs, type Look } from './backlog/backlog.ts';
import { type Fill, fillOf, type Space, type SpaceLook } from './fill.ts';
import { fresh, withLook } from './ring.ts';
import { brokerAsker } from './sources/broker.ts';
import { type ConsumerFault, clickhouseAsker } from './sources/clickhouse.ts';
import { askPostgres } from './sources/postgres.ts';
import { redisAsker } from './sources/redis.ts';
import { roundMs, type Source, source } from './sources/source.ts';
import type { Trouble } from './sources/trouble.ts';
import { silenceOf, type TaskLook, taskBacklog } from './tasks.ts';
import { type Use, useOf } from './use.ts';

/** Where figures come from; the name is for messages. */
export const sourceIds = ['broker', 'metrics', 'redis', 'clickhouse', 'postgres'] as const;
export type SourceId = (typeof sourceIds)[number];

export interface Measurements {
  /** Undefined until somebody has said what waits; for a while what was said last, when a source does not answer. */
  readonly backlog: ReadonlyMap<ComponentId, Backlog> | undefined;
  /** Undefined where the cluster does not tell it. */
  readonly use: ReadonlyMap<ComponentId, Use> | undefined;
  /** Of the stores that tell it; what they said last while they do not answer. */
  readonly volumes: ReadonlyMap<ComponentId, Fill>;
  /** Seconds since the worker's last sign of life; undefined while that is not known. */
  readonly silentS: number | undefined;
  /** ClickHouse's consumers that are in trouble; undefined while that is not known. */
  readonly consumers: readonly ConsumerFault[] | undefined;
  /** Why a source tells nothing now. */
  readonly troubles: ReadonlyMap<SourceId, Trouble>;
  /** How long each took to answer last, in milliseconds; of those that have been asked to the end. */
  readonly tookMs: ReadonlyMap<SourceId, number>;
}

/** So long a round waits for those who answer slowly. */
const briefMs = 2_000;
/** Of what changes slowly, or takes a command in a pod. */
const rarelyMs = 15_000;
/** Of what does both. */
const seldomMs = 60_000;

/** What is asked of a cluster for it. */
export type Measured = Pick<Cluster, 'proxied' | 'list' | 'get' | 'portForward' | 'exec'>;

/** Until the signal aborts: the figures at every round. */
export async function* measure(
  cluster: Measured,
  { clock }: Pick<Context, 'clock'>,
  app: string,
  signal: AbortSignal,
): AsyncGenerator<Measurements> {
  let looks: readonly Look[] = [];
  let tasks: readonly TaskLook[] = [];
  const spaces = new Map<ComponentId, readonly SpaceLook[]>();
  let use: ReadonlyMap<ComponentId, Use> | undefined;
  let consumers: readonly ConsumerFault[] | undefined;
  const seen = (id: ComponentId, space: Space | undefined) => {
    if (space) spaces.set(id, withLook(spaces.get(id) ?? [], { at: clock.monotonic(), ...space }));
  };
  const [askBroker, askClickHouse, redis] = [
    brokerAsker(cluster, app),
    clickhouseAsker(cluster, app),
    redisAsker(cluster, app),
  ];
  const sources: Readonly<Record<SourceId, Source>> = {
    broker: source(async (until) => {
      const { marks, disk, isCostly } = await askBroker(until);
      looks = withLook(looks, { at: clock.monotonic(), marks });
      seen('kafka', disk);
      return isCostly ? rarelyMs : undefined;
    }),
    metrics: source(async (until) => {
      const kind = { apiVersion: 'metrics.k8s.io/v1beta1', kind: 'PodMetrics' };
      use = useOf((await cluster.list(kind, { signal: until })).items, app);
      return undefined;
    }),
    redis: source(async (until) => {
      const state = await redis.ask(until);
      tasks = withLook(tasks, { at: clock.monotonic(), ...state });
      return redis.isCostly ? rarelyMs : undefined;
    }),
    clickhouse: source(async (until) => {
      const { disk, faults } = await askClickHouse(until);
      consumers = faults;
      seen('clickhouse', disk);
      return rarelyMs;
    }),
    postgres: source(async (until) => {
      seen('postgres', await askPostgres(cluster, app, until));
      return seldomMs;
    }),
  };
  const toldBy = <V>(each: (source: Source) => V | undefined): ReadonlyMap<SourceId, V> =>
    new Map(
      sourceIds.flatMap((id): readonly (readonly [SourceId, V])[] => {
        const value = each(sources[id]);
        return value === undefined ? [] : [[id, value]];
      }),
    );
  try {
    while (!signal.aborted) {
      const began = clock.monotonic();
      const answered = new AbortController();
      void Promise.all(sourceIds.map((id) => sources[id].ask(clock, signal))).then(() => answered.abort());
      // Who takes longer is told with the next round.
      await clock.sleep(briefMs, AbortSignal.any([signal, answered.signal])).catch(() => {});
      if (signal.aborted) return;
      const now = clock.monotonic();
      const troubles = toldBy(({ trouble }) => trouble(now));
      const [recent, waits] = [fresh(looks, now), taskBacklog(fresh(tasks, now))];
      const isKnown = recent.length > 0 || waits !== undefined;
      yield {
        backlog: isKnown
          ? new Map([...backlogs(recent), ...(waits ? [[waits.component, waits] as const] : [])])
          : undefined,
        use: troubles.has('metrics') ? undefined : use,
        volumes: new Map(
          [...spaces].flatMap(([id, each]): readonly (readonly [ComponentId, Fill])[] => {
            const fill = fillOf(each);
            return fill ? [[id, fill]] : [];
          }),
        ),
        silentS: troubles.has('redis') ? undefined : silenceOf(tasks),
        consumers: troubles.has('clickhouse') ? undefined : consumers,
        troubles,
        tookMs: toldBy(({ tookMs }) => tookMs),
      };
      await clock.sleep(Math.max(0, roundMs - (clock.monotonic() - began)), signal).catch(() => {});
    }
  } finally {
    redis.close();
  }
}

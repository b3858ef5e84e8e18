/** The numbers beside a component: what of the snapshot and what of the measurements belongs to it. Pure. */
import { parseQuantity } from '../stack/quantity.ts';
import type { ComponentId, KubeObject } from '../stack/types.ts';
import type { Backlog } from './backlog/backlog.ts';
import type { Fill } from './fill.ts';
import { containersOf, isOver, mainObject, podsOf, restartsOf } from './lookups.ts';
import type { Measurements } from './measure.ts';
import type { ConsumerFault } from './sources/clickhouse.ts';
import type { Snapshot } from './types.ts';

/** What is used of what may be used; cores or bytes. */
export interface Share {
  readonly used: number;
  /** Undefined: nothing stops it. */
  readonly limit: number | undefined;
}

export interface Figures {
  readonly restarts: number;
  /** Epoch milliseconds of the last restart, when it is known. */
  readonly restartedAt: number | undefined;
  readonly cpu: Share | undefined;
  readonly memory: Share | undefined;
  /** What its pods may take at most, where what they use is not told. */
  readonly bounds?: { readonly cpu: number | undefined; readonly memory: number | undefined } | undefined;
  readonly backlog: Backlog | undefined;
  /** How full its volume is, where somebody tells it; of the bucket, its share of the namespace's quota. */
  readonly volume?: Fill | undefined;
  /** Of the worker: seconds since its last sign of life; undefined while that is not known. */
  readonly silentS?: number | undefined;
  /** Of ClickHouse: its consumers that are in trouble; undefined while that is not known. */
  readonly consumers?: readonly ConsumerFault[] | undefined;
}

export function figuresOf(
  ids: readonly ComponentId[],
  snapshot: Snapshot,
  measured: Measurements | undefined,
): ReadonlyMap<ComponentId, Figures> {
  return new Map(
    ids.map((id) => {
      const pods = podsOf(id, snapshot);
      const running = pods.filter((pod) => !isOver(pod));
      const use = measured?.use?.get(id);
      const share = (used: number | undefined, resource: string): Share | undefined =>
        used === undefined ? undefined : { used, limit: limitOf(running, resource) };
      const ends = pods
        .flatMap(containersOf)
        .flatMap(({ lastState }) => Date.parse(lastState?.terminated?.finishedAt ?? '') || []);
      const figures: Figures = {
        restarts: restartsOf(pods),
        restartedAt: ends.length > 0 ? Math.max(...ends) : undefined,
        cpu: share(use?.cpu, 'cpu'),
        memory: share(use?.memory, 'memory'),
        bounds:
          measured && !measured.use && running.length > 0
            ? { cpu: limitOf(running, 'cpu'), memory: limitOf(running, 'memory') }
            : undefined,
        backlog: measured?.backlog?.get(id),
        volume: id === 'bucket' ? bucketFill(snapshot) : measured?.volumes.get(id),
        silentS: id === 'worker' ? measured?.silentS : undefined,
        consumers: id === 'clickhouse' ? measured?.consumers : undefined,
      };
      return [id, figures];
    }),
  );
}

/** Of all containers of these pods together; undefined when one of them has none. */
function limitOf(pods: readonly KubeObject[], resource: string): number | undefined {
  let sum = 0;
  for (const pod of pods) {
    const { containers = [] } = (pod['spec'] ?? {}) as {
      readonly containers?: readonly { readonly resources?: { readonly limits?: Readonly<Record<string, string>> } }[];
    };
    for (const { resources } of containers) {
      const limit = resources?.limits?.[resource];
      if (limit === undefined) return undefined;
      sum += parseQuantity(limit);
    }
  }
  return sum;
}

/** As the platform has counted it last; its trend is not known. Undefined where nothing limits it (sealos-platform 4.2, 5.3). */
function bucketFill(snapshot: Snapshot): Fill | undefined {
  const { size: used } = (mainObject('bucket', snapshot)?.['status'] ?? {}) as { readonly size?: number };
  const quotas = snapshot.objects.ResourceQuota.flatMap((quota) => {
    const { hard = {} } = (quota['status'] ?? {}) as { readonly hard?: Readonly<Record<string, string>> };
    return hard['objectstorage/size'] ?? [];
  });
  const size = Math.min(...quotas.map(parseQuantity));
  return used === undefined || !Number.isFinite(size) || size <= 0 ? undefined : { used, size, fullInS: undefined };
}

/** So much of what may be used is all of it. */
const nearlyAll = 0.9;

export const isUsedUp = (share: Share | undefined): boolean =>
  share?.limit !== undefined && share.used > nearlyAll * share.limit;

/** From this share of the time on that a topic keeps them, events are about to be lost. */
const nearlyDropped = 0.8;

/** Whether the oldest events that wait are dropped before long, unread. @param kept seconds, by topic */
export function isDropping({ topics }: Backlog, kept: ReadonlyMap<string, number>): boolean {
  return topics.some(
    ({ topic, waiting, oldestS = 0 }) =>
      waiting > 0 && oldestS > nearlyDropped * (kept.get(topic) ?? Number.POSITIVE_INFINITY),
  );
}

/** Events that have waited for longer are no matter of batches any more, in seconds. */
const lateS = 300;

/** So many tasks are no burst any more (stack-spec I, rule 1). */
const manyTasks = 1_000;

/** Whether nothing waits but what is on its way anyhow. */
export const isEmptied = ({ waiting, emptyInS }: Pick<Backlog, 'waiting' | 'emptyInS'>): boolean =>
  waiting === 0 || emptyInS === 0;

/** Whether a component does not keep up: what waits does not get less, or has waited for long. */
export function isBehind({ waiting, emptyInS, oldestS, tasks }: Backlog): boolean {
  if (tasks) return waiting >= manyTasks && emptyInS === 'never';
  return waiting > 0 && (emptyInS === 'never' || (emptyInS !== 0 && (oldestS ?? 0) > lateS));
}

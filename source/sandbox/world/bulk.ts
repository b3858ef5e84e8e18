/** What containers see of the traffic: offsets, rows, and how full their volumes are. */
import { parseQuantity } from '../../stack/quantity.ts';
import type { Bulk } from '../components/host.ts';
import { kindOf } from '../schema/index.ts';
import type { ContainerRun, Kind, Store } from '../types.ts';
import { type Around, type Role, readKey } from './flow.ts';
import type { Network } from './network.ts';
import type { Running } from './processes.ts';
import { isReady, limitOf } from './roles.ts';
import type { Traffic } from './traffic.ts';
import type { Troubles } from './troubles.ts';

const claims = kindOf('v1', 'PersistentVolumeClaim') as Kind;
/** Of a volume that is called full. */
const fullShare = 0.995;

export function bulkFor(store: Store, traffic: Traffic, troubles: Readonly<Troubles>) {
  return ({ pod, volumes }: ContainerRun, role: Role | undefined): Bulk => {
    const own = volumes.find(({ persistent }) => persistent)?.id.split('/')[0];
    const written: Bulk['written'] = (topic, partition) =>
      Math.floor(traffic.counters.written[topic]?.[partition] ?? 0);
    return {
      written,
      read(group, topic, partition) {
        const read = traffic.counters.read[readKey(group, topic)]?.[partition];
        // Sums of fractions may be a hair beyond.
        return read === undefined ? undefined : Math.min(Math.floor(read), written(topic, partition));
      },
      rows: traffic.rows,
      disk() {
        const claim = store.list(claims, pod.metadata.namespace).find(({ metadata }) => metadata.uid === own);
        const { capacity } = (claim?.status ?? {}) as { readonly capacity?: { readonly storage?: string } };
        if (capacity?.storage === undefined) return undefined;
        const size = parseQuantity(capacity.storage);
        const isFull = role === 'clickhouse' && troubles.clickhouseDiskFull;
        return {
          size,
          used: isFull ? size * fullShare : Math.min(size, role === undefined ? 0 : traffic.stored(role)),
        };
      },
    };
  };
}

/** What stands around the traffic now; undefined while no broker answers. */
export async function aroundNow(
  running: readonly Running[],
  store: Store,
  network: Network,
  troubles: Readonly<Troubles>,
): Promise<Omit<Around, 'events' | 'snapshots'> | undefined> {
  const cores = new Map<Role, number[]>();
  for (const { run, role } of running)
    if (role !== undefined && isReady(store, run))
      cores.set(role, [...(cores.get(role) ?? []), limitOf(run, 'cpu', '1')]);
  const broker = running.find(({ role }) => role === 'kafka');
  const topics = (await network
    .at(broker?.run.ip ?? '', 9092)
    ?.conversation?.({ ask: 'topics' })
    .catch(() => undefined)) as readonly { name: string; partitions: number }[] | undefined;
  if (!topics) return undefined;
  const partitions = new Map(topics.map((topic) => [topic.name, topic.partitions]));
  return {
    partitions: (topic) => partitions.get(topic) ?? 0,
    replicas: (role) => cores.get(role) ?? [],
    isStoring: troubles.clickhouseDiskFull !== true,
  };
}

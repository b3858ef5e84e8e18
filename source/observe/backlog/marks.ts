/**
 * How far every topic is written and every consumer group has read, out of the broker's `/public_metrics`
 * (posthog-stack 4.3): `redpanda_kafka_max_offset` is the high-water mark of a partition, the committed offset is
 * the next one to read. A group that never committed is absent, not zero.
 */

type Partitions = ReadonlyMap<string, number>;

export interface Marks {
  /** Topic -> partition -> high-water mark. */
  readonly topics: ReadonlyMap<string, Partitions>;
  /** Group -> topic -> partition -> committed offset. */
  readonly groups: ReadonlyMap<string, ReadonlyMap<string, Partitions>>;
  /** Group -> how many read in it, where it is told. */
  readonly members: ReadonlyMap<string, number>;
}

const highWater = 'redpanda_kafka_max_offset';
const committed = 'redpanda_kafka_consumer_group_committed_offset';
const consumers = 'redpanda_kafka_consumer_group_consumers';
const line = new RegExp(`^(${highWater}|${committed}|${consumers})\\{([^}]*)\\}\\s+(\\S+)`);

/** Marks out of Prometheus text; whatever else stands there is left alone. */
export function parseMarks(text: string): Marks {
  const topics = new Map<string, Map<string, number>>();
  const groups = new Map<string, Map<string, Map<string, number>>>();
  const members = new Map<string, number>();
  const own = copies();
  for (const row of text.split('\n')) {
    const [, name, labelText, value] = row.match(line) ?? [];
    if (name === undefined || labelText === undefined) continue;
    const labels = Object.fromEntries(
      [...labelText.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, inner]) => [key, inner]),
    );
    const {
      redpanda_namespace: namespace = 'kafka',
      redpanda_group: group = '',
      redpanda_topic: topic = '',
      redpanda_partition: partition = '',
    } = labels;
    // A broker that starts may say `nan`, or that nothing is there yet.
    if (namespace !== 'kafka' || !/^\d+(\.\d+)?(e\+?\d+)?$/.test(value ?? '')) continue;
    const count = Math.round(Number(value));
    if (name === consumers) members.set(own(group), count);
    else inside(name === highWater ? topics : inside(groups, own(group)), own(topic)).set(own(partition), count);
  }
  return { topics, groups, members };
}

/** A name that is cut out of a text keeps all of it in memory (V8's sliced strings), and marks are kept for half an hour. */
export function copies(): (name: string) => string {
  const made = new Map<string, string>();
  return (name) => {
    const copy = made.get(name) ?? Buffer.from(name).toString();
    made.set(copy, copy);
    return copy;
  };
}

/** What stands under a key, made when it is missing. */
export function inside<V>(map: Map<string, Map<string, V>>, key: string): Map<string, V> {
  const found = map.get(key) ?? new Map<string, V>();
  map.set(key, found);
  return found;
}

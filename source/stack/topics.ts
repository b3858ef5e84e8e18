/** The queue's topics by size, as `manifests/sizes/topics.yaml` has them (stack-spec D.2). */
import type { Json, SizeName } from './types.ts';

/** One topic as a size makes it. Retention and segments are those of each partition. */
export interface Topic {
  readonly name: string;
  readonly partitions: number;
  readonly retentionMs: number;
  readonly retentionBytes: number;
  readonly segmentBytes: number;
}

type BySize<T> = Readonly<Record<SizeName, T>>;

interface TopicFile {
  /** MiB of one partition: retention, segment. */
  readonly bytes: Readonly<Record<string, BySize<readonly [number, number]>>>;
  readonly groups: readonly {
    readonly name: string;
    readonly bytes: string;
    readonly partitions: BySize<number>;
    readonly hours: BySize<number>;
    readonly topics: readonly string[];
  }[];
}

const mebibyte = 2 ** 20;
const hour = 3_600_000;

/**
 * Every topic of a size, in the order of the file.
 * Throws a RangeError when the file leaves a size out, names unknown bytes, or has a topic twice.
 */
export function topicsOf(size: SizeName, file: Json): readonly Topic[] {
  const { bytes, groups } = file as unknown as TopicFile;
  const topics = groups.flatMap((group) => {
    const [retention, segment] = bytes[group.bytes]?.[size] ?? [];
    const partitions = group.partitions[size];
    const hours = group.hours[size];
    if (!retention || !segment || !partitions || !hours)
      throw new RangeError(`topics "${group.name}" have no numbers for ${size}`);
    return group.topics.map((name) => ({
      name,
      partitions,
      retentionMs: hours * hour,
      retentionBytes: retention * mebibyte,
      segmentBytes: segment * mebibyte,
    }));
  });
  const seen = new Set<string>();
  for (const { name } of topics) {
    if (seen.has(name)) throw new RangeError(`topic ${name} stands twice`);
    seen.add(name);
  }
  return topics;
}

/** What the topics Job reads: a line a topic, `name partitions retention.ms retention.bytes segment.bytes`. */
export function topicTable(size: SizeName, file: Json): string {
  return topicsOf(size, file)
    .map(
      (topic) =>
        `${topic.name} ${topic.partitions} ${topic.retentionMs} ${topic.retentionBytes} ${topic.segmentBytes}\n`,
    )
    .join('');
}

/** The most bytes that topics can hold on the broker's disk: every partition at its retention plus the segment it writes. */
export function largestBacklogBytes(topics: readonly Topic[]): number {
  return topics.reduce((sum, topic) => sum + topic.partitions * (topic.retentionBytes + topic.segmentBytes), 0);
}

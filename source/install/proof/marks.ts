/** What has happened to our event, by how far topics are written and groups have read. */
import type { Marks } from '../../observe/backlog/marks.ts';

/** How many messages were written to a topic between two looks. */
export function grown(topic: string, before: Marks, after: Marks): number {
  return [...(after.topics.get(topic) ?? [])].reduce(
    (sum, [partition, mark]) => sum + Math.max(0, mark - markOf(before, topic, partition)),
    0,
  );
}

/**
 * How many messages a group has still to read until it has read what was written between two looks: counted in the
 * partitions that grew, because nothing says which of them took ours. Everything when it never committed there.
 */
export function behind(group: string, topic: string, before: Marks, after: Marks, now: Marks): number {
  const read = now.groups.get(group)?.get(topic);
  return [...(after.topics.get(topic) ?? [])]
    .filter(([partition, mark]) => mark > markOf(before, topic, partition))
    .reduce(
      (sum, [partition, mark]) => sum + Math.max(0, mark - (read?.get(partition) ?? markOf(before, topic, partition))),
      0,
    );
}

/** Groups that have committed something in a topic. */
export function readersOf(topic: string, marks: Marks): readonly string[] {
  return [...marks.groups].filter(([, byTopic]) => byTopic.has(topic)).map(([group]) => group);
}

function markOf(marks: Marks, topic: string, partition: string): number {
  return marks.topics.get(topic)?.get(partition) ?? 0;
}

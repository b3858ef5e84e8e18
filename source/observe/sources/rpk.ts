/** Marks out of what `rpk group describe` prints: a heading and a table for each group (posthog-stack 4.3). Pure. */
import { copies, inside, type Marks } from '../backlog/marks.ts';

/** Topics that no group has read are not in it. `-` where nothing was committed yet: as absent as in the metrics. */
export function parseGroups(text: string): Marks {
  const topics = new Map<string, Map<string, number>>();
  const groups = new Map<string, Map<string, Map<string, number>>>();
  const members = new Map<string, number>();
  const own = copies();
  let group = '';
  let columns: readonly string[] = [];
  for (const line of text.split('\n')) {
    const words = line.trim().split(/\s+/);
    if (words[0] === 'GROUP' && words.length === 2) [group, columns] = [own(words[1] as string), []];
    else if (words[0] === 'MEMBERS' && /^\d+$/.test(words[1] ?? '')) members.set(group, Number(words[1]));
    else if (words[0] === 'TOPIC' && words[1] === 'PARTITION') columns = words;
    else if (words.length >= 5 && columns.length > 0) {
      const cell = (name: string) => words[columns.indexOf(name)] ?? '';
      const [topic, partition] = [own(cell('TOPIC')), own(cell('PARTITION'))];
      const [read, end] = [Number(cell('CURRENT-OFFSET')), Number(cell('LOG-END-OFFSET'))];
      if (!/^\d+$/.test(partition) || Number.isNaN(end)) continue;
      inside(topics, topic).set(partition, Math.max(end, topics.get(topic)?.get(partition) ?? 0));
      if (!Number.isNaN(read)) inside(inside(groups, group), topic).set(partition, read);
    }
  }
  return { topics, groups, members };
}

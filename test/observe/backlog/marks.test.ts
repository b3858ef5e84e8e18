/** Marks are kept for half an hour; the text they come from is not. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { parseMarks } from '../../../source/observe/backlog/marks.ts';
import { parseGroups } from '../../../source/observe/sources/rpk.ts';

const topic = 'a_topic_whose_name_is_long_enough_to_be_cut_out';
const metric = `redpanda_kafka_consumer_group_consumers{redpanda_group="${topic}"} 3
redpanda_kafka_max_offset{redpanda_topic="${topic}",redpanda_partition="0"} 7`;
const table = `GROUP ${topic}\nMEMBERS 3\n\nTOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG\n${topic} 0 5 7 2`;

test.each([
  ['metrics', parseMarks, metric],
  ['a table of rpk', parseGroups, table],
])('what is kept of %s does not keep the text', (_, parse, said) => {
  const textOf = (number: number) => Buffer.from(`# ${String(number).padEnd(1_000_000, '.')}\n${said}\n`).toString();
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  const before = process.memoryUsage().heapUsed;
  const kept = Array.from({ length: 30 }, (_, number) => parse(textOf(number)));
  collect();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(10e6);
  expect(kept.at(-1)?.topics.get(topic)?.get('0')).toBe(7);
  expect(kept.at(-1)?.members.get(topic)).toBe(3);
});

/** More partitions, by the broker's own program. */
import { expect, test } from 'vitest';
import type { Cluster, ExecResult } from '../../../source/cluster/types.ts';
import { dictionaries } from '../../../source/messages/index.ts';
import { addPartitions, kubectlFor } from '../../../source/operate/scale/partitions.ts';

const more = { topic: 'events_plugin_ingestion', count: 2 };
const words = 'rpk topic add-partitions events_plugin_ingestion --num 2 -X brokers=posthog-kafka:9092';
const signal = new AbortController().signal;

const asking = async (answer: Partial<ExecResult>) => {
  const asked: string[] = [];
  const cluster = {
    exec: async (pod: string, command: readonly string[]) => {
      asked.push(`${pod}: ${command.join(' ')}`);
      return { exitCode: 0, stdout: '', stderr: '', ...answer };
    },
  } as unknown as Cluster;
  await addPartitions(cluster, 'posthog', more, signal);
  return asked;
};

test('the broker is asked in its own pod', async () => {
  expect(await asking({ stdout: 'TOPIC                    STATUS\nevents_plugin_ingestion  OK\n' })).toEqual([
    `posthog-kafka-0: ${words}`,
  ]);
  expect(kubectlFor('posthog', 'ns-a', more)).toBe(`kubectl -n ns-a exec posthog-kafka-0 -- ${words}`);
});

// As rpk of Redpanda 24 says it.
test.each([
  [
    { stdout: 'TOPIC                    STATUS\nevents_plugin_ingestion  UNKNOWN_TOPIC_OR_PARTITION: no such topic\n' },
    'UNKNOWN_TOPIC',
  ],
  [{ exitCode: 1, stderr: 'unable to dial: connection refused' }, 'connection refused'],
])('what it refuses is said: %j', async (answer, said) => {
  const error = (await asking(answer).catch((thrown: unknown) => thrown)) as { say: (t: unknown) => string };
  expect(error.say(dictionaries.en)).toContain(said);
});

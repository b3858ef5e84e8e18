/** Rounds of questions to sources that answer, fail and keep silent. */
import { expect, onTestFinished, test } from 'vitest';
import { ApiError } from '../../source/cluster/index.ts';
import type { Cluster } from '../../source/cluster/types.ts';
import { type Measurements, measure } from '../../source/observe/measure.ts';
import { useOf } from '../../source/observe/use.ts';
import { settle, TestClock } from '../support/test-clock.ts';

const marks = (end: number, read: number) => `# TYPE redpanda_kafka_max_offset gauge
redpanda_kafka_max_offset{redpanda_namespace="kafka",redpanda_partition="0",redpanda_topic="events_plugin_ingestion"} ${end}.000000
redpanda_kafka_consumer_group_committed_offset{redpanda_group="clickhouse-ingestion",redpanda_partition="0",redpanda_topic="events_plugin_ingestion"} ${read}.000000
`;

/** As metrics-server 0.7 writes it, beside the labels that it copies from the pod since 0.5. */
const metricsOf = (name: string, labels: Readonly<Record<string, string>>, cpu: string, memory: string) => ({
  apiVersion: 'metrics.k8s.io/v1beta1',
  kind: 'PodMetrics',
  metadata: { name, labels },
  containers: [{ name: 'posthog', usage: { cpu, memory } }],
});

function measuring() {
  const clock = new TestClock();
  const stop = new AbortController();
  onTestFinished(() => stop.abort(new Error('over')));
  const asked: string[] = [];
  const answers = {
    broker: async (_: AbortSignal) => marks(100, 40),
    metrics: async (_: AbortSignal) => [metricsOf('posthog-7c9f8d6b5-x2k4p', {}, '250m', '512Mi')] as const,
  };
  const cluster = {
    proxied: (pod: string, port: number, path: string, { signal }: { signal: AbortSignal }) => {
      asked.push(`${pod}:${port}${path}`);
      return answers.broker(signal);
    },
    list: async ({ kind }: { kind: string }, { signal }: { signal: AbortSignal }) => {
      asked.push(kind);
      return { resourceVersion: '', items: await answers.metrics(signal) };
    },
  } as unknown as Cluster;
  const rounds: Measurements[] = [];
  const reading = (async () => {
    for await (const round of measure(cluster, { clock }, 'posthog', stop.signal)) rounds.push(round);
  })();
  return { clock, stop, asked, answers, rounds, reading };
}

test('every five seconds both are asked, and what they say is told', async () => {
  const { clock, asked, rounds, answers } = measuring();
  await settle();
  expect(asked).toEqual(['posthog-kafka-0:9644/public_metrics', 'PodMetrics']);
  answers.broker = async () => marks(200, 140);
  await clock.pass(5_000);
  expect(rounds).toHaveLength(2);
  expect(rounds[1]?.backlog?.get('ingestion')).toMatchObject({ waiting: 60, inPerS: 20, outPerS: 20 });
  expect(rounds[1]?.use?.get('web')).toEqual({ cpu: 0.25, memory: 512 * 2 ** 20 });
  expect(rounds[1]?.troubles.size).toBe(0);
});

test('a source that fails says why and is asked less often; the other goes on', async () => {
  const { clock, asked, rounds, answers } = measuring();
  await settle();
  answers.broker = async () => {
    throw new ApiError({ code: 403, message: 'no' });
  };
  await clock.pass(60_000);
  expect(rounds.at(-1)?.troubles.get('broker')).toMatchObject({ code: 403 });
  expect(rounds.at(-1)?.backlog?.get('ingestion')?.waiting).toBe(60);
  expect(asked.filter((each) => each === 'PodMetrics')).toHaveLength(13);
  expect(asked.filter((each) => each !== 'PodMetrics').length).toBeLessThan(6);
  answers.broker = async () => marks(100, 100);
  await clock.pass(60_000);
  expect(rounds.at(-1)?.troubles.size).toBe(0);
  expect(rounds.at(-1)?.backlog?.get('ingestion')?.waiting).toBe(0);
});

test('one that keeps silent is left after ten seconds, and never asked twice at once', async () => {
  const { clock, asked, rounds, answers } = measuring();
  answers.metrics = (signal) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
  await clock.pass(9_000);
  expect([rounds.length, asked.length]).toEqual([1, 4]);
  await clock.pass(10_000);
  expect(rounds.at(-1)?.troubles.get('metrics')).toMatchObject({ fault: 'timeout' });
  expect(rounds.at(-1)?.use).toBeUndefined();
});

test('ends with its signal', async () => {
  const { clock, stop, reading } = measuring();
  await settle();
  stop.abort(new Error('enough'));
  await clock.pass(1);
  await reading;
});

test('what pods use is summed by component, by label or name', () => {
  const component = (id: string) => ({ 'posthog-sealos/component': id });
  const found = useOf(
    [
      metricsOf('a', component('web'), '122160150n', '2106590Ki'),
      metricsOf('b', component('web'), '1', '1Gi'),
      metricsOf('posthog-redis-redis-0', {}, '10m', '44Mi'),
      metricsOf('somebody-elses', {}, '9', '9Gi'),
    ],
    'posthog',
  );
  expect([...found.keys()]).toEqual(['web', 'redis']);
  expect(found.get('web')?.cpu).toBeCloseTo(1.12216015);
  expect(found.get('web')?.memory).toBe(2106590 * 1024 + 2 ** 30);
});

/** Rounds of questions to sources that answer, fail and keep silent. */
import { Duplex } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { ApiError } from '../../source/cluster/index.ts';
import type { Cluster, ListOptions } from '../../source/cluster/types.ts';
import { type Measurements, measure } from '../../source/observe/measure.ts';
import { useOf } from '../../source/observe/use.ts';
import { componentOf } from '../../source/stack/components.ts';
import { settle, TestClock } from '../support/test-clock.ts';

const queues = componentOf('worker').queues;
/** Redis as it answers in its protocol: a heartbeat of twelve seconds ago, and tasks in one queue. */
const redisWith = (waiting: number) =>
  new Duplex({
    read() {},
    write(asked: Buffer, _, done) {
      const beat = '*2\r\n$10\r\n1764525850\r\n$1\r\n0\r\n$10\r\n1764525838\r\n';
      const auth = asked.includes('AUTH') ? '+OK\r\n' : '';
      this.push(`${auth}${beat}${queues.map((_, index) => `:${index === 0 ? waiting : 0}\r\n`).join('')}`);
      done();
    },
  });
const pg = 'posthog-pg-postgresql-0';
const capacity = { storage: '10Gi' };
const readyPod = (name: string) => ({
  metadata: { name },
  status: { conditions: [{ type: 'Ready', status: 'True' }] },
});
const disk = '{"free_space":1000,"total_space":4000}\n';

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
  /** What is asked of Redis and ClickHouse. */
  const others: string[] = [];
  const answers = {
    broker: async (_: AbortSignal) => marks(100, 40),
    metrics: async (_: AbortSignal) => [metricsOf('posthog-7c9f8d6b5-x2k4p', {}, '250m', '512Mi')] as const,
    redis: async () => redisWith(12),
    clickhouse: async (query: string) => (query.includes('system.disks') ? disk : ''),
  };
  const cluster = {
    exec: async (pod: string) => {
      others.push(pod);
      return { exitCode: 0, stdout: `${2 ** 30}\n`, stderr: '' };
    },
    get: async () => ({ data: { password: '', CLICKHOUSE_PASSWORD: '' } }),
    portForward: async (pod: string, port: number) => {
      others.push(`${pod}:${port}`);
      return answers.redis();
    },
    proxied: (pod: string, port: number, path: string, { signal }: { signal: AbortSignal }) => {
      if (pod === 'posthog-clickhouse-0') {
        others.push(`${pod}:${port}`);
        return answers.clickhouse(path);
      }
      asked.push(`${pod}:${port}${path}`);
      return answers.broker(signal);
    },
    list: async ({ kind }: { kind: string }, { labelSelector = '', signal }: ListOptions & { signal: AbortSignal }) => {
      if (kind === 'Pod') return { items: [readyPod(labelSelector.endsWith('-pg') ? pg : 'posthog-redis-redis-0')] };
      if (kind === 'PersistentVolumeClaim')
        return { items: [{ metadata: { name: `data-${pg}` }, status: { capacity } }] };
      asked.push(kind);
      return { resourceVersion: '', items: await answers.metrics(signal) };
    },
  } as unknown as Cluster;
  const rounds: Measurements[] = [];
  const reading = (async () => {
    for await (const round of measure(cluster, { clock }, 'posthog', stop.signal)) rounds.push(round);
  })();
  return { clock, stop, asked, others, answers, rounds, reading };
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
  expect(rounds.at(-1)?.troubles.get('broker')).toMatchObject({ message: 'no', silentMs: 60_000 });
  expect(rounds.at(-1)?.backlog?.get('ingestion')?.waiting).toBe(60);
  expect(asked.filter((each) => each === 'PodMetrics')).toHaveLength(13);
  expect(asked.filter((each) => each !== 'PodMetrics').length).toBeLessThan(6);
  answers.broker = async () => marks(100, 100);
  await clock.pass(60_000);
  expect(rounds.at(-1)?.troubles.size).toBe(0);
  expect(rounds.at(-1)?.backlog?.get('ingestion')?.waiting).toBe(0);
});

test('one failure of what has told something is no news, and what it told stays; another is', async () => {
  const { clock, rounds, answers } = measuring();
  await settle();
  answers.metrics = async () => {
    throw new ApiError({ code: 500, message: 'no' });
  };
  await clock.pass(5_000);
  expect([rounds.at(-1)?.troubles.size, rounds.at(-1)?.use?.size]).toEqual([0, 1]);
  await clock.pass(10_000);
  expect(rounds.at(-1)?.troubles.get('metrics')?.silentMs).toBe(15_000);
  expect(rounds.at(-1)?.use).toBeUndefined();
});

test('one that keeps silent is left after ten seconds, and never asked twice at once', async () => {
  const { clock, asked, rounds, answers } = measuring();
  answers.metrics = (signal) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
  await clock.pass(9_000);
  expect(asked.filter((each) => each === 'PodMetrics')).toHaveLength(2);
  await clock.pass(10_000);
  expect(asked.filter((each) => each === 'PodMetrics')).toHaveLength(2);
  expect(rounds.at(-1)?.troubles.get('metrics')).toMatchObject({ silentMs: 15_000 });
  expect(rounds.at(-1)?.use).toBeUndefined();
});

test('one that keeps silent does not keep the others waiting', async () => {
  const { clock, asked, rounds, answers } = measuring();
  answers.redis = () => new Promise(() => {});
  await clock.pass(4_000);
  expect(rounds.at(-1)?.backlog?.get('ingestion')?.waiting).toBe(60);
  answers.broker = async () => marks(200, 100);
  await clock.pass(16_000);
  expect(asked.filter((each) => each === 'PodMetrics')).toHaveLength(5);
  expect(rounds.at(-1)?.backlog?.get('ingestion')?.waiting).toBe(100);
});

test('what ends later than the others is told with the next round', async () => {
  const { clock, rounds, answers } = measuring();
  const late = Promise.withResolvers<string>();
  await settle();
  answers.broker = () => late.promise;
  await clock.pass(9_000);
  expect(rounds.map(({ backlog }) => backlog?.get('ingestion')?.waiting)).toEqual([60, 60]);
  late.resolve(marks(200, 100));
  await clock.pass(1_000);
  expect(rounds.at(-1)?.backlog?.get('ingestion')?.waiting).toBe(100);
});

test('Redis is asked over one connection, ClickHouse every fifteen seconds, PostgreSQL every minute', async () => {
  const { clock, others, rounds } = measuring();
  await clock.pass(30_000);
  expect(rounds).toHaveLength(7);
  expect(others.filter((each) => each === 'posthog-redis-redis-0:6379')).toHaveLength(1);
  expect(others.filter((each) => each === 'posthog-clickhouse-0:8123')).toHaveLength(2 * 3);
  const last = rounds.at(-1);
  expect(last?.backlog?.get('worker')).toMatchObject({ waiting: 12, tasks: { growPerS: 0, queues: [['celery', 12]] } });
  expect(last?.silentS).toBe(12);
  expect(last?.volumes.get('clickhouse')).toEqual({ used: 3000, size: 4000, fullInS: undefined });
  expect(last?.volumes.get('postgres')).toEqual({ used: 2 ** 30, size: 10 * 2 ** 30, fullInS: undefined });
  expect(others.filter((each) => each === pg)).toHaveLength(1);
  expect(last?.consumers).toEqual([]);
  expect([...(last?.tookMs.keys() ?? [])]).toEqual(['broker', 'metrics', 'redis', 'clickhouse', 'postgres']);
});

test('what a source said last stays where it is no matter of moments', async () => {
  const { clock, answers, rounds } = measuring();
  await settle();
  answers.clickhouse = async () => {
    throw new ApiError({ code: 503, message: 'no' });
  };
  answers.broker = async () => {
    throw new ApiError({ code: 500, message: 'no' });
  };
  await clock.pass(30_000);
  const last = rounds.at(-1);
  expect([...(last?.troubles.keys() ?? [])]).toEqual(['broker', 'clickhouse']);
  expect(last?.volumes.get('clickhouse')?.used).toBe(3000);
  expect(last?.consumers).toBeUndefined();
  expect([...(last?.backlog?.keys() ?? [])]).toEqual(['ingestion', 'worker']);
});

test('what waited long ago is not told as if it were now', async () => {
  const { clock, answers, rounds } = measuring();
  await settle();
  answers.broker = async () => {
    throw new ApiError({ code: 500, message: 'no' });
  };
  answers.redis = async () => {
    throw new ApiError({ code: 500, message: 'no' });
  };
  await clock.pass(60_000);
  expect([...(rounds.at(-1)?.backlog?.keys() ?? [])]).toContain('ingestion');
  await clock.pass(60_000);
  expect([...(rounds.at(-1)?.backlog?.keys() ?? [])]).not.toContain('ingestion');
  answers.broker = async () => marks(100, 90);
  await clock.pass(65_000);
  expect(rounds.at(-1)?.backlog?.get('ingestion')?.waiting).toBe(10);
});

test('a token that may nothing is told so by every source, and asks ever more rarely', async () => {
  const clock = new TestClock();
  const stop = new AbortController();
  onTestFinished(() => stop.abort(new Error('over')));
  let asked = 0;
  const refuse = async () => {
    asked += 1;
    throw new ApiError({ code: 403, reason: 'Forbidden', message: 'is forbidden' });
  };
  const cluster = { proxied: refuse, list: refuse, get: refuse, portForward: refuse, exec: refuse };
  let last: Measurements | undefined;
  void (async () => {
    for await (const round of measure(cluster as unknown as Cluster, { clock }, 'posthog', stop.signal)) last = round;
  })();
  await clock.pass(60_000);
  const [early] = [asked];
  await clock.pass(600_000);
  expect([...(last?.troubles.values() ?? [])].map(({ isForbidden }) => isForbidden)).toEqual(Array(5).fill(true));
  expect([last?.backlog, last?.use, last?.silentS, last?.consumers, last?.volumes.size]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    0,
  ]);
  // Ten times as long, and each once a minute.
  expect(asked - early).toBeLessThan(4 * early);
});

test('the connection to Redis ends with the rounds', async () => {
  const { clock, stop, answers, reading } = measuring();
  const connection = redisWith(0);
  answers.redis = async () => connection;
  await clock.pass(5_000);
  expect(connection.destroyed).toBe(false);
  stop.abort(new Error('enough'));
  await clock.pass(1);
  await reading;
  expect(connection.destroyed).toBe(true);
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

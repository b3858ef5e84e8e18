/** The broker's own metrics, and the way round where nobody gets through to them. */
import { expect, test } from 'vitest';
import { ApiError, ConnectionError } from '../../../source/cluster/index.ts';
import type { Cluster } from '../../../source/cluster/types.ts';
import { parseMarks } from '../../../source/observe/backlog/marks.ts';
import { brokerAsker, parseBrokerDisk } from '../../../source/observe/sources/broker.ts';
import { parseGroups } from '../../../source/observe/sources/rpk.ts';

/** Lines of a live Redpanda, as its own documentation and collectors of metrics quote them (v23 to v26). */
const metrics = `# HELP redpanda_kafka_max_offset Latest readable offset of the partition (i.e. high watermark)
# TYPE redpanda_kafka_max_offset gauge
redpanda_kafka_max_offset{redpanda_namespace="kafka",redpanda_partition="0",redpanda_topic="events"} 6056.000000
# HELP redpanda_storage_disk_free_bytes Disk storage bytes free.
# TYPE redpanda_storage_disk_free_bytes gauge
redpanda_storage_disk_free_bytes{} 333374935040.000000
# HELP redpanda_storage_disk_free_space_alert Status of low storage space alert. 0-OK, 1-Low Space 2-Degraded
# TYPE redpanda_storage_disk_free_space_alert gauge
redpanda_storage_disk_free_space_alert{} 0.000000
# HELP redpanda_storage_disk_total_bytes Total size of attached storage, in bytes.
# TYPE redpanda_storage_disk_total_bytes gauge
redpanda_storage_disk_total_bytes{} 494384795648.000000
`;

test('the disk is what is free of all of it', () => {
  expect(parseBrokerDisk(metrics)).toEqual({ used: 494_384_795_648 - 333_374_935_040, size: 494_384_795_648 });
  expect(parseBrokerDisk(metrics.replaceAll('{}', ''))?.size).toBe(494_384_795_648);
});

test.each([
  ['nothing', ''],
  ['only what is free', metrics.replace(/.*total_bytes.*\n/g, '')],
  ['no number', metrics.replace('494384795648.000000', 'nan')],
  ['of another name', metrics.replaceAll('redpanda_storage_disk', 'redpanda_storage_cache_disk')],
])('no disk where it tells %s', (_, text) => {
  expect(parseBrokerDisk(text)).toBeUndefined();
});

/** Its form as in stack-spec H and posthog-stack 4.3: rpk 25.1, text only. */
const described = `GROUP        clickhouse-ingestion
COORDINATOR  0
STATE        Stable
BALANCER     cooperative-sticky
MEMBERS      1
TOTAL-LAG    60

TOPIC   PARTITION  CURRENT-OFFSET  LOG-START-OFFSET  LOG-END-OFFSET  LAG   MEMBER-ID     CLIENT-ID  HOST
events  0          40              0                 100             60    rdkafka-8f2a  rdkafka    10.0.0.1
events  1          -               0                 20              20    rdkafka-8f2a  rdkafka    10.0.0.1

GROUP        group1
COORDINATOR  0
STATE        Empty
BALANCER
MEMBERS      0
TOTAL-LAG    0

TOPIC   PARTITION  CURRENT-OFFSET  LOG-START-OFFSET  LOG-END-OFFSET  LAG   MEMBER-ID  CLIENT-ID  HOST
events  0          101             0                 101             0
`;

test('marks out of what rpk prints: the latest end of a partition, and who has read how far', () => {
  const { topics, groups, members } = parseGroups(described);
  expect(topics).toEqual(
    new Map([
      [
        'events',
        new Map([
          ['0', 101],
          ['1', 20],
        ]),
      ],
    ]),
  );
  expect(groups.get('clickhouse-ingestion')).toEqual(new Map([['events', new Map([['0', 40]])]]));
  expect([...members]).toEqual([
    ['clickhouse-ingestion', 1],
    ['group1', 0],
  ]);
  expect(groups.get('group1')).toEqual(new Map([['events', new Map([['0', 101]])]]));
});

test('what is no such table says nothing', () => {
  expect(parseGroups('unable to request metadata: dial tcp: connection refused\n').topics.size).toBe(0);
});

function asking(proxied: () => Promise<string>, exec = async () => ({ exitCode: 0, stdout: described, stderr: '' })) {
  const asked: string[] = [];
  const cluster = {
    proxied: (pod: string, port: number, path: string) => {
      asked.push(`${pod}:${port}${path}`);
      return proxied();
    },
    exec: (pod: string, command: readonly string[]) => {
      asked.push(`${pod} ${command.join(' ')}`);
      return exec();
    },
  } as unknown as Cluster;
  const ask = brokerAsker(cluster, 'ph');
  return { asked, ask: () => ask(new AbortController().signal) };
}
const refused = async () => {
  throw new ApiError({ code: 403, message: 'pods "ph-kafka-0" is forbidden' });
};

test('its metrics are asked, and no command is run', async () => {
  const { ask, asked } = asking(async () => metrics);
  expect(await ask()).toMatchObject({ isCostly: false, disk: { size: 494_384_795_648 } });
  expect(asked).toEqual(['ph-kafka-0:9644/public_metrics']);
});

test('what is no page of metrics is no figure', async () => {
  const { ask } = asking(async () => '<html>Sign in to continue</html>');
  await expect(ask()).rejects.toThrow('no metrics');
});

test.each(['nan', 'NaN', '+Inf', '-1', 'x', ''])('a mark of %j is none', (value) => {
  const { topics } = parseMarks(metrics.replace('6056.000000', value));
  expect(topics.get('events')?.size ?? 0).toBe(0);
});

test.each([403, 503])('by a command while the API server says %d; the way is tried now and then', async (code) => {
  let isClosed = true;
  const { ask, asked } = asking(async () => {
    if (isClosed) throw new ApiError({ code, message: 'no' });
    return metrics;
  });
  expect(await ask()).toMatchObject({ isCostly: true, disk: undefined });
  expect(asked[1]).toBe('ph-kafka-0 rpk group describe -r .* -X brokers=ph-kafka:9092');
  isClosed = false;
  for (let count = 0; count < 3; count += 1) expect((await ask()).isCostly).toBe(true);
  expect((await ask()).isCostly).toBe(false);
  expect((await ask()).isCostly).toBe(false);
  expect(asked.filter((each) => each.includes('rpk'))).toHaveLength(4);
});

test.each([
  ['fails', { exitCode: 1, stdout: '', stderr: 'no broker' }],
  ['knows nothing', { exitCode: 0, stdout: '', stderr: '' }],
])('where the command %s, what is said is why the first way is closed', async (_, answer) => {
  const { ask } = asking(refused, async () => answer);
  await expect(ask()).rejects.toThrow('is forbidden');
});

test('what is no closed way is no reason for a command', async () => {
  const { ask, asked } = asking(async () => {
    throw new ConnectionError('reset', 'gone');
  });
  await expect(ask()).rejects.toThrow('gone');
  expect(asked).toHaveLength(1);
});

/** What is around a change, where not everybody answers. */
import { expect, test } from 'vitest';
import type { Cluster } from '../../../source/cluster/types.ts';
import { surroundingsOf } from '../../../source/operate/scale/look.ts';
import { noDemand } from '../../../source/stack/demand.ts';
import { pod, snapshotOf } from '../../observe/objects.ts';
import { recordOf } from '../../support/installed.ts';
import { TestClock } from '../../support/test-clock.ts';

const snapshot = snapshotOf({ ConfigMap: [recordOf()] });
const clusterWith = (proxied: Cluster['proxied']) =>
  ({ list: async () => ({ items: [] }), get: async () => undefined, proxied }) as unknown as Cluster;

test('a broker that keeps silent is not waited for: the topics are taken as they were planned', async () => {
  const clock = new TestClock();
  const silent = clusterWith(
    (_pod, _port, _path, { signal } = {}) =>
      new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error))),
  );
  const looking = surroundingsOf(silent, snapshot, clock, new AbortController().signal);
  await clock.pass(10_000);
  expect((await looking).partitions.get('events_plugin_ingestion')).toBe(4);
});

test('what may not be read speaks against nothing; what pods that are ending hold is free in a moment', async () => {
  const limited = { containers: [{ name: 'web', resources: { limits: { cpu: '2', memory: '4Gi' } } }] };
  const pods = [
    { ...pod('web', 'leaving', [], { deleted: true }), spec: limited },
    { ...pod('web', 'staying', []), spec: limited },
    { ...pod('web', 'staying-too', []), spec: limited },
  ];
  const refusing = {
    list: () => Promise.reject(new Error('forbidden')),
    get: () => Promise.reject(new Error('forbidden')),
    proxied: () => Promise.reject(new Error('forbidden')),
  } as unknown as Cluster;
  const there = snapshotOf({ ConfigMap: [recordOf({ finished: false })], Pod: pods });
  const found = await surroundingsOf(refusing, there, new TestClock(), new AbortController().signal);
  expect(found).toMatchObject({ ranges: [], autoscaled: new Set(), enlarges: true, size: 'small', isUnfinished: true });
  expect(found.ending).toEqual({ ...noDemand, pods: 1, cpu: 2, memory: 4 * 2 ** 30 });
  expect(found.kept.get('events_plugin_ingestion')).toBeGreaterThan(0);
});

test('one that answers says how many partitions there are now', async () => {
  const row = (partition: number) =>
    `redpanda_kafka_max_offset{redpanda_namespace="kafka",redpanda_partition="${partition}",redpanda_topic="events_plugin_ingestion"} 1\n`;
  const raised = clusterWith(async () => [0, 1, 2, 3, 4, 5].map(row).join(''));
  const { partitions } = await surroundingsOf(raised, snapshot, new TestClock(), new AbortController().signal);
  expect(partitions.get('events_plugin_ingestion')).toBe(6);
});

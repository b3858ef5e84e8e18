/** The broker and its tool: what the topics Job, the proof and the console read of them. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Host } from '../../source/sandbox/components/host.ts';
import { openJournal } from '../../source/sandbox/components/journal.ts';
import { newTown, programOf } from './support/stack.ts';
import type { Running, Town } from './support/town.ts';

const dataFile = 'posthog-kafka-0:/var/lib/redpanda/data/stub.jsonl';
let town: Town;
let broker: Running;

async function startBroker(): Promise<Running> {
  const started = town.start(programOf('posthog-kafka'));
  await town.until(() => started.log.length > 0);
  return started;
}

const rpk = (...words: readonly string[]) =>
  town.run(programOf('posthog-kafka-init', { argv: ['rpk', ...words, '-X', 'brokers=posthog-kafka:9092'] }));

async function capture(distinctId: string): Promise<void> {
  const body = JSON.stringify({ api_key: `phc_${'x'.repeat(43)}`, event: 'e', distinct_id: distinctId });
  await town.send('posthog-capture', 3000, '/i/v0/e/', { method: 'POST', body });
}

beforeEach(async () => {
  town = newTown();
  broker = await startBroker();
});

test('a broker without the flags that keep it reachable and small does not start', async () => {
  const { code, log } = await town.run(programOf('posthog-kafka', { argv: ['redpanda', 'start', '--smp', '1'] }));
  expect(code).toBe(1);
  expect(log[0]).toMatch(/^ERROR .* missing --kafka-addr --advertise-kafka-addr --rpc-addr --memory$/);
});

describe('rpk', () => {
  test('makes, lists, changes and enlarges topics', async () => {
    expect(await rpk('topic', 'create', 'events', '-p', '4', '-r', '1', '-c', 'retention.ms=1')).toEqual({
      code: 0,
      log: ['TOPIC   STATUS', 'events  OK'],
    });
    const again = await rpk('topic', 'create', 'events', '-p', '4', '-r', '1');
    expect(again.code).toBe(1);
    expect(again.log[1]).toBe('events  TOPIC_ALREADY_EXISTS: The topic has already been created.');
    expect((await rpk('topic', 'alter-config', 'events', '--set', 'retention.ms=2')).log[1]).toBe('events  OK');
    expect((await rpk('topic', 'add-partitions', 'events', '--num', '2')).log[1]).toBe('events  OK');
    expect((await rpk('topic', 'list')).log).toEqual(['NAME    PARTITIONS  REPLICAS', 'events  6           1']);
    expect((await rpk('topic', 'describe', 'events', '-p')).log).toHaveLength(7);
  });

  test('describes groups with their lag', async () => {
    await rpk('topic', 'create', 'events_plugin_ingestion', '-p', '1', '-r', '1');
    const capturing = town.start(programOf('posthog-capture'));
    await town.until(() => capturing.log.length > 0);
    await capture('someone');
    await rpk('topic', 'create', 'clickhouse_events_json', '-p', '2', '-r', '1');
    town.start(programOf('posthog-property-defs'));
    await town.pass(1_000);
    const { log } = await rpk('group', 'describe', '-r', 'property-.*');
    expect(log.slice(0, 6).map((line) => line.split(/\s+/))).toEqual([
      ['GROUP', 'property-defs-rs'],
      ['COORDINATOR', '0'],
      ['STATE', 'Stable'],
      ['BALANCER', 'cooperative-sticky'],
      ['MEMBERS', '1'],
      ['TOTAL-LAG', '0'],
    ]);
    expect(log[6]).toBe('');
    expect(log[7]?.split(/\s+/)).toEqual(
      'TOPIC PARTITION CURRENT-OFFSET LOG-START-OFFSET LOG-END-OFFSET LAG MEMBER-ID CLIENT-ID HOST'.split(' '),
    );
    expect(log[8]?.split(/\s+/).slice(0, 6)).toEqual(['clickhouse_events_json', '0', '-', '0', '0', '0']);
    expect((await rpk('group', 'list')).log[1]?.split(/\s+/)).toEqual(['0', 'property-defs-rs', 'Stable']);
  });

  test.each([
    [['topic', 'list']],
    [['topic', 'create', 'events', '-p', '1', '-r', '1']],
    [['cluster', 'config', 'set', 'log_retention_ms', '1', '-X', 'admin.hosts=posthog-kafka:9644']],
  ])('says that the broker is away: %s', async (words) => {
    broker.stop();
    const { code, log } = await rpk(...words);
    expect(code).toBe(1);
    expect(log.at(-1)).toContain('ECONNREFUSED');
  });

  test('does not know every command', async () => {
    expect(await rpk('topic', 'juggle')).toEqual({ code: 1, log: ['unknown command "topic juggle" for "rpk"'] });
  });
});

test('topics, messages and offsets are there after a kill, without the line that was being written', async () => {
  await rpk('topic', 'create', 'events_plugin_ingestion', '-p', '4', '-r', '1');
  const capturing = town.start(programOf('posthog-capture'));
  await town.until(() => capturing.log.length > 0);
  for (const id of ['a', 'b', 'c']) await capture(id);
  const before = (await rpk('topic', 'describe', 'events_plugin_ingestion', '-p')).log;
  broker.stop();
  town.files.set(dataFile, `${town.files.get(dataFile)}{"is":"message","topic":"events_plugin_ingestion","value":"{}`);
  await startBroker();
  expect((await rpk('topic', 'describe', 'events_plugin_ingestion', '-p')).log).toEqual(before);
  await capture('a');
  await startBroker();
  const sum = (log: readonly string[]) => log.slice(1).reduce((all, line) => all + Number(line.split(/\s+/).at(-1)), 0);
  expect(sum((await rpk('topic', 'describe', 'events_plugin_ingestion', '-p')).log)).toBe(sum(before) + 1);
});

test('two members share the partitions of a group, and one that falls silent leaves its part to the other', async () => {
  await rpk('topic', 'create', 'clickhouse_events_json', '-p', '4', '-r', '1');
  const first = town.start(programOf('posthog-property-defs'));
  const second = town.start(programOf('posthog-property-defs', { pod: 'posthog-property-defs-2' }));
  const owners = async () => {
    const { log } = await rpk('group', 'describe', 'property-defs-rs');
    return new Set(log.slice(8).map((line) => line.split(/\s+/)[6]));
  };
  await town.until(async () => (await owners()).size === 2);
  second.stop();
  await town.until(async () => (await owners()).size === 1);
  expect(first.code()).toBeUndefined();
});

test('a journal keeps the order in which it was told', async () => {
  const written: string[] = [];
  const delays = [3, 2, 1];
  const append = async (_: string, content: string) => {
    const turns = delays.shift() ?? 0;
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    written.push(content);
  };
  const host = { read: async () => undefined, append } as unknown as Host;
  const journal = await openJournal<number>(host, 'file', () => {});
  await Promise.all([1, 2, 3].map((value) => journal.keep(value)));
  expect(written.map(Number)).toEqual([1, 2, 3]);
});

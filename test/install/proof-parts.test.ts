import { Duplex, PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { strangeToken, uuid, uuidV7 } from '../../source/install/proof/ids.ts';
import { behind, grown, readersOf } from '../../source/install/proof/marks.ts';
import { cleaner, field, parseJson } from '../../source/install/proof/text.ts';
import { parseMarks } from '../../source/observe/backlog/marks.ts';
import { HeldRedis } from '../../source/observe/sources/held-redis.ts';
import { parseReplies } from '../../source/observe/sources/resp.ts';

const marks = (lines: Record<string, number>) =>
  parseMarks(
    Object.entries(lines)
      .map(([key, value]) => {
        const [topic, partition, group] = key.split('/');
        const labels = `redpanda_namespace="kafka",redpanda_topic="${topic}",redpanda_partition="${partition}"`;
        return group === undefined
          ? `redpanda_kafka_max_offset{${labels}} ${value}.000000`
          : `redpanda_kafka_consumer_group_committed_offset{redpanda_group="${group}",redpanda_topic="${topic}",redpanda_partition="${partition}"} ${value}.000000`;
      })
      .join('\n'),
  );

describe("the broker's metrics", () => {
  test('comments, other metrics and other namespaces are left alone; exponents are read', () => {
    const read = parseMarks(
      [
        '# TYPE redpanda_kafka_max_offset gauge',
        'redpanda_kafka_max_offset{redpanda_namespace="redpanda",redpanda_topic="controller",redpanda_partition="0"} 5.0',
        'redpanda_kafka_max_offset{redpanda_namespace="kafka",redpanda_topic="a",redpanda_partition="0"} 1.250000e+06',
        'redpanda_kafka_partitions{redpanda_namespace="kafka",redpanda_topic="a"} 4',
      ].join('\n'),
    );
    expect([...read.topics]).toEqual([['a', new Map([['0', 1_250_000]])]]);
  });

  test('growth counts every partition, new ones too', () => {
    expect(grown('a', marks({ 'a/0': 3, 'b/0': 9 }), marks({ 'a/0': 4, 'a/1': 2, 'b/0': 12 }))).toBe(3);
    expect(grown('missing', marks({}), marks({ 'a/0': 4 }))).toBe(0);
  });

  test.each([
    ['all read', { 'a/0/g': 4 }, 0],
    ['read further than needed', { 'a/0/g': 7 }, 0],
    ['one short', { 'a/0/g': 3 }, 1],
    ['never committed', {}, 1],
    ['committed only where nothing grew', { 'a/1/g': 9 }, 1],
    ['another group', { 'a/0/h': 4 }, 1],
  ])('a group is behind: %s', (_, committed, left) => {
    expect(behind('g', 'a', marks({ 'a/0': 3, 'a/1': 9 }), marks({ 'a/0': 4, 'a/1': 9 }), marks(committed))).toBe(left);
  });

  test('readers are the groups that committed in the topic', () => {
    expect(readersOf('a', marks({ 'a/0/g': 1, 'b/0/h': 1 }))).toEqual(['g']);
  });
});

describe('the Redis protocol', () => {
  test('every kind of reply', () => {
    const text = '+OK\r\n-ERR no\r\n:42\r\n$5\r\nhe\r\nl\r\n$-1\r\n*2\r\n$1\r\na\r\n:1\r\n';
    expect(parseReplies(Buffer.from(text), 6)).toEqual(['OK', new Error('ERR no'), 42, 'he\r\nl', null, ['a', 1]]);
  });

  test('a reply cut anywhere is waited for', () => {
    const bytes = Buffer.from('*2\r\n$3\r\nabc\r\n:1\r\n+OK\r\n');
    for (let cut = 0; cut < bytes.length; cut++) expect(parseReplies(bytes.subarray(0, cut), 2)).toBeUndefined();
    expect(parseReplies(bytes, 2)).toEqual([['abc', 1], 'OK']);
  });

  const askRedis = (stream: Duplex, commands: string[][], signal = new AbortController().signal) =>
    new HeldRedis(async () => stream).ask(commands, signal);

  test('commands are sent by length, so that no password can break out', async () => {
    let asked = '';
    const connection = new Duplex({
      read() {},
      write(chunk: Buffer, _, done) {
        asked += chunk.toString();
        this.push('+OK\r\n');
        done();
      },
    });
    await askRedis(connection, [['AUTH', 'a\r\nFLUSHALLü']]);
    expect(asked).toBe('*2\r\n$4\r\nAUTH\r\n$13\r\na\r\nFLUSHALLü\r\n');
  });

  test('an early end and an abort are errors', async () => {
    const ended = new PassThrough();
    ended.end();
    ended.write = () => true;
    await expect(askRedis(ended, [['TIME']])).rejects.toThrow('ECONNRESET');
    const stop = new AbortController();
    const silent = new Duplex({ read() {}, write: (_, __, done) => done() });
    const asking = askRedis(silent, [['TIME']], stop.signal);
    stop.abort(new Error('interrupted'));
    await expect(asking).rejects.toThrow('interrupted');
  });

  test('something else is not taken for Redis', () => {
    expect(() => parseReplies(Buffer.from('HTTP/1.1 400\r\n'), 1)).toThrow('EPROTO');
  });
});

describe('identifiers', () => {
  const bytes = (count: number) => new Uint8Array(count).fill(0xff);

  test('carry their version', () => {
    expect(uuid(bytes)).toBe('ffffffff-ffff-4fff-bfff-ffffffffffff');
    expect(uuidV7(0x0123456789ab, bytes)).toBe('01234567-89ab-7fff-bfff-ffffffffffff');
  });

  test('a key of nobody has the shape of one', () => {
    expect(strangeToken((count) => new Uint8Array(count).fill(7))).toMatch(/^phc_H{43}$/);
  });
});

describe('foreign text', () => {
  test('loses secrets, control characters and length', () => {
    const clean = cleaner(['s3cret-password', undefined, '']);
    expect(clean('a s3cret-password\n\u001b[31mb\u0007')).toBe('a *** [31mb');
    expect(clean('x'.repeat(500))).toHaveLength(200);
  });

  test('fields of anything', () => {
    expect(field(parseJson('{"a":{"b":1}}'), 'a', 'b')).toBe(1);
    expect(field(parseJson('<html>'), 'a', 'b')).toBeUndefined();
    expect(field(null, 'a')).toBeUndefined();
  });
});

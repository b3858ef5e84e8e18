/** ClickHouse's disk and consumers. The forms of its answers are those of the engine itself (chdb-core 26.9.2). */
import { expect, test } from 'vitest';
import { ApiError } from '../../../source/cluster/index.ts';
import type { Cluster, ProxyOptions } from '../../../source/cluster/types.ts';
import { clickhouseAsker, parseConsumers, parseDisk } from '../../../source/observe/sources/clickhouse.ts';

const disk = '{"free_space":72495026176,"total_space":270553174016}\n';

test('what of the disk is used', () => {
  expect(parseDisk(disk)).toEqual({ used: 270_553_174_016 - 72_495_026_176, size: 270_553_174_016 });
  // Before 25.8, whole numbers of 64 bits were quoted.
  expect(parseDisk(disk.replace(/\d+/g, '"$&"'))).toEqual(parseDisk(disk));
});

test.each(['', '\n', '{}\n', '{"free_space":0,"total_space":0}\n'])('no disk in %j', (text) => {
  expect(parseDisk(text)).toBeUndefined();
});

const consumer = (more: object) => ({
  table: 'kafka_events_json',
  topics: ['clickhouse_events_json'],
  exception: '',
  failed: '1970-01-01 00:00:00',
  polled: '2026-11-30 18:21:34',
  ...more,
});
const lines = (...rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const noSpace = 'Code: 243. DB::Exception: Cannot reserve 1.00 MiB, not enough space. (NOT_ENOUGH_SPACE)';

test.each<[name: string, rows: readonly object[], expected: readonly object[]]>([
  ['none', [], []],
  ['all is well', [consumer({}), consumer({ table: 'kafka_person' })], []],
  ['one of two has nothing to read', [consumer({}), consumer({ topics: [] })], []],
  ['nobody has anything to read', [consumer({ topics: [] })], [{ isAssigned: false, exception: '' }]],
  [
    'an error a moment ago',
    [consumer({ exception: noSpace, failed: '2026-11-30 18:21:30' })],
    [{ isAssigned: true, exception: noSpace }],
  ],
  ['an error of this morning', [consumer({ exception: noSpace, failed: '2026-11-30 08:00:00' })], []],
  [
    'one that stopped at its error',
    [consumer({ exception: noSpace, failed: '2026-11-30 08:00:00', polled: '2026-11-30 08:00:00' })],
    [{ isAssigned: true, exception: noSpace }],
  ],
  [
    'an error over several lines',
    [consumer({ topics: [], exception: 'Code: 1.\n\u001b[31mlocal\tbroker', failed: '2026-11-30 18:21:30' })],
    [{ isAssigned: false, exception: 'Code: 1. [31mlocal broker' }],
  ],
])('consumers in trouble: %s', (_, rows, expected) => {
  expect(parseConsumers(lines(...rows))).toEqual(expected.map((each) => ({ table: 'kafka_events_json', ...each })));
});

function asking(answer: (query: string, options: ProxyOptions) => string, secret: unknown = 'a b/c') {
  const reads: string[] = [];
  const asked: { path: string; headers: Readonly<Record<string, string>> | undefined }[] = [];
  const cluster = {
    get: async ({ name }: { name: string }) => {
      reads.push(name);
      return secret === null
        ? undefined
        : { data: { CLICKHOUSE_PASSWORD: Buffer.from(String(secret)).toString('base64') } };
    },
    proxied: async (pod: string, port: number, path: string, options: ProxyOptions) => {
      asked.push({ path: `${pod}:${port}${path}`, headers: options.headers });
      return answer(new URL(path, 'http://pod').searchParams.get('query') ?? '', options);
    },
  } as unknown as Cluster;
  const ask = clickhouseAsker(cluster, 'ph');
  return { reads, asked, ask: () => ask(new AbortController().signal) };
}
const usual = (query: string) => (query.includes('system.disks') ? disk : lines(consumer({ topics: [] })));

test('it is asked with the password in a header, which is read once', async () => {
  const { ask, asked, reads } = asking(usual);
  expect(await ask()).toMatchObject({ disk: { size: 270_553_174_016 }, faults: [{ isAssigned: false }] });
  await ask();
  expect(reads).toEqual(['ph-env']);
  for (const { path, headers } of asked) {
    expect(path).toMatch(/^ph-clickhouse-0:8123\/\?log_queries=0&query=SELECT%20/);
    expect(path).not.toContain('a%20b');
    expect(headers).toEqual({ 'x-clickhouse-user': 'posthog', 'x-clickhouse-key': 'a b/c' });
  }
});

test.each([
  ['an error after its first words', `${disk}Code: 60.\n\u001b[2JDB::Exception: no table`, 'Code: 60.'],
  ['a page of somebody else', '<html>Sign in</html>', '<html>Sign in</html>'],
  ['no object', 'null', 'null'],
])('%s is no figure', async (_, answer, said) => {
  const { ask } = asking(() => answer);
  const error = await ask().catch(String);
  expect(error).toContain(said);
  expect(error).not.toContain('\u001b');
});

test('after a refusal the password is read anew', async () => {
  let isOpen = false;
  const { ask, reads } = asking((query) => {
    if (!isOpen) throw new ApiError({ code: 403, message: 'Code: 516. DB::Exception: Authentication failed' });
    return usual(query);
  });
  await expect(ask()).rejects.toThrow('516');
  isOpen = true;
  await ask();
  expect(reads).toHaveLength(2);
});

test("the template's has no Secret, and takes everybody", async () => {
  const { ask, asked } = asking(usual, null);
  await ask();
  expect(asked[0]?.headers).toEqual({ 'x-clickhouse-user': 'default' });
});

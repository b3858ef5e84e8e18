/** Records of lines that are JSON already: the same, however they are made. */
import { expect, test } from 'vitest';
import { Gathered } from '../../source/commands/logs/gathered.ts';
import { LinePrinter } from '../../source/commands/logs/lines.ts';
import type { Run } from '../../source/logs/types.ts';
import { en } from '../../source/messages/en/index.ts';
import { numbersFrom } from '../../source/sandbox/numbers.ts';
import type { ComponentId } from '../../source/stack/types.ts';

const printer = (isQuick: boolean, out: Gathered) =>
  new LinePrinter(
    {
      form: 'json',
      // A pattern has to be tried on the text of each line: nothing is printed then.
      only: isQuick ? [] : [/^/su],
      not: [],
      level: undefined,
      fields: [],
      timestamps: false,
      app: 'posthog',
      color: false,
      isEscaped: false,
      maxLines: undefined,
      tail: { follow: false, previous: false },
      t: en,
    },
    out,
  );
const runOf = (component: ComponentId): Run => ({ component, pod: 'p', container: 'c', kind: 'app', restart: 0 });

function recordsOf(component: ComponentId, lines: Buffer, isQuick: boolean): readonly object[] {
  let written = '';
  const out = new Gathered({
    write(bytes) {
      written += bytes.toString();
      // What is not copied by now is lost.
      if (typeof bytes !== 'string') bytes.fill(0);
      return true;
    },
    drained: async () => {},
  });
  const own = printer(isQuick, out);
  own.print(runOf(component), lines, 0);
  own.end();
  out.flush();
  return written
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

const samples: readonly string[] = [
  '{"event": "GET /", "level": "info", "timestamp": "t", "ms": 3}',
  '{"level":"error","time":1764000000000,"msg":"[MAIN] Redis error","error":{"code":"ECONNREFUSED"}}',
  '{"level":30,"msg":"numbers"}',
  '{"level":"nosuch","event":"ERROR by its words","msg":"x"}',
  '{"event":"no level, WARN"}',
  '{"level":"info","event":7,"message":"another name"}',
  '{"level":"WARN","fields":{"message":"nested","team_id":2},"target":"x"}',
  '{"level":"info","event":"escaped \\"\\u00e9\\n\\\\ 漢 \u2028","event2":1}',
  '{"level":"info","event":"tab\tinside"}',
  '{"level":"info","event":"a bar\r{"level":"warn","event":"at its end"}',
  '{"level":"info","event":"colour \u001b[31m"}',
  '{"level":"info","event":"broken"',
  '  {"level":"info","event":"indented"}',
  '[2026-11-23 20:20:14 +0000] 10.244.0.1 - "GET / HTTP/1.1" 200',
  '',
  '{}',
];
const stamps = [
  '2026-11-23T10:00:00.\u0001Z ',
  '2026-11-23T10:00:00.123456789Z ',
  '2026-11-23T18:00:00.1+08:00 ',
  '2026-11-23T10',
  ' ',
  '',
];
const parts: readonly ComponentId[] = ['web', 'ingestion', 'capture', 'feature-flags', 'clickhouse'];

test.each(parts)('of %s', (component) => {
  const next = numbersFrom(11);
  const below = (count: number) => Math.floor(next() * count);
  let printed = 0;
  for (let round = 0; round < 150; round += 1) {
    const lines = Array.from({ length: 1 + below(5) }, () => {
      const text = Buffer.from(`${samples[below(samples.length)]}\n`);
      // A byte that is no text at all, or a sign that means something.
      if (below(4) === 0) text[below(text.length - 1)] = [0xff, 0x22, 0x20, 0x7b, 0x5c][below(5)] as number;
      return Buffer.concat([Buffer.from(stamps[below(stamps.length)] as string), text]);
    });
    const block = Buffer.concat(lines);
    const quick = recordsOf(component, block, true);
    expect(quick, block.toString()).toEqual(recordsOf(component, block, false));
    printed += quick.length;
  }
  expect(printed).toBeGreaterThan(300);
});

test('a last line without its end', () => {
  const line = Buffer.from('2026-11-23T10:00:00Z {"level":"info","event":"cut"}');
  expect(recordsOf('web', line, true)).toMatchObject([{ level: 'info', message: 'cut', time: '2026-11-23T10:00:00Z' }]);
});

test('more than is written at once', () => {
  const line = '{"level":"info","event":"one of many"}\n[WARNING] and another\n';
  expect(recordsOf('web', Buffer.from(line.repeat(5000)), true)).toHaveLength(10_000);
});

test('much of what has to be written with more bytes', () => {
  const lines = Buffer.from(`${'\u0001'.repeat(90_000)}\n{"level":"info","event":"${'\\"'.repeat(90_000)}"}\n`);
  expect(recordsOf('web', lines, true)).toEqual(recordsOf('web', lines, false));
});

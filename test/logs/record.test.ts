/** What is kept of a log, and which lines of it are shown. */
import { describe, expect, test } from 'vitest';
import { LogRecord } from '../../source/logs/log-record.ts';
import { placeOf } from '../../source/logs/names.ts';
import { ComponentLog } from '../../source/logs/record.ts';
import { everything, type Filter, Selection } from '../../source/logs/selection.ts';
import type { Run } from '../../source/logs/types.ts';
import { numbersFrom } from '../../source/sandbox/numbers.ts';

const run = (pod: string): Run => ({ component: 'web', pod, container: 'web', kind: 'app', restart: 0 });
const stamp = (ms: number) => `${new Date(ms).toISOString().slice(0, -1)}000000Z`;
const bytes = (...texts: readonly string[]) =>
  Buffer.from(texts.map((text, ms) => `${stamp(ms * 1000)} ${text}\n`).join(''));
const shown = (log: ComponentLog, filter: Partial<Filter> = {}) => {
  const selection = new Selection(log, { ...everything, ...filter });
  while (selection.isBehind) selection.update(7);
  return Array.from({ length: selection.length }, (_, index) => log.line(selection.at(index) as number)?.text);
};

describe('a record', () => {
  test('gives every line back, however it came, and by its time', () => {
    const random = numbersFrom(5);
    const log = new ComponentLog('web');
    const runs = [run('a'), run('b')];
    const texts = Array.from(
      { length: 3000 },
      (_, index) => `${index} ${'长x'.repeat(random() * (index % 500 === 0 ? 60_000 : 30))}`,
    );
    for (let from = 0; from < texts.length; ) {
      const until = from + 1 + Math.floor(random() * 400);
      const some = texts.slice(from, until).map((text, index) => `${stamp((from + index) * 1000)} ${text}\n`);
      log.add(runs[Math.floor(random() * 2)] as Run, Buffer.from(some.join('')));
      from = until;
    }
    expect(log.end).toBe(texts.length);
    for (const [number, text] of texts.entries()) expect(log.line(number)?.text === text, `line ${number}`).toBe(true);
    expect(log.numberAt(1_234_000)).toBe(1234);
    expect(log.numberAt(1_234_001)).toBe(1235);
    expect(log.numberAt(-5)).toBe(0);
    expect(log.numberAt(9e12)).toBe(3000);
    expect([log.line(-1), log.line(3000)]).toEqual([undefined, undefined]);
    expect(log.find('99 ', 0, 3000)).toEqual(texts.flatMap((text, number) => (text.includes('99 ') ? [number] : [])));
  });

  test('of what runs once tells every step by itself, and a traceback as a whole', () => {
    const log = new ComponentLog('migrate');
    const job: Run = { ...run('m'), component: 'migrate' };
    const trace = ['Traceback (most recent call last):', '  File "m.py"', 'ValueError: no'];
    log.add(job, bytes('Operations to perform:', '  Applying a.0001... OK', '  Applying a.0002... OK', ...trace));
    expect(shown(log)).toEqual([
      'Operations to perform:',
      '  Applying a.0001... OK',
      '  Applying a.0002... OK',
      'Traceback (most recent call last):',
    ]);
  });

  test('keeps its budget, and what was said little', () => {
    const record = new LogRecord(2 ** 20);
    record.of('migrate').add(run('m'), bytes('done once'));
    for (let round = 0; round < 200; round += 1) {
      record
        .of('web')
        .add(run('a'), bytes(...Array.from({ length: 100 }, (_, index) => `${round} ${index} ${'x'.repeat(100)}`)));
      record.shrink();
    }
    expect(record.bytes).toBeLessThanOrEqual(2 ** 20);
    expect(record.of('migrate').line(0)?.text).toBe('done once');
    const web = record.of('web');
    expect(web.first).toBeGreaterThan(0);
    expect(web.line(web.first - 1)).toBeUndefined();
    expect(web.line(web.end - 1)?.text).toMatch(/^199 99 /);
  });

  test('knows how grave a line is, and has marks between lines', () => {
    const log = new ComponentLog('clickhouse');
    log.add(run('a'), bytes('2026.11.23 10:00:00.1 [ 1 ] {} <Error> x: y', 'no format'));
    log.mark(run('a'), { type: 'away', forMs: 2000 });
    expect([log.level(0), log.level(1), log.level(2)]).toEqual(['error', undefined, undefined]);
    expect(log.line(2)?.marker).toEqual({ type: 'away', forMs: 2000 });
    expect(log.findGrave('error', 0, 3)).toEqual([0]);
  });

  test('reads no more of a line than is asked for', () => {
    const log = new ComponentLog('web');
    log.add(run('a'), bytes('a long line', 'next'));
    expect([log.line(0, 6)?.text, log.line(1, 6)?.text]).toEqual(['a long', 'next']);
  });
});

describe('what belongs together', () => {
  test.each<[string, readonly string[], readonly string[]]>([
    [
      'a Python traceback',
      [
        'before',
        'Traceback (most recent call last):',
        '  File "x.py", line 1',
        '    boom()',
        'posthog.errors.Boom: no',
        'after',
      ],
      ['before', 'Traceback (most recent call last):', 'after'],
    ],
    ['a Java stack', ['Error: x', '\tat A.b(C.java:1)', 'Caused by: y', '\tat D', 'after'], ['Error: x', 'after']],
    ['a Node stack', ['Error: x', '    at f (a.js:1)', 'Enough of this'], ['Error: x', 'Enough of this']],
    [
      'a Rust panic',
      ["thread 'main' panicked at src/main.rs:1:", 'note: run with `RUST_BACKTRACE=1`', 'next'],
      ["thread 'main' panicked at src/main.rs:1:", 'next'],
    ],
    [
      'nothing',
      ['Caused', 'next', ' ', 'Traceback of something', 'x'],
      ['Caused', 'next', 'Traceback of something', 'x'],
    ],
  ])('%s', (_, texts, wanted) => {
    const log = new ComponentLog('web');
    log.add(run('a'), bytes(...texts));
    expect(shown(log).filter((text) => text !== ' ')).toEqual(wanted);
  });

  test('is found again, also where another pod spoke between', () => {
    const log = new ComponentLog('web');
    const [a, b] = [run('a'), run('b')];
    log.add(a, bytes('Error: x', '    at f'));
    log.add(b, bytes('other'));
    log.add(b, bytes('    at h'));
    log.add(a, bytes('    at g', 'next'));
    expect(log.continuation(0).map(({ text }) => text)).toEqual(['    at f', '    at g']);
    expect(log.continuation(2).map(({ text }) => text)).toEqual(['    at h']);
    expect([0, 1, 2, 3, 4, 5].map((number) => log.headOf(number))).toEqual([0, 0, 2, 2, 0, 5]);
    expect([0, 1, 2, 5].map((number) => log.continuedBy(number))).toEqual([2, 0, 1, 0]);
  });

  test('may go while somebody reads it: what is left stands for it', () => {
    const log = new ComponentLog('web');
    const a = run('a');
    log.add(a, bytes('Error: x', ...Array.from({ length: 2000 }, (_, line) => `    at ${line}`), 'next', '    at g'));
    const lines = log.continuing(0);
    expect(lines.next().value?.text).toBe('    at 0');
    log.dropOldest();
    expect([...lines]).toEqual([]);
    expect(log.headOf(2000)).toBe(log.first);
    expect([...log.continuing(log.first)].length).toBe(2000 - log.first);
  });

  test('begins anew where nothing of its run is before it, and behind a mark', () => {
    const log = new ComponentLog('web');
    log.add(run('a'), bytes('    boom()', '    at f', 'KeyError: x'));
    expect(shown(log)).toEqual(['    boom()', 'KeyError: x']);
    const [b, traced] = [run('b'), 'Traceback (most recent call last):'];
    log.add(b, bytes(traced));
    log.mark(b, { type: 'gap', reason: 'rotated', forMs: 1000 });
    log.add(b, bytes('    at g', '    at h'));
    log.mark(b, { type: 'cut', lines: 1 });
    log.add(b, bytes('KeyError: x'));
    expect(shown(log)).toEqual(['    boom()', 'KeyError: x', traced, '', '    at g', '', 'KeyError: x']);
    expect(log.continuedBy(4)).toBe(0);
  });

  test('is told of what is left when the line before it is kept no more', () => {
    const log = new ComponentLog('web');
    const [a, b] = [run('a'), run('b')];
    log.add(a, bytes('Error: x', '    at 0'));
    log.add(b, bytes(...Array.from({ length: 1000 }, () => 'x'.repeat(100))));
    log.add(a, bytes('    at 1', '    at 2'));
    expect(log.headOf(1003)).toBe(0);
    log.dropOldest();
    expect([log.headOf(1002), log.headOf(1003), log.heirOf(0)]).toEqual([1002, 1002, 1002]);
    expect(log.continuation(1002).map(({ text }) => text)).toEqual(['    at 2']);
    expect(log.runs).toEqual([a, b]);
    while (log.first < log.end) log.dropOldest();
    expect([log.heirOf(0), log.runs, log.bytes]).toEqual([undefined, [], 0]);
    log.add(a, bytes('    at 3', '    at 4', 'next'));
    expect(shown(log)).toEqual(['    at 3', 'next']);
  });
});

test('of a line that is not read as a whole, its ending can be had', () => {
  const log = new ComponentLog('web');
  log.add(run('a'), bytes('short', `${'x'.repeat(20_000)} end`));
  log.mark(run('a'), { type: 'cut', lines: 1 });
  expect([0, 1, 2, 3].map((number) => log.endingOf(number, 30_000))).toEqual(Array(4).fill(undefined));
  expect(log.endingOf(0, 5)).toBeUndefined();
  expect(log.endingOf(0, 3)).toBe('ort');
  expect(log.endingOf(1, 10_000)).toMatch(/^x{8188} end$/);
});

describe('a filter', () => {
  const log = new ComponentLog('plugins');
  const line = (level: string, msg: string) => JSON.stringify({ level, msg });
  log.add(run('a'), bytes(line('info', 'started'), line('warn', 'slow redis'), line('error', 'redis gone'), 'plain'));
  log.mark(run('a'), { type: 'cut', lines: 1 });
  log.add(run('b'), bytes(line('info', 'redis again')));
  const texts = (filter: Partial<Filter>) =>
    shown(log, filter).map((text) => (text?.startsWith('{') ? JSON.parse(text).msg : text));

  test.each<[string, Partial<Filter>, readonly string[]]>([
    ['nothing', {}, ['started', 'slow redis', 'redis gone', 'plain', '', 'redis again']],
    ['one of several patterns', { only: [/redis/, /plain/] }, ['slow redis', 'redis gone', 'plain', '', 'redis again']],
    ['what must not be', { only: [/redis/], not: [/slow/] }, ['redis gone', '', 'redis again']],
    ['a severity', { level: 'warn' }, ['slow redis', 'redis gone', '']],
    ['a pod left out', { without: new Set([placeOf(run('a'))]) }, ['redis again']],
  ])('by %s', (_, filter, wanted) => {
    expect(texts(filter)).toEqual(wanted);
  });

  test('finds a line again, or the next one that is shown', () => {
    const selection = new Selection(log, { ...everything, only: [/redis/] });
    expect(selection.update(100)).toBe(true);
    expect(selection.update(100)).toBe(false);
    expect([selection.indexOf(0), selection.indexOf(2), selection.indexOf(99)]).toEqual([0, 1, 4]);
  });

  test('lets go of what is kept no more', () => {
    const old = new ComponentLog('web');
    for (let block = 0; block < 3; block += 1)
      old.add(run('a'), bytes(...Array.from({ length: 500 }, () => 'x'.repeat(100))));
    const selection = new Selection(old, everything);
    selection.update(10_000);
    old.dropOldest();
    selection.update(1);
    expect(selection.at(0)).toBe(old.first);
    expect(selection.length).toBe(old.end - old.first);
  });
});

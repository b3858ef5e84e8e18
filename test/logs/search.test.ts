/** Where a text stands in all that is kept. */
import { describe, expect, test } from 'vitest';
import type { ComponentLog } from '../../source/logs/record.ts';
import { LogSearch } from '../../source/logs/search.ts';
import { everything, type Filter, Selection } from '../../source/logs/selection.ts';
import { cpuMs } from '../support/cpu-time.ts';
import { bytesOf, logOf, manyLines, podOf } from '../support/log-lines.ts';

function searching(query: string, log: ComponentLog, filter: Partial<Filter> = {}) {
  const selection = new Selection(log, { ...everything, ...filter });
  selection.update(1e9);
  const search = new LogSearch(query, log, selection);
  const keepUp = () => {
    selection.update(1e9);
    search.update(() => true);
  };
  keepUp();
  return { selection, search, keepUp, hits: () => hitsOf(search) };
}

const manyNumbers = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

/** All of them, from the first one on. */
function hitsOf(search: LogSearch): readonly number[] {
  const hits: number[] = [];
  for (let hit = search.go(-1, 'next'); hit !== undefined && hits.length < search.count; hit = search.go(hit, 'next'))
    hits.push(hit);
  return hits;
}

describe('is found', () => {
  test.each<[string, readonly number[]]>([
    ['hello', [0, 2]],
    ['HELLO', [0, 2]],
    ['404', [2]],
    // In their times only.
    ['1970', []],
    ['00z', []],
    ['élan', [1, 3]],
    ['ÉLAN', [1, 3]],
    ['привет', [3]],
    ['日志', [3]],
    ['hello w', [0, 2]],
  ])('%j', (query, wanted) => {
    expect(searching(query, logOf('hello world', 'Élan', 'Hello World 404', 'Привет élan 日志')).hits()).toEqual(
      wanted,
    );
  });

  test('in lines that have no time too', () => {
    const log = logOf('one');
    log.add(podOf('a'), Buffer.from(' 2026 no time\n 2026\n'));
    expect(searching('2026', log).hits()).toEqual([1, 2]);
  });

  test('in every block, behind marks, once a line', () => {
    const log = logOf(...manyLines(3000, (index) => `${'x'.repeat(50)} ${index % 1000 === 999 ? 'here here' : ''}`));
    log.mark(podOf('a'), { type: 'away', forMs: 1 });
    log.add(podOf('a'), bytesOf('here'));
    expect(searching('here', log).hits()).toEqual([999, 1999, 2999, 3001]);
  });

  test('nothing without a text', () => {
    expect(searching('', logOf('one')).search.count).toBe(0);
  });
});

describe('lines that belong together', () => {
  test('are one hit, wherever they are cut', () => {
    const texts = [
      ...manyLines(900, () => `before ${'x'.repeat(40)}`),
      'Error: needle',
      ...manyLines(2000, (index) => `    at needle ${index}`),
      'needle',
    ];
    const { search, hits } = searching('needle', logOf(...texts));
    expect(hits()).toEqual([900, 2901]);
    expect([search.placeOf(900), search.placeOf(901), search.placeOf(2901)]).toEqual([1, 0, 2]);
  });

  test('of two pods that speak at once are told apart', () => {
    const log = logOf('Error: a', '    at needle');
    log.add(podOf('b'), bytesOf('Error: b'));
    log.add(podOf('a'), bytesOf('    at g'));
    log.add(podOf('b'), bytesOf('    at needle'));
    log.add(podOf('a'), bytesOf('    at needle'));
    expect(searching('needle', log).hits()).toEqual([0, 2]);
  });

  test('become a hit with the line that has it, also when that comes later', () => {
    const log = logOf('Error: x');
    const { hits, keepUp } = searching('needle', log);
    log.add(podOf('a'), bytesOf('    at needle', 'next', 'needle'));
    keepUp();
    expect(hits()).toEqual([0, 3]);
  });

  test('become a hit when they fit, though they were found before', () => {
    const log = logOf('Error: needle', 'Error: needle', '    at f');
    const { hits, keepUp } = searching('needle', log, { only: [/fits/] });
    expect(hits()).toEqual([]);
    log.add(podOf('a'), bytesOf('    at fits', 'needle fits'));
    keepUp();
    expect(hits()).toEqual([1, 4]);
  });
});

describe('while lines come and go', () => {
  test('only what is shown is a hit', () => {
    const { hits } = searching('needle', logOf('needle', 'needle fits', 'fits'), { only: [/fits/] });
    expect(hits()).toEqual([1]);
  });

  test('what the filter has not looked at yet is found when it has', () => {
    const log = logOf(...manyLines(5000, (index) => `needle ${index}`));
    const selection = new Selection(log, { ...everything, only: [/needle/] });
    selection.update(100);
    const search = new LogSearch('needle', log, selection);
    search.update(() => true);
    expect([search.count, search.isComplete]).toEqual([100, false]);
    selection.update(100);
    search.update(() => true);
    expect([search.count, search.isComplete]).toEqual([200, false]);
    selection.update(10_000);
    expect(search.isComplete).toBe(false);
    search.update(() => true);
    expect([search.count, search.isComplete]).toEqual([5000, true]);
  });

  test('it looks for as long as there is time, from the newest lines on', () => {
    const log = logOf(...manyLines(5000, (index) => `needle ${index} ${'x'.repeat(40)}`));
    const selection = new Selection(log, everything);
    selection.update(1e9);
    const search = new LogSearch('needle', log, selection);
    let left = 2;
    search.update(() => left-- > 0);
    expect(search.isComplete).toBe(false);
    expect(search.count).toBeLessThan(3000);
    expect([search.go(0, 'previous'), search.isCompleteFrom(4999), search.isCompleteFrom(0)]).toEqual([
      4999,
      true,
      false,
    ]);
  });

  test('what is kept no more is no hit any more, of what was there and of what came since', () => {
    const log = logOf(...manyLines(600, () => `needle ${'x'.repeat(40)}`));
    const { search, keepUp, hits } = searching('needle', log);
    for (let round = 0; round < 10; round += 1) {
      log.add(podOf('a'), bytesOf(...manyLines(600, () => `needle ${'x'.repeat(40)}`)));
      keepUp();
      if (round > 3) log.dropOldest();
      keepUp();
      expect(search.count).toBe(log.end - log.first);
    }
    expect(hits()[0]).toBe(log.first);
  });

  test('what came and went before it was looked at is no hit', () => {
    const log = logOf('needle');
    const { keepUp, hits } = searching('needle', log);
    log.add(podOf('a'), bytesOf(...manyLines(2000, () => `needle ${'x'.repeat(40)}`)));
    log.dropOldest();
    keepUp();
    expect(hits()).toEqual(manyNumbers(log.first, log.end));
  });

  test('what is left of lines that belong together is a hit only where it has the text', () => {
    const log = logOf('{', ...manyLines(3000, (index) => `  "line ${index}": ${'x'.repeat(40)}`), 'next');
    const [gone, left] = [searching('"line 0"', log), searching('"line 1500"', log)];
    log.dropOldest();
    for (const { keepUp } of [gone, left]) keepUp();
    expect([gone.hits(), left.hits()]).toEqual([[], [log.first]]);
  });
});

test('goes from hit to hit, and around the end', () => {
  const { search } = searching('x', logOf('x', '-', 'x', '-', 'x'));
  const ways = (number: number) => (['here', 'next', 'previous'] as const).map((way) => search.go(number, way));
  expect(ways(2)).toEqual([2, 4, 0]);
  expect(ways(3)).toEqual([2, 4, 2]);
  expect(ways(4)).toEqual([4, 0, 2]);
  expect(ways(0)).toEqual([0, 2, 4]);
});

test('a line that hundreds of thousands continue costs no more than as many lines', () => {
  const took = (text: string) => {
    const log = logOf('{');
    const some = bytesOf(...manyLines(10_000, () => text));
    for (let round = 0; round < 20; round += 1) log.add(podOf('a'), some);
    return cpuMs(() => searching('needle', log));
  };
  const lines = took('needle');
  expect(took('  needle')).toBeLessThan(20 * lines);
});

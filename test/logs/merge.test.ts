/** Lines of several runs, by time. */
import { describe, expect, test } from 'vitest';
import { Merge } from '../../source/logs/merge.ts';
import { secondsAt, textAt, timeAt } from '../../source/logs/stamp.ts';
import type { Run } from '../../source/logs/types.ts';
import { numbersFrom } from '../../source/sandbox/numbers.ts';

const run = (pod: string): Run => ({ component: 'web', pod, container: 'web', kind: 'app', restart: 0 });
const line = (ms: number, text: string) => `${new Date(ms).toISOString().slice(0, -1)}000000Z ${text}\n`;
const bytes = (...lines: readonly (readonly [number, string])[]) =>
  Buffer.from(lines.map(([ms, text]) => line(ms, text)).join(''));
const textsOf = (merge: Merge, now: number, hold: number) =>
  [...merge.take(now, hold)].flatMap(({ bytes: lines, marker }) =>
    marker
      ? [marker.type]
      : lines
          .toString()
          .trimEnd()
          .split('\n')
          .map((each) => each.slice(31)),
  );

describe('lines', () => {
  const [a, b] = [run('a'), run('b')];
  const opened = () => {
    const merge = new Merge();
    merge.open(a);
    merge.open(b);
    return merge;
  };

  test('wait for what may come before them, but not for ever', () => {
    const merge = opened();
    merge.add(a, bytes([1000, 'a1'], [3000, 'a3']), 0);
    expect(textsOf(merge, 100, 250)).toEqual([]);
    merge.add(b, bytes([2000, 'b2'], [4000, 'b4']), 100);
    expect(textsOf(merge, 100, 250)).toEqual(['a1', 'b2', 'a3']);
    expect(textsOf(merge, 349, 250)).toEqual([]);
    expect(textsOf(merge, 350, 250)).toEqual(['b4']);
  });

  test('of a run that is over are waited for no more', () => {
    const merge = opened();
    merge.add(a, bytes([1000, 'a1']), 0);
    expect(textsOf(merge, 0, Number.POSITIVE_INFINITY)).toEqual([]);
    merge.close(b);
    expect(textsOf(merge, 0, Number.POSITIVE_INFINITY)).toEqual(['a1']);
    expect(merge.isEmpty).toBe(true);
  });

  test('of one run keep their order, whatever its clock says', () => {
    const merge = opened();
    merge.add(a, bytes([5000, 'a5'], [1000, 'a1'], [6000, 'a6']), 0);
    merge.add(b, bytes([2000, 'b2'], [5500, 'b5']), 0);
    expect(textsOf(merge, 300, 250)).toEqual(['b2', 'a5', 'a1', 'b5', 'a6']);
  });

  test('have marks between them where they were told', () => {
    const merge = opened();
    merge.close(b);
    merge.add(a, bytes([1000, 'a1']), 0);
    merge.add(a, { type: 'away', forMs: 5 }, 0);
    merge.add(a, bytes([2000, 'a2']), 0);
    expect(textsOf(merge, 0, 250)).toEqual(['a1', 'away', 'a2']);
    expect(merge.waiting(a)).toBe(0);
  });

  test('of many runs come in one order and none is lost', () => {
    const random = numbersFrom(3);
    const merge = new Merge();
    const runs = Array.from({ length: 7 }, (_, index) => run(`r${index}`));
    const all: number[] = [];
    for (const each of runs) {
      merge.open(each);
      let ms = 0;
      for (let block = 0; block < 20; block += 1) {
        const lines = Array.from({ length: 1 + Math.floor(random() * 9) }, (): readonly [number, string] => {
          ms += Math.floor(random() * 50);
          all.push(ms);
          return [ms, String(ms)];
        });
        merge.add(each, bytes(...lines), 0);
      }
      merge.close(each);
    }
    expect(textsOf(merge, 0, 250).map(Number)).toEqual(all.sort((one, other) => one - other));
  });
});

describe('the time of a line', () => {
  test.each([
    ['2026-11-23T20:55:01.123456789Z text', Date.UTC(2026, 10, 23, 20, 55, 1) + 123.456789, 31],
    ['2026-11-23T20:55:01.123456789+08:00 text', Date.UTC(2026, 10, 23, 12, 55, 1) + 123.456789, 36],
    ['2026-11-23T20:55:01.5-03:30 text', Date.UTC(2026, 10, 24, 0, 25, 1) + 500, 28],
    ['2026-11-23T20:55:01Z text', Date.UTC(2026, 10, 23, 20, 55, 1), 21],
    ['1999-01-01T00:00:00Z text', Date.UTC(1999, 0, 1), 21],
    [' text', Number.NaN, 1],
    ['no time', Number.NaN, 0],
    ['2026-11-23T20\nnext line is here', Number.NaN, 0],
    ['', Number.NaN, 0],
  ])('of %j', (text, ms, at) => {
    const line = Buffer.from(text);
    expect(timeAt(line, 0).toFixed(3)).toBe(ms.toFixed(3));
    expect(secondsAt(line, 0)).toBe(Math.floor(ms / 1000));
    expect(textAt(line, 0)).toBe(at);
  });
});

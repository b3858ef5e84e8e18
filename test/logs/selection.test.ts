/** Which lines are shown: each with those that continue it, as a whole. */
import { describe, expect, test } from 'vitest';
import { LineNumbers } from '../../source/logs/line-numbers.ts';
import type { ComponentLog } from '../../source/logs/record.ts';
import { everything, type Filter, Selection } from '../../source/logs/selection.ts';
import { numbersFrom } from '../../source/sandbox/numbers.ts';
import { bytesOf, logOf, manyLines, podOf } from '../support/log-lines.ts';

const numbersOf = (selection: Selection) =>
  Array.from({ length: selection.length }, (_, index) => selection.at(index) as number);
const upToDate = (selection: Selection): Selection => {
  do selection.update(7);
  while (selection.isBehind);
  return selection;
};
const shown = (log: ComponentLog, filter: Partial<Filter> = {}) =>
  numbersOf(upToDate(new Selection(log, { ...everything, ...filter })));

describe('lines that belong together', () => {
  const traceback = ['Traceback (most recent call last):', '  File "x.py"', 'KeyError: team_id'];

  test.each<[string, Partial<Filter>, readonly number[]]>([
    ['what the last of them says', { only: [/KeyError/] }, [1]],
    ['what the first of them says', { only: [/Traceback/] }, [1]],
    ['what one says and how grave another is', { only: [/KeyError/], level: 'error' }, [1]],
    ['what none says', { only: [/nosuch/] }, []],
    ['what the last of them must not say', { not: [/KeyError/] }, [0, 4]],
    ['what one must say and another must not', { only: [/Trace/], not: [/File/] }, []],
  ])('fit by %s', (_, filter, wanted) => {
    expect(shown(logOf('before', ...traceback, 'after'), filter)).toEqual(wanted);
  });

  test('are shown when the line comes that fits, though others have come between', () => {
    const log = logOf('Error: x', '    at f');
    log.add(podOf('b'), bytesOf('of another pod, at g'));
    const selection = upToDate(new Selection(log, { ...everything, only: [/at g/] }));
    expect(numbersOf(selection)).toEqual([2]);
    log.add(podOf('a'), bytesOf('    at g', 'next'));
    expect(numbersOf(upToDate(selection))).toEqual([0, 2]);
  });

  test('go when a line comes that must not be there, and stay away', () => {
    const log = logOf('Error: x', '    at f');
    const selection = upToDate(new Selection(log, { ...everything, not: [/secret/] }));
    expect(numbersOf(selection)).toEqual([0]);
    log.add(podOf('a'), bytesOf('    at secret', '    at g'));
    expect(numbersOf(upToDate(selection))).toEqual([]);
  });
});

describe('what is kept no more', () => {
  const dump = () => logOf('before', '{', ...manyLines(3000, (index) => `  "needle ${index}": ${'x'.repeat(40)}`));

  test.each<[string, Partial<Filter>]>([
    ['all lines', {}],
    ['lines that fit', { only: [/"needle 0"/] }],
  ])('leaves what belonged to it where it was: %s', (_, filter) => {
    const log = dump();
    const selection = upToDate(new Selection(log, { ...everything, ...filter }));
    log.add(podOf('b'), bytesOf('needle 0 of another pod, "needle 0"'));
    upToDate(selection);
    for (let block = 0; block < 2; block += 1) {
      log.dropOldest();
      expect(selection.update(1)).toBe(true);
      expect(numbersOf(selection)).toEqual([log.first, 3002]);
      expect(log.continuedBy(log.first)).toBe(3002 - log.first - 1);
    }
    // What comes still belongs to it.
    log.add(podOf('a'), bytesOf('  "last": 1'));
    expect(numbersOf(upToDate(selection))).toEqual([log.first, 3002]);
    expect(log.headOf(3003)).toBe(log.first);
  });

  test('is not looked at any more', () => {
    const log = logOf(...manyLines(3000, (index) => `${index} ${'x'.repeat(40)}`));
    const selection = new Selection(log, { ...everything, only: [/7 x/] });
    selection.update(10);
    log.dropOldest();
    selection.update(10);
    expect(selection.end).toBe(log.first + 10);
    expect(numbersOf(selection).every((number) => number >= log.first)).toBe(true);
  });
});

test('numbers keep their order, each once, wherever they come and go', () => {
  const random = numbersFrom(7);
  const numbers = new LineNumbers();
  let [wanted, first] = [new Set<number>(), 0];
  for (let step = 0; step < 30_000; step += 1) {
    const number = first + Math.floor(random() * 400);
    if (random() < 0.7) {
      numbers.add(number);
      wanted.add(number);
    } else {
      numbers.delete(number);
      wanted.delete(number);
    }
    if (step % 50 === 0) {
      first += 20;
      numbers.dropBefore(first);
      wanted = new Set([...wanted].filter((each) => each >= first));
      const sorted = [...wanted].sort((one, other) => one - other);
      expect(Array.from({ length: numbers.length }, (_, index) => numbers.at(index))).toEqual(sorted);
      expect([numbers.has(number), numbers.at(-1), numbers.at(numbers.length)]).toEqual([
        wanted.has(number),
        undefined,
        undefined,
      ]);
    }
  }
});

/** Lines that are wider than their pane. */
import { describe, expect, test } from 'vitest';
import { dim, textOf } from '../../source/console/draw/line.ts';
import { wrapLine } from '../../source/console/screens/logs/wrapping.ts';
import { beginning } from '../../source/text/clip.ts';
import { cpuMs } from '../support/cpu-time.ts';

const wrapped = (text: string, columns: number, most = 9) =>
  wrapLine([text], columns, most).map((line) => line.map(textOf).join(''));

describe('a line', () => {
  test.each<[string, number, readonly string[]]>([
    ['abcdef', 3, ['abc', 'def']],
    ['abcdefg', 3, ['abc', 'def', 'g']],
    ['ab', 3, ['ab']],
    ['', 3, ['']],
    ['长日志', 3, ['长', '日', '志']],
    ['a长日志', 3, ['a长', '日', '志']],
    ['é́😀x', 3, ['é́😀', 'x']],
    // There is no room for any of it.
    ['长', 1, ['']],
  ])('%j in %i columns', (text, columns, wanted) => {
    expect(wrapped(text, columns)).toEqual(wanted);
  });

  test('ends with a mark where it would need more lines', () => {
    expect(wrapped('abcdefghij', 3, 2)).toEqual(['abc', 'de…']);
    expect(wrapped('abcdef', 3, 2)).toEqual(['abc', 'def']);
  });

  test('keeps the tones of what it is made of', () => {
    expect(wrapLine([dim('ab'), 'cd'], 3, 9)).toEqual([[dim('ab'), 'c'], ['d']]);
  });

  test('of a megabyte costs little more than what is seen of it', () => {
    const took = (units: number) => {
      const text = '长x'.repeat(units / 2);
      return cpuMs(() => {
        for (let round = 0; round < 20; round += 1) wrapLine([text], 100, 40);
      });
    };
    took(4_000);
    expect(took(1_000_000)).toBeLessThan(20 * took(8_000));
  });
});

test('the beginning of a text cuts no character of two units', () => {
  expect([beginning('ab😀', 3), beginning('ab😀', 4), beginning('ab', 3)]).toEqual(['ab', 'ab😀', 'ab']);
});

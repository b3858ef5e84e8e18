/** Patterns that people write, and the guard that they run under. */
import { describe, expect, test } from 'vitest';
import { guardedEach, SlowPattern } from '../../source/logs/guarded.ts';
import { asWord, compile } from '../../source/logs/pattern.ts';

describe('a guard', () => {
  const spin = (ms: number) => {
    for (const until = performance.now() + ms; performance.now() < until; );
  };

  test('looks at each once, also when the machine was busy meanwhile', () => {
    const seen: number[] = [];
    let isBusy = true;
    guardedEach(5, (index) => {
      if (index === 3 && isBusy) {
        isBusy = false;
        spin(1000);
      }
      seen.push(index);
    });
    expect(seen).toEqual([0, 1, 2, 3, 4]);
  });

  test('stops what takes too long by itself', () => {
    const hanging = /(a+)+$/;
    const looked: number[] = [];
    const look = (index: number) => {
      looked.push(index);
      hanging.test(index === 1 ? `${'a'.repeat(60)}b` : 'x');
    };
    expect(() => guardedEach(3, look)).toThrow(SlowPattern);
    expect(new Set(looked)).toEqual(new Set([0, 1]));
  });

  test('passes on what goes wrong', () => {
    expect(() =>
      guardedEach(1, () => {
        throw new RangeError('no');
      }),
    ).toThrow(RangeError);
  });
});

describe('a pattern as a word of a filter', () => {
  test.each([
    ['connection refused', 'connection refused', 'connection'],
    ['a\tb', 'a\tb', 'a'],
    ['!important', '!important', 'important'],
    ['plain|other', 'other', 'x'],
  ])('%j fits the same', (pattern, fits, fitsNot) => {
    const word = asWord(pattern);
    expect(word).not.toMatch(/^!|\s/);
    const compiled = compile(word) as RegExp;
    expect([compiled.test(fits), compiled.test(fitsNot)]).toEqual([true, false]);
  });
});

/** Cutting and breaking text by cells. */
import { describe, expect, test } from 'vitest';
import { clip, graphemes, head, wrap } from '../../source/text/clip.ts';
import { width } from '../../source/text/width.ts';

const family = '👨\u200d👩\u200d👧';

describe('the beginning', () => {
  test.each([
    ['abcdef', 3, 'abc'],
    ['abc', 3, 'abc'],
    ['abc', 0, ''],
    ['abc', -1, ''],
    // An accent is its letter's, also where the cut is.
    ['abe\u0301f', 3, 'abe\u0301'],
    ['就绪了', 5, '就绪'],
    [`${family}${family}`, 3, family],
    // Marks without a width, more than are looked at at once.
    [`a${'\u0301'.repeat(100)}b`, 2, `a${'\u0301'.repeat(100)}b`],
    [`${'\u0301'.repeat(100)}bcd`, 2, `${'\u0301'.repeat(100)}bc`],
  ])('of %j in %i cells', (text, cells, beginning) => expect(head(text, cells)).toBe(beginning));

  test('is as wide as it can be, whatever is in it', () => {
    const signs = ['a', '就', 'e\u0301', family, ' ', 'é'];
    for (let seed = 1; seed < 400; seed += 1) {
      const text = Array.from({ length: seed % 60 }, (_, nth) => signs[(seed * (nth + 7) * 31) % signs.length]).join(
        '',
      );
      const cells = seed % 17;
      const beginning = head(text, cells);
      const next = graphemes(text.slice(beginning.length))[0];
      expect(text.startsWith(beginning)).toBe(true);
      expect(width(beginning)).toBeLessThanOrEqual(cells);
      if (next !== undefined) expect(width(beginning) + width(next)).toBeGreaterThan(cells);
    }
  });
});

test.each([
  ['abcdef', 4, 'abc…'],
  ['abcd', 4, 'abcd'],
  ['就绪了', 6, '就绪了'],
  ['就绪了', 5, '就绪…'],
  ['abc', 0, ''],
])('%j is cut to %i cells', (text, cells, cut) => expect(clip(text, cells)).toBe(cut));

describe('lines', () => {
  test.each([
    ['one two three', 7, ['one two', 'three']],
    ['one  two', 3, ['one', 'two']],
    ['abcdefgh ij', 3, ['abc', 'def', 'gh', 'ij']],
    ['就绪，了', 4, ['就', '绪，', '了']],
    ['就绪（了）', 6, ['就绪', '（了）']],
    ['共「20 个」', 4, ['共', '「20', '个」']],
    ['', 5, ['']],
    ['a\nb', 5, ['a', 'b']],
    ['就', 1, ['就']],
  ])('of %j in %i cells', (text, cells, lines) => expect(wrap(text, cells)).toEqual(lines));

  test('of what is long and has no spaces hold all of it', () => {
    for (const text of ['x'.repeat(10_000), 'é'.repeat(3000), '漢'.repeat(3000), 'e\u0301'.repeat(2000)]) {
      const lines = wrap(text, 78);
      expect(lines.join('')).toBe(text);
      expect(lines.slice(0, -1).every((line) => width(line) >= 77 && width(line) <= 78)).toBe(true);
    }
  });
});

import { expect, test } from 'vitest';
import { formatCount } from '../../source/text/count.ts';

test.each([
  [0, '0'],
  [0.4, '0.4'],
  [7, '7'],
  [9.96, '10'],
  [312.4, '312'],
  [999, '999'],
  [999.6, '1k'],
  [1000, '1k'],
  [1234, '1.23k'],
  [9_996, '10k'],
  [48_213, '48.2k'],
  [99_960, '100k'],
  [999_600, '1M'],
  [1_980_000, '1.98M'],
  [2e9, '2G'],
  [-682, '-682'],
  [-48_213, '-48.2k'],
])('%d is %s', (count, text) => {
  expect(formatCount(count)).toBe(text);
});

import { expect, test } from 'vitest';
import { formatBytes, formatCpu, parseQuantity } from '../../source/stack/quantity.ts';

test.each([
  ['250m', 0.25],
  ['2', 2],
  [2, 2],
  ['0.5', 0.5],
  ['1.5Gi', 1.5 * 2 ** 30],
  ['512Mi', 2 ** 29],
  ['1e3', 1000],
  ['100M', 1e8],
  ['5k', 5000],
  ['100n', 1e-7],
  // As people write them: objects of custom kinds keep that.
  ['.5', 0.5],
  ['2.', 2],
  ['1Ei', 2 ** 60],
  ['1E', 1e18],
  ['1E3', 1000],
])('%s is %d', (quantity, value) => {
  expect(parseQuantity(quantity)).toBe(value);
});

test.each(['', '2GB', 'two', '1 Gi', '--1', '1mi'])('"%s" is no quantity', (quantity) => {
  expect(() => parseQuantity(quantity)).toThrow(RangeError);
});

test.each([
  [2, '2'],
  [0.25, '250m'],
  [1.5, '1500m'],
  [0.0001, '1m'],
])('%d cores are written %s', (cores, written) => {
  expect(formatCpu(cores)).toBe(written);
});

test.each([
  [2 ** 30, '1Gi'],
  [1.5 * 2 ** 30, '1536Mi'],
  [1, '1Mi'],
  [1.25 * 2 ** 20, '2Mi'],
])('%d bytes are written %s, never less than they are', (bytes, written) => {
  expect(formatBytes(bytes)).toBe(written);
});

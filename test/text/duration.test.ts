import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from '../../source/text/duration.ts';

test.each([
  ['90s', 90_000],
  ['45m', 2_700_000],
  ['2h', 7_200_000],
  ['1h30m', 5_400_000],
  ['1.5h', 5_400_000],
  ['1h0m1s', 3_601_000],
])('%s is understood', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each(['', '5', '0s', '-1m', '2d', '2 h', 'h', '2H', '1e3s', '1h30', 'Infinity', '٣h'])('%j is refused', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test.each([
  [0, '0 ms'],
  [112.4, '112 ms'],
  [999.4, '999 ms'],
  [999.6, '1s'],
  [48_000, '48s'],
  [59_600, '1m00s'],
  [192_000, '3m12s'],
  [3_599_600, '1h00m'],
  [7_500_000, '2h05m'],
])('%d ms is written %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test('units are those of the language', () => {
  const units = { ms: ' 毫秒', s: '秒', m: '分', h: '时' };
  expect([300, 48_000, 1_864_000, 7_500_000].map((ms) => formatDuration(ms, units))).toEqual([
    '300 毫秒',
    '48秒',
    '31分04秒',
    '2时05分',
  ]);
});

import { expect, test } from 'vitest';
import { padEnd, padStart, width } from '../../source/text/width.ts';

test.each([
  ['abc', 3],
  ['就绪', 4],
  ['e\u0301', 1],
  ['👨\u200d👩\u200d👧', 2],
  ['｡ﾊﾛ', 3],
  ['', 0],
])('%s has its cells', (text, cells) => {
  expect(width(text)).toBe(cells);
});

test('columns line up whatever stands in them', () => {
  expect(padEnd('就绪', 6)).toBe('就绪  ');
  expect(padStart('就绪', 6)).toBe('  就绪');
  expect(padEnd('too long', 3)).toBe('too long');
});

import { expect, test } from 'vitest';
import { isPastDelay } from '../../../source/sandbox/world/troubles.ts';

test.each([
  [0, 40, undefined, true],
  [-400, 40, undefined, true],
  [-400, 40, 240_000, false],
  [5_999, 40, 240_000, false],
  [6_000, 40, 240_000, true],
  [239_999, 1, 240_000, false],
  [0, Number.POSITIVE_INFINITY, 240_000, true],
])('after %d ms at speed %d, a delay of %s is over: %s', (age, speed, delay, isOver) => {
  expect(isPastDelay(age, speed, delay)).toBe(isOver);
});

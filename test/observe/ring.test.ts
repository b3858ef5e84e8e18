/** Looks over the last half hour: which are kept, and which are compared. */
import { expect, test } from 'vitest';
import { fresh, spread, type Timed, withLook } from '../../source/observe/ring.ts';

const looksAt = (...seconds: readonly number[]): readonly Timed[] => seconds.map((second) => ({ at: second * 1000 }));
const kept = (...seconds: readonly number[]) => looksAt(...seconds).reduce(withLook<Timed>, []);

test.each([
  ['those of half an hour', Array.from({ length: 31 }, (_, minute) => minute * 60), 31],
  ['none that is older', Array.from({ length: 40 }, (_, minute) => minute * 60), 31],
  ['those up to a minute and a half apart', [0, 90, 180], 3],
  ['none from before a longer gap', [0, 5, 96, 101], 2],
])('are kept: %s', (_, seconds, count) => {
  expect(kept(...seconds)).toEqual(looksAt(...seconds.slice(-count)));
});

test('are none any more when the next one would come after a gap', () => {
  expect(fresh(looksAt(0, 5), 95_000)).toHaveLength(2);
  expect(fresh(looksAt(0, 5), 95_001)).toEqual([]);
  expect(fresh([], 95_001)).toEqual([]);
});

test('are spread evenly, with the first and the last', () => {
  expect(spread([0, 1, 2, 3, 4, 5, 6], 3)).toEqual([0, 3, 6]);
  expect(spread([0, 1], 3)).toEqual([0, 1]);
});

import { expect, test } from 'vitest';
import { Tally } from './tally.ts';

const tallyOf = (...numbers: number[]): Tally => {
  const tally = new Tally();
  // Cut where it is cut.
  for (const letter of numbers.map((number) => `web/0 ${number} INFO\n`).join('')) tally.add(letter);
  return tally;
};

test.each([
  ['all of them', [0, 1, 2, 3], { lost: 0, doubled: 0, disordered: 0, wrong: [] }],
  [
    'some never',
    [0, 3],
    { lost: 2, doubled: 0, disordered: 0, wrong: ['web/0 of 4: lost 1-2; doubled -; disordered 0'] },
  ],
  [
    'each twice at once',
    [0, 0, 1, 1, 2, 3],
    { lost: 0, doubled: 2, disordered: 0, wrong: ['web/0 of 4: lost -; doubled 0-1; disordered 0'] },
  ],
  [
    'one three times, later',
    [0, 1, 2, 3, 1, 1],
    { lost: 0, doubled: 2, disordered: 2, wrong: ['web/0 of 4: lost -; doubled 1; disordered 2'] },
  ],
  [
    'more than were written',
    [0, 1, 2, 3, 4],
    { lost: 0, doubled: 1, disordered: 0, wrong: ['web/0 of 4: lost -; doubled 4; disordered 0'] },
  ],
])('%s', (_, numbers, counted) => {
  expect(tallyOf(...numbers).against({ 'web/0': 4 })).toEqual({ written: 4, ...counted });
});

test('none of a source that never came', () => {
  expect(new Tally().against({ 'web/0': 2 })).toMatchObject({ lost: 2, doubled: 0 });
});

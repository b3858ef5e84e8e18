import { expect, test } from 'vitest';
import { type FieldSet, insert } from '../../../source/sandbox/objects/field-set.ts';
import { cpuMs } from '../../support/cpu-time.ts';

/** The least of some tries: the others also clean up what was there before. */
function milliseconds(sets: number, keys: number): number {
  const fill = () => {
    const set: FieldSet = {};
    for (let key = 0; key < keys; key += 1) insert(set, ['f:data', `f:key-${key}`]);
  };
  const tries = Array.from({ length: 3 }, () =>
    cpuMs(() => {
      for (let round = 0; round < sets; round += 1) fill();
    }),
  );
  return Math.min(...tries);
}

test('a set of many fields grows in steps that do not grow with it', () => {
  // As many fields in sets forty times as large: forty times as long, if each step looked at all of them.
  expect(milliseconds(4, 80_000) / milliseconds(160, 2_000)).toBeLessThan(15);
});

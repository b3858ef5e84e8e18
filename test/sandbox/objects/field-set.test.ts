import { expect, test } from 'vitest';
import { type FieldSet, insert } from '../../../source/sandbox/objects/field-set.ts';

function milliseconds(keys: number): number {
  const set: FieldSet = {};
  const before = performance.now();
  for (let key = 0; key < keys; key += 1) insert(set, ['f:data', `f:key-${key}`]);
  return performance.now() - before;
}

test('a set of many fields grows in steps that do not grow with it', () => {
  milliseconds(2_000);
  // Twenty times as many fields; four hundred times as long, if each step looked at all of them.
  expect(milliseconds(40_000) / milliseconds(2_000)).toBeLessThan(150);
});

import { expect, test } from 'vitest';
import { paced } from '../../source/commands/console/paced.ts';
import { TestClock } from '../support/test-clock.ts';

test('the first change is seen at once, a storm a few times, and its last in any case', async () => {
  const clock = new TestClock();
  const stop = new AbortController();
  const seen: number[] = [];
  let value = 0;
  const changed = paced(() => seen.push(value), clock, stop.signal);
  for (let at = 1; at <= 100; at += 1) {
    value = at;
    changed();
    await clock.pass(10);
  }
  await clock.pass(1_000);
  expect(seen[0]).toBe(1);
  expect(seen.at(-1)).toBe(100);
  expect(seen.length).toBeLessThanOrEqual(6);
  stop.abort(new Error('over'));
  value = 101;
  changed();
  await clock.pass(1_000);
  expect(seen.filter((each) => each === 101).length).toBeLessThanOrEqual(1);
});

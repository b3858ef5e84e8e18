/** How full volumes are, and when they will be full. */
import { describe, expect, test } from 'vitest';
import { fillOf, isFilling, isFull, type SpaceLook } from '../../source/observe/fill.ts';
import { withLook } from '../../source/observe/ring.ts';
import { numbersFrom } from '../../source/sandbox/numbers.ts';

const gib = 2 ** 30;
const [size, everyS] = [40 * gib, 15];

/** Looks over so many minutes, at what is used in each second. */
const looksOver = (minutes: number, used: (second: number) => number): readonly SpaceLook[] =>
  Array.from({ length: (minutes * 60) / everyS + 1 }, (_, index) => index * everyS)
    .map((second) => ({ at: second * 1000, used: used(second), size }))
    .reduce(withLook<SpaceLook>, []);

describe('runway', () => {
  test('of what fills evenly is what is left by its rate', () => {
    const fill = fillOf(looksOver(30, (second) => 20 * gib + second * 10_000));
    expect(fill?.used).toBe(20 * gib + 1_800 * 10_000);
    expect(fill?.fullInS).toBeCloseTo((20 * gib - 18_000_000) / 10_000);
  });

  test('of what fills while it is merged and dropped: the noise does not count', () => {
    const next = numbersFrom(7);
    const fill = fillOf(looksOver(30, (second) => 20 * gib + second * 100_000 + next() * 2e7));
    const even = (20 * gib) / 100_000;
    expect((fill?.fullInS ?? 0) / even).toBeGreaterThan(0.8);
    expect((fill?.fullInS ?? 0) / even).toBeLessThan(1.25);
  });

  test.each<[name: string, looks: readonly SpaceLook[]]>([
    ['was seen once', looksOver(0, () => gib)],
    ['was seen for too short', looksOver(9, (second) => gib + second * 1e6)],
    ['stays as it is', looksOver(30, () => gib)],
    ['gets emptier', looksOver(30, (second) => 20 * gib - second * 1e6)],
    ['only goes up and down', looksOver(30, (second) => 20 * gib + (second % 120) * 1e6)],
    ['rose once', looksOver(30, (second) => (second < 900 ? gib : 2 * gib))],
    ['fills so slowly that it takes years', looksOver(30, (second) => gib + second * 100)],
    [
      'was enlarged a moment ago',
      [...looksOver(30, (second) => gib + second * 1e6), { at: 1_815_000, used: 3 * gib, size: 2 * size }],
    ],
  ])('is not told of what %s', (_, looks) => {
    expect(fillOf(looks)?.fullInS).toBeUndefined();
  });

  test('is over when it is full', () => {
    expect(fillOf(looksOver(30, (second) => size - 1_800 * 1e4 + second * 1e4))?.fullInS).toBe(0);
  });

  test('nobody looked: nothing is known', () => {
    expect(fillOf([])).toBeUndefined();
  });
});

const day = 86_400;

test.each([
  ['half full', 0.5, undefined, false, false],
  ['nearly', 0.849, undefined, false, false],
  ['high', 0.85, undefined, true, false],
  ['so good as full', 0.98, undefined, true, true],
  ['half full, in a week', 0.5, 7 * day, false, false],
  ['half full, within a week', 0.5, 7 * day - 1, true, false],
])('has it to be looked after: %s', (_, share, fullInS, filling, full) => {
  const fill = { used: share * 1000, size: 1000, fullInS };
  expect([isFilling(fill), isFull(fill)]).toEqual([filling, full]);
});

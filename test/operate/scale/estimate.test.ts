/** How a backlog would go with other replicas, held against a queue that goes as it says. */
import { expect, test } from 'vitest';
import { draining, emptyAfter } from '../../../source/operate/scale/estimate.ts';
import { numbersFrom } from '../../../source/sandbox/numbers.ts';
import { backlogOf } from '../../support/figures.ts';

const falling = backlogOf('ingestion', { waiting: 48_000, inPerS: 900, outPerS: 700, emptyInS: 'never', oldestS: 60 });

test.each([
  ['as many as now', falling, { from: 1, to: 1 }, 'never'],
  ['enough of them', falling, { from: 1, to: 2 }, 96],
  ['more than there are partitions', falling, { from: 1, to: 9, partitions: 2 }, 96],
  ['none', falling, { from: 1, to: 0 }, 'never'],
  ['none, of nothing', backlogOf('ingestion'), { from: 1, to: 0 }, 0],
  ['none, where rates are not known', { ...falling, inPerS: undefined }, { from: 1, to: 0 }, 'never'],
  ['nothing waits', backlogOf('ingestion'), { from: 1, to: 2 }, 0],
  ['rates are not known', { ...falling, inPerS: undefined, outPerS: undefined }, { from: 1, to: 2 }, undefined],
  ['it stands still', { ...falling, outPerS: 0 }, { from: 1, to: 2 }, undefined],
  ['just as many as come', { ...falling, inPerS: 1_400 }, { from: 1, to: 2 }, 'never'],
  ['too few still', falling, { from: 7, to: 8 }, 'never'],
] as const)('%s', (_, backlog, replicas, expected) => {
  expect(emptyAfter(backlog, replicas)).toBe(expected);
});

test('a simulated queue is empty when it says', () => {
  const numbers = numbersFrom(11);
  for (let round = 0; round < 100; round += 1) {
    const perReplica = 1 + Math.floor(numbers() * 500);
    const into = Math.floor(numbers() * 1500);
    const start = 1 + Math.floor(numbers() * 100_000);
    const backlog = backlogOf('ingestion', { waiting: start, inPerS: into, outPerS: perReplica, emptyInS: 'never' });
    const said = emptyAfter(backlog, { from: 1, to: 4, partitions: 4 });
    let [waiting, seconds] = [start, 0];
    while (waiting > 0 && seconds < 200_000) {
      waiting += into - 4 * perReplica;
      seconds += 1;
    }
    if (said === 'never') expect(waiting).toBeGreaterThan(0);
    else expect(Math.ceil(said as number)).toBe(seconds);
  }
});

test('the fewest that drain in time, or all that work at once', () => {
  expect(draining(falling, 1, 4, 600)).toBe(2);
  expect(draining(falling, 1, 4, 60)).toBe(3);
  expect(draining({ ...falling, inPerS: 90_000 }, 1, 4, 600)).toBe(4);
  expect(draining(falling, 5, 4, 600)).toBe(5);
});

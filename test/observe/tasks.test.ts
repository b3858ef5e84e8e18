/** Tasks that wait for the worker, and whether it lives, by looks at Redis. */
import { describe, expect, test } from 'vitest';
import { growthOf } from '../../source/observe/backlog/backlog.ts';
import { isBehind } from '../../source/observe/figures.ts';
import { withLook } from '../../source/observe/ring.ts';
import { isSilent, silenceOf, type TaskLook, taskBacklog } from '../../source/observe/tasks.ts';

const lookAt = (second: number, waiting: number, silentS?: number): TaskLook => ({
  at: second * 1000,
  queues: new Map([
    ['celery', Math.ceil(waiting / 2)],
    ['long_running', Math.floor(waiting / 2)],
    ['email', 0],
  ]),
  silentS,
});
const everyFive = (...counts: readonly number[]) =>
  counts.map((count, index) => lookAt(index * 5, count)).reduce(withLook<TaskLook>, []);
const minute = (from: number, step: number) =>
  everyFive(...Array.from({ length: 13 }, (_, index) => from + index * step));

describe('what waits', () => {
  test('is summed over the queues; those with most are named first', () => {
    const backlog = taskBacklog(everyFive(12, 7));
    expect(backlog).toMatchObject({ component: 'worker', waiting: 7, inPerS: undefined, outPerS: undefined });
    expect(backlog?.tasks?.queues).toEqual([
      ['celery', 4],
      ['long_running', 3],
    ]);
    expect(backlog?.trend).toEqual([12, 7]);
  });

  test.each<[name: string, looks: readonly TaskLook[], emptyInS: unknown, growPerS: number | undefined]>([
    ['is counted when it is seen once', everyFive(40), undefined, undefined],
    ['is nothing', everyFive(9, 0), 0, -1.8],
    ['falls', minute(1_200, -10), 540, -2],
    ['grows', minute(1_000, 10), 'never', 2],
    ['stands still', minute(1_000, 0), 'never', 0],
    ['grows, but was seen for too short', everyFive(10, 20, 30), undefined, 2],
    ['was nothing within the last minute', everyFive(90, 0, 900), 0, 81],
    ['was nothing a minute ago', [0, 20, 40, 60].map((at) => lookAt(at, at * 10)), 0, 10],
    ['was nothing before the last minute', [0, 5, 35, 65].map((at) => lookAt(at, at * 10)), 'never', 10],
  ])('%s', (_, looks, emptyInS, growPerS) => {
    const backlog = taskBacklog(looks);
    expect(backlog?.emptyInS).toEqual(emptyInS);
    expect(backlog && growthOf(backlog)).toEqual(growPerS);
  });

  test('is not known before anybody looked', () => {
    expect(taskBacklog([])).toBeUndefined();
  });

  test.each([
    ['many that do not get fewer', minute(1_000, 0), true],
    ['a few that do not get fewer', minute(900, 0), false],
    ['many that get fewer', minute(5_000, -10), false],
  ])('is too much: %s', (_, looks, expected) => {
    const backlog = taskBacklog(looks);
    expect(backlog && isBehind(backlog)).toBe(expected);
  });
});

describe('the last sign of life', () => {
  test.each<[name: string, looks: readonly TaskLook[], expected: number | undefined]>([
    ['nobody looked', [], undefined],
    ['as Redis tells it', [lookAt(0, 0, 8), lookAt(5, 0, 13)], 13],
    ['the clock of a pod runs ahead', [lookAt(0, 0, -2)], 0],
    ['there never was one, seen at first', [lookAt(0, 0)], 0],
    ['there never was one, watched for a while', [lookAt(0, 0), lookAt(60, 0), lookAt(75, 0)], 75],
    ['it was forgotten', [lookAt(0, 0, 3), lookAt(60, 0, 2), lookAt(75, 0)], 15],
  ])('%s', (_, looks, expected) => {
    expect(silenceOf(looks)).toBe(expected);
  });

  test('is missed from five minutes on', () => {
    expect([undefined, 0, 299, 300].map(isSilent)).toEqual([false, false, false, true]);
  });
});

import { expect, test } from 'vitest';
import { createGate } from '../../source/cluster/gate.ts';
import { settle, TestClock } from '../support/test-clock.ts';

/** Streams that open when they are told to. */
function streams(width: number, patienceMs: number) {
  const clock = new TestClock();
  const gate = createGate(width, patienceMs, clock);
  const opening: string[] = [];
  const answers = new Map<string, PromiseWithResolvers<string>>();
  const open = (name: string, signal?: AbortSignal) =>
    gate.pass(() => {
      opening.push(name);
      const answer = Promise.withResolvers<string>();
      answers.set(name, answer);
      return answer.promise;
    }, signal);
  return { clock, opening, open, answer: (name: string) => answers.get(name) as PromiseWithResolvers<string> };
}

test('so many open at a time, the next when one has answered or failed', async () => {
  const { opening, open, answer } = streams(2, 1_000);
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => open(name));
  b?.catch(() => {});
  await settle();
  expect(opening).toEqual(['a', 'b']);
  answer('a').resolve('A');
  await settle();
  expect(opening).toEqual(['a', 'b', 'c']);
  answer('b').reject(new Error('refused'));
  await settle();
  expect(opening).toEqual(['a', 'b', 'c', 'd']);
  answer('c').resolve('C');
  answer('d').resolve('D');
  await expect(b).rejects.toThrow('refused');
  expect(await Promise.all([a, c, d])).toEqual(['A', 'C', 'D']);
});

test('one that takes its time does not hold the others up', async () => {
  const { clock, opening, open } = streams(1, 1_000);
  void open('slow');
  void open('next');
  await clock.pass(999);
  expect(opening).toEqual(['slow']);
  await clock.pass(1);
  expect(opening).toEqual(['slow', 'next']);
});

test('whoever gives up waiting frees no place that is not theirs', async () => {
  const { opening, open, answer } = streams(1, 1_000);
  const leaving = new AbortController();
  void open('a');
  const given = open('b', leaving.signal);
  void open('c');
  leaving.abort(new Error('enough'));
  await expect(given).rejects.toThrow('enough');
  expect(opening).toEqual(['a']);
  answer('a').resolve('A');
  await settle();
  expect(opening).toEqual(['a', 'c']);
});

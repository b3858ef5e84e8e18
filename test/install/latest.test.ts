/** The latest of many answers. */
import { expect, test } from 'vitest';
import { Latest } from '../../source/install/latest.ts';
import { settle } from '../support/test-clock.ts';

/** Answers as they are given. */
function answering() {
  const given: (number | Error | undefined)[] = [];
  let wake = () => {};
  async function* answers() {
    for (;;) {
      while (given.length === 0)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      const answer = given.shift();
      if (answer instanceof Error) throw answer;
      if (answer === undefined) return;
      yield answer;
    }
  }
  const give = async (answer: number | Error | undefined) => {
    given.push(answer);
    wake();
    await settle();
  };
  return { answers: answers(), give };
}

const done = async (promise: Promise<void>): Promise<boolean> => {
  let isDone = false;
  void promise.then(() => {
    isDone = true;
  });
  await settle();
  return isDone;
};

test('the first is waited for until it is whole; each wakes who waits for the next', async () => {
  const { answers, give } = answering();
  const latest = new Latest(answers, (answer) => answer > 1);
  expect([latest.read(), await done(latest.first)]).toEqual([undefined, false]);
  const next = latest.next();
  await give(1);
  expect([latest.read(), await done(next), await done(latest.first)]).toEqual([1, true, false]);
  await give(2);
  expect([latest.read(), await done(latest.first)]).toEqual([2, true]);
});

test('one that comes while nobody waits is not missed', async () => {
  const { answers, give } = answering();
  const latest = new Latest(answers);
  await give(1);
  expect(await done(latest.next())).toBe(true);
  expect(latest.read()).toBe(1);
  expect(await done(latest.next())).toBe(false);
});

test.each([
  ['they end', undefined],
  ['they fail', new Error('gone')],
])('when %s, nobody waits any longer for the first, and what was said last stays', async (_, end) => {
  const { answers, give } = answering();
  const latest = new Latest(answers, () => false);
  await give(7);
  await give(end);
  expect([latest.read(), await done(latest.first), await done(latest.next())]).toEqual([7, true, false]);
});

test('where nothing is asked, nothing is waited for', async () => {
  const latest = new Latest<number>([]);
  expect([await done(latest.first), latest.read()]).toEqual([true, undefined]);
});

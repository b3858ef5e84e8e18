import { expect, test } from 'vitest';
import { takePart, type Ways } from '../../../source/sandbox/home/serving.ts';
import { settle, TestClock } from '../../support/test-clock.ts';

/** A port that one may have. */
class Port {
  owner: string | undefined;
  isReady = true;
  isOurs = true;
  readonly served: string[] = [];
  readonly #waiting: (() => void)[] = [];

  ways(who: string): Ways {
    return {
      port: 20_000,
      serve: async () => {
        if (this.owner !== undefined) throw Object.assign(new Error('in use'), { code: 'EADDRINUSE' });
        this.owner = who;
        this.served.push(who);
        return { close: async () => this.free() };
      },
      answers: async () => this.owner !== undefined && this.isReady,
      isOurs: async () => this.isOurs,
      gone: (signal) =>
        new Promise((resolve) => {
          this.#waiting.push(resolve);
          signal.addEventListener('abort', () => resolve());
        }),
    };
  }

  free(): void {
    this.owner = undefined;
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

const never = new AbortController().signal;

test('the first serves, the others are guests, and one of them takes over', async () => {
  const port = new Port();
  const clock = new TestClock();
  const [a, b, c] = [
    await takePart(port.ways('a'), clock, never),
    await takePart(port.ways('b'), clock, never),
    await takePart(port.ways('c'), clock, never),
  ];
  expect([a.serves, b.serves, c.serves]).toEqual([true, false, false]);
  await a.leave();
  await settle();
  expect(port.served).toEqual(['a', 'b']);
  expect([b.serves, c.serves]).toEqual([true, false]);
  await c.leave();
  await b.leave();
  expect([port.owner, port.served]).toEqual([undefined, ['a', 'b']]);
});

test('one that is just starting is waited for', async () => {
  const port = new Port();
  const clock = new TestClock();
  port.owner = 'other';
  port.isReady = false;
  const joining = takePart(port.ways('a'), clock, never);
  await clock.pass(5_000);
  port.isReady = true;
  await clock.pass(100);
  expect((await joining).serves).toBe(false);
});

test('one that never becomes ready is given up', async () => {
  const port = new Port();
  const clock = new TestClock();
  port.owner = 'stuck';
  port.isReady = false;
  const joining = takePart(port.ways('a'), clock, never);
  joining.catch(() => {});
  await clock.pass(16_000);
  await expect(joining).rejects.toMatchObject({ code: 'sandbox-port', exit: 3 });
});

test('a stranger on the port is told soon', async () => {
  const port = new Port();
  const clock = new TestClock();
  port.owner = 'stranger';
  port.isReady = false;
  port.isOurs = false;
  const joining = takePart(port.ways('a'), clock, never);
  joining.catch(() => {});
  await clock.pass(500);
  await expect(joining).rejects.toMatchObject({ code: 'sandbox-port', exit: 3 });
});

test('what serving itself fails with is not hidden', async () => {
  const ways = { ...new Port().ways('a'), serve: () => Promise.reject(new Error('damaged')) };
  await expect(takePart(ways, new TestClock(), never)).rejects.toThrow('damaged');
});

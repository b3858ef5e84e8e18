import { expect, test } from 'vitest';
import type { Cluster } from '../../source/cluster/types.ts';
import { heartbeat } from '../../source/observe/heartbeat.ts';
import { TestClock } from '../support/test-clock.ts';

type Answer = (signal: AbortSignal) => Promise<unknown>;

/** How often silence was told in a minute and a half of a server that answers in this way, to somebody who is behind so. */
async function silences(answer: Answer, behind: () => readonly string[] = () => []): Promise<number> {
  const [clock, stop] = [new TestClock(), new AbortController()];
  let count = 0;
  const cluster = { list: (_: object, { signal }: { signal: AbortSignal }) => answer(signal) } as unknown as Cluster;
  const over = heartbeat(
    cluster,
    clock,
    { behind: () => new Set(behind()), onSilence: () => (count += 1) },
    stop.signal,
  );
  for (let second = 0; second < 90; second += 1) await clock.pass(1000);
  stop.abort();
  await over;
  return count;
}

test('an answer is no silence, whatever it says', async () => {
  expect(await silences(async () => ({ items: [] }))).toBe(0);
  expect(await silences(() => Promise.reject(new Error('403')))).toBe(0);
});

test('no answer is, again and again', async () => {
  const never = (signal: AbortSignal) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  expect(await silences(never)).toBeGreaterThanOrEqual(4);
});

const answered: Answer = async () => ({ items: [] });

test('a stream that says nothing of what happened is deaf', async () => {
  expect(await silences(answered, () => ['pod-a 1'])).toBe(8);
});

test('whoever is behind for a moment only, is not', async () => {
  let beats = 0;
  expect(await silences(answered, () => [`pod-a ${beats++}`])).toBe(0);
  expect(await silences(answered, () => (beats++ % 2 === 0 ? ['pod-b 1'] : []))).toBe(0);
});

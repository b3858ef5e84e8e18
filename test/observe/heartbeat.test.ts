import { expect, test } from 'vitest';
import type { Cluster } from '../../source/cluster/types.ts';
import { heartbeat } from '../../source/observe/heartbeat.ts';
import { TestClock } from '../support/test-clock.ts';

/** How often silence was told in a minute and a half of a server that answers in this way. */
async function silences(get: (signal: AbortSignal) => Promise<unknown>): Promise<number> {
  const [clock, stop] = [new TestClock(), new AbortController()];
  let count = 0;
  const cluster = { get: (_: object, { signal }: { signal: AbortSignal }) => get(signal) } as unknown as Cluster;
  const over = heartbeat(cluster, clock, () => (count += 1), stop.signal);
  for (let second = 0; second < 90; second += 1) await clock.pass(1000);
  stop.abort();
  await over;
  return count;
}

test('an answer is no silence, whatever it says', async () => {
  expect(await silences(async () => undefined)).toBe(0);
  expect(await silences(() => Promise.reject(new Error('403')))).toBe(0);
});

test('no answer is, again and again', async () => {
  const never = (signal: AbortSignal) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  expect(await silences(never)).toBeGreaterThanOrEqual(4);
});

import { describe, expect, test } from 'vitest';
import { ApiError, ConnectionError } from '../../source/cluster/index.ts';
import { backoffMs, mayRetry } from '../../source/cluster/retry.ts';

const asking = (retryAfter: number) => new ApiError({ code: 429, retryAfter });

describe('waiting for another try', () => {
  test('never ends before the server said', () => {
    expect(backoffMs(0, 0, asking(7))).toBe(7_000);
    expect(backoffMs(3, 0.5, asking(7))).toBe(7_800);
  });

  test('is full jitter under a bound that doubles up to 10 s', () => {
    expect([0, 1, 2, 20].map((attempt) => backoffMs(attempt, 1))).toEqual([200, 400, 800, 10_000]);
    expect(backoffMs(20, 0)).toBe(0);
  });

  test('of more than a minute is the user’s to decide', () => {
    expect(mayRetry(asking(60))).toBe(true);
    expect(mayRetry(asking(61))).toBe(false);
  });

  test.each([
    ['reset', true],
    ['refused', true],
    ['timeout', true],
    ['proxy', true],
    ['tls', false],
    ['dns', false],
  ] as const)('after %s: %s', (fault, may) => {
    expect(mayRetry(new ConnectionError(fault, 'x'))).toBe(may);
  });

  test('never follows what is no answer and no connection', () => {
    expect(mayRetry(new TypeError('ours'))).toBe(false);
  });
});

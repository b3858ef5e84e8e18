import type { Context } from '../../source/context.ts';
import { TestClock } from './test-clock.ts';

/** Everything a run needs from the outside, still and predictable. */
export function testContext(
  clock = new TestClock(),
  holder: Partial<Context['holder']> = {},
): Context & { readonly clock: TestClock } {
  let drawn = 0;
  return {
    env: {},
    clock,
    randomBytes: (count) => Uint8Array.from({ length: count }, () => drawn++ % 240),
    random: () => 0.5,
    holder: { host: 'laptop', pid: 100, alive: () => true, ...holder },
    version: '0.0.0-test',
  };
}

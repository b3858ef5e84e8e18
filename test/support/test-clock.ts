/** Time that passes only when a test says so. */
import type { Clock } from '../../source/context.ts';

export class TestClock implements Clock {
  #now = 0;
  #sleeping: { readonly until: number; readonly wake: () => void }[] = [];

  monotonic(): number {
    return this.#now;
  }

  now(): number {
    return Date.UTC(2026, 0, 1) + this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const sleeper = { until: this.#now + ms, wake: resolve };
      this.#sleeping.push(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleeping = this.#sleeping.filter((each) => each !== sleeper);
        reject(signal.reason);
      });
    });
  }

  /** Lets `ms` pass, waking sleepers in their order and letting what they do run in between. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (;;) {
      const [next] = this.#sleeping.filter(({ until }) => until <= end).sort((a, b) => a.until - b.until);
      if (!next) break;
      this.#now = Math.max(this.#now, next.until);
      this.#sleeping = this.#sleeping.filter((each) => each !== next);
      next.wake();
      await settle();
    }
    this.#now = end;
    await settle();
  }
}

/** Lets everything run that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Waiting for something outside this process. */
import { setTimeout as delay } from 'node:timers/promises';

export interface WaitOptions {
  readonly signal: AbortSignal;
  readonly what: string;
  /** How long at most, in seconds. */
  readonly seconds?: number;
  /** Between two looks, in milliseconds. */
  readonly every?: number;
  /** Fails at once when this throws, for instance because the process it waits for has died. */
  readonly alive?: () => void;
}

/** Looks until `ready` gives something other than undefined or false; an error of it counts as not yet, and is told at the end. */
export async function waitFor<T>(ready: () => Promise<T | undefined | false>, options: WaitOptions): Promise<T> {
  const deadline = performance.now() + (options.seconds ?? 60) * 1000;
  let last = '';
  for (;;) {
    options.signal.throwIfAborted();
    try {
      const result = await ready();
      if (result !== undefined && result !== false) return result;
    } catch (error) {
      last = `: ${(error as Error).message}`;
    }
    options.alive?.();
    if (performance.now() > deadline) throw new Error(`${options.what} did not come${last}`);
    await delay(options.every ?? 50, undefined, { signal: options.signal });
  }
}

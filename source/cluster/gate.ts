/** Lets streams open a few at a time, so that a screen full of them does not fall upon the server at once. */
import type { Clock } from '../context.ts';

export interface Gate {
  /** Runs `open` when it is its turn. @throws what `open` throws, and the signal's reason while waiting. */
  pass<T>(open: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}

/**
 * At most `width` are being opened at any time. One that has not answered after `patienceMs` no longer holds the others up: the
 * log of a silent container may take its time.
 */
export function createGate(width: number, patienceMs: number, clock: Clock): Gate {
  let free = width;
  const waiting: (() => void)[] = [];
  const leave = () => {
    const next = waiting.shift();
    if (next) next();
    else free++;
  };
  const enter = async (signal: AbortSignal | undefined) => {
    signal?.throwIfAborted();
    if (free > 0) {
      free--;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const abort = () => {
        waiting.splice(waiting.indexOf(turn), 1);
        reject(signal?.reason);
      };
      const turn = () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      };
      waiting.push(turn);
      signal?.addEventListener('abort', abort, { once: true });
    });
  };
  return {
    async pass(open, signal) {
      await enter(signal);
      const answered = new AbortController();
      clock.sleep(patienceMs, answered.signal).then(leave, leave);
      try {
        return await open();
      } finally {
        answered.abort();
      }
    },
  };
}

/** The state of the console, outside React: changed at once, shown by one paced clock. */

export interface Timers {
  /** Runs `run` once, after `ms`. @returns how to call it off. */
  after(ms: number, run: () => void): () => void;
}

export interface Store<S> {
  read(): S;
  /** @param urgent somebody pressed a key and waits: shown without delay. */
  change(update: (state: S) => S, urgent?: boolean): void;
  /** Shows what there is without waiting for the clock. */
  show(): void;
  subscribe(listener: () => void): () => void;
  close(): void;
}

/**
 * Data may come by the hundred a second; who looks is told at most every `frameMs` milliseconds, the first time at once.
 * This pace must not be left to Ink, whose own limit halves the rate of updates that come in its cadence.
 */
export function createStore<S>(initial: S, timers: Timers, frameMs = 80): Store<S> {
  let state = initial;
  let waiting: (() => void) | undefined;
  let isDue = false;
  const listeners = new Set<() => void>();

  function show(): void {
    isDue = false;
    waiting?.();
    waiting = timers.after(frameMs, () => {
      waiting = undefined;
      if (isDue) show();
    });
    for (const listener of [...listeners]) listener();
  }

  return {
    read: () => state,
    change(update, urgent = false) {
      const next = update(state);
      if (next === state) return;
      state = next;
      if (urgent || waiting === undefined) show();
      else isDue = true;
    },
    show,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => waiting?.(),
  };
}

/** One run of something slow for everybody who asks for it meanwhile. */

interface Run<T> {
  readonly result: Promise<T>;
  readonly stop: AbortController;
  askers: number;
}

/**
 * Each call joins the run that is under way, or starts one. A caller whose signal aborts leaves with the signal's reason; the
 * run itself is stopped when the last one has left.
 */
export function shared<T>(work: (signal: AbortSignal) => Promise<T>): (signal?: AbortSignal) => Promise<T> {
  let running: Run<T> | undefined;
  const start = (): Run<T> => {
    const stop = new AbortController();
    const run: Run<T> = { result: work(stop.signal), stop, askers: 0 };
    const over = () => {
      if (running === run) running = undefined;
    };
    run.result.then(over, over);
    return run;
  };
  return async (signal) => {
    signal?.throwIfAborted();
    running ??= start();
    const run = running;
    run.askers++;
    const left = Promise.withResolvers<never>();
    const leave = () => left.reject(signal?.reason);
    signal?.addEventListener('abort', leave, { once: true });
    try {
      return await Promise.race([run.result, left.promise]);
    } finally {
      signal?.removeEventListener('abort', leave);
      if (--run.askers === 0 && running === run) {
        running = undefined;
        run.stop.abort();
      }
    }
  };
}

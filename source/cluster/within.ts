/** A question that somebody waits for only so long. */
import type { Clock } from '../context.ts';

export interface Patience {
  readonly ms: number;
  /** What the question is ended with when it takes longer. */
  readonly tooLate: () => Error;
}

/** @throws what the work throws; it is told by its signal that it is too late */
export async function within<T>(
  { ms, tooLate }: Patience,
  clock: Clock,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const [late, over] = [new AbortController(), new AbortController()];
  clock.sleep(ms, over.signal).then(
    () => late.abort(tooLate()),
    () => {},
  );
  try {
    return await work(signal ? AbortSignal.any([signal, late.signal]) : late.signal);
  } finally {
    over.abort();
  }
}

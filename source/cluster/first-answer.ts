/** Less patience for a server that was never met: more likely it is not the right one. */
import type { Clock } from '../context.ts';
import { ConnectionError } from './api-error.ts';

const patienceMs = 15_000;

/** @throws ConnectionError `timeout` when the server takes the question and says nothing; else what `ask` throws. */
export async function firstAnswer<T>(
  ask: (signal: AbortSignal) => Promise<T>,
  clock: Clock,
  signal: AbortSignal | undefined,
): Promise<T> {
  const answered = new AbortController();
  const late = new AbortController();
  clock.sleep(patienceMs, answered.signal).then(
    () => late.abort(new ConnectionError('timeout', `no answer in ${patienceMs / 1000} s`)),
    () => {},
  );
  try {
    return await ask(signal ? AbortSignal.any([signal, late.signal]) : late.signal);
  } finally {
    answered.abort();
  }
}

/** Less patience for a server that was never met: more likely it is not the right one. */
import type { Clock } from '../context.ts';
import { ConnectionError } from './api-error.ts';
import { within } from './within.ts';

const patienceMs = 15_000;
const patience = {
  ms: patienceMs,
  tooLate: () => new ConnectionError('timeout', `no answer in ${patienceMs / 1000} s`),
};

/** @throws ConnectionError `timeout` when the server takes the question and says nothing; else what `ask` throws. */
export const firstAnswer = <T>(
  ask: (signal: AbortSignal) => Promise<T>,
  clock: Clock,
  signal: AbortSignal | undefined,
): Promise<T> => within(patience, clock, signal, ask);

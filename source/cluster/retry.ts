/** When and how long to wait before asking again (DESIGN section 4, Apply). Pure. */
import { ApiError, connectionError } from './api-error.ts';

export const maxAttempts = 8;
const baseMs = 200;
const capMs = 10_000;

/** Server-side apply answers a typo or a bad quantity with these, as 500 (seen on 1.34). */
const ourMistake = /^failed to (create typed patch object|convert new object)/;

/** Whether the same request may succeed later without anybody changing anything. */
export function mayRetry(error: unknown): boolean {
  if (error instanceof ApiError) {
    if (error.code === 429) return true;
    if (error.code === 409) return error.conflicts.length === 0 && /has been modified/.test(error.message);
    return error.code >= 500 && !ourMistake.test(error.message);
  }
  const connection = connectionError(error);
  return connection !== undefined && connection.fault !== 'tls' && connection.fault !== 'dns';
}

/** Full jitter: somewhere between nothing and a bound that doubles, but never before the server said. `random` in [0, 1). */
export function backoffMs(attempt: number, random: number, error?: unknown): number {
  const asked = error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0;
  return asked + random * Math.min(capMs, baseMs * 2 ** attempt);
}

/** When and how long to wait before asking again (DESIGN section 4, Apply). Pure. */
import { ApiError, connectionError } from './api-error.ts';

export const maxAttempts = 8;
const baseMs = 200;
const capMs = 10_000;
/** Whoever asks for more time than this is told to the user, who may have other plans. */
const longestAskedMs = 60_000;

/** Server-side apply answers a typo or a bad quantity with these, as 500 (seen on 1.34). */
const ourMistake = /^failed to (create typed patch object|convert new object)/;

export interface Patience {
  /** Whether the same request may be repeated when somebody else has changed the object. Default: no. */
  readonly whenModified?: boolean;
  /** Whether the connection broke a moment ago (`Transport.settling`). */
  readonly settling?: boolean;
}

/**
 * A refusal that an API server which is only just back may not mean: until it has read roles, tokens and custom kinds it
 * answers 403, 401 and 404 for all of them (seen on 1.34; its own scheduler gets them too).
 */
export function isPremature(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  return error.code === 401 || error.code === 403 || (error.code === 404 && error.reason !== 'NotFound');
}

/** Whether the same request may succeed soon without anybody changing anything. */
export function mayRetry(error: unknown, { whenModified = false, settling = false }: Patience = {}): boolean {
  if (error instanceof ApiError) {
    if (settling && isPremature(error)) return true;
    if ((error.retryAfterMs ?? 0) > longestAskedMs) return false;
    if (error.code === 429) return true;
    if (error.code === 409) return whenModified && error.conflicts.length === 0 && isModified(error);
    return error.code >= 500 && !ourMistake.test(error.message);
  }
  const connection = connectionError(error);
  return connection !== undefined && connection.fault !== 'tls' && connection.fault !== 'dns';
}

const isModified = ({ message }: ApiError) => /has been modified/.test(message);

/** Full jitter: somewhere between nothing and a bound that doubles, but never before the server said. `random` in [0, 1). */
export function backoffMs(attempt: number, random: number, error?: unknown): number {
  const asked = error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0;
  return asked + random * Math.min(capMs, baseMs * 2 ** attempt);
}

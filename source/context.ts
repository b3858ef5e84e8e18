/** What a program run depends on from the outside, built once in `cli.ts` and handed down. */
import type { RandomBytes } from './stack/secrets.ts';

/** Time: monotonic milliseconds for durations, epoch milliseconds for stamps, and waiting. */
export interface Clock {
  /** Milliseconds that only ever rise; for durations. */
  monotonic(): number;
  /** Epoch milliseconds; for stamps that others read. */
  now(): number;
  /** Resolves after `ms`, or rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface Context {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  /** A number in [0, 1), for jitter. */
  readonly random: () => number;
  /** Who runs this, for the lock: host name and process id. */
  readonly holder: { readonly host: string; readonly pid: number; readonly alive: (pid: number) => boolean };
  readonly version: string;
}

/**
 * A connection that is cut without a word looks like a program that says nothing. After a while of silence the end of the
 * log is asked for on a connection of its own: when that is not what was given last, nothing will come any more.
 */
import { ConnectionError, within } from '../../cluster/index.ts';
import type { Clock } from '../../context.ts';
import { Framing } from './framing.ts';

const silenceMs = 20_000;
const longestSilenceMs = 60_000;
const asking = { ms: 10_000, tooLate: () => new ConnectionError('timeout', 'the last line does not come') };
/** What was written a moment ago may be on its way. */
const onItsWayMs = 2_000;

export interface Listening {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The last line there is. */
  probe(signal: AbortSignal): AsyncIterable<Buffer>;
  /** Whether this line is the last that was given. */
  isGiven(line: Buffer): boolean;
}

/** The stream as it comes. @throws what it throws, ConnectionError `timeout` when it has gone deaf */
export async function* listening(
  open: (signal: AbortSignal) => AsyncIterable<Buffer>,
  { clock, signal, probe, isGiven }: Listening,
): AsyncGenerator<Buffer> {
  const [deaf, left] = [new AbortController(), new AbortController()];
  const until = AbortSignal.any([signal, left.signal]);
  /** Undefined while the reader is busy: then it is not the stream that is silent. */
  let waitingSince: number | undefined = clock.monotonic();
  const guard = async () => {
    let patience = silenceMs;
    let askedAt = Number.NEGATIVE_INFINITY;
    while (!until.aborted) {
      const since = waitingSince;
      const now = clock.monotonic();
      const restMs = Math.max(since ?? now, askedAt) + patience - now;
      if (restMs > 0) {
        await clock.sleep(restMs, until);
        if (waitingSince !== since) patience = silenceMs;
        continue;
      }
      // Whoever has been silent for long is asked less often.
      patience = Math.min(longestSilenceMs, patience * 1.5);
      askedAt = now;
      const line = await within(asking, clock, until, (during) => lastOf(probe(during))).catch(() => undefined);
      if (line === undefined || isGiven(line)) continue;
      await clock.sleep(onItsWayMs, until);
      if (waitingSince === since) deaf.abort(new ConnectionError('timeout', 'the stream has gone silent'));
    }
  };
  guard().catch(() => {});
  try {
    for await (const piece of open(AbortSignal.any([signal, deaf.signal]))) {
      waitingSince = undefined;
      yield piece;
      waitingSince = clock.monotonic();
    }
  } finally {
    left.abort();
  }
}

/** The last line of a stream, whole, and cut as what is given is; undefined when there is none. */
export async function lastOf(stream: AsyncIterable<Buffer>): Promise<Buffer | undefined> {
  const framing = new Framing();
  const lines: Buffer[] = [];
  for await (const piece of stream) lines.push(...framing.add(piece));
  return lines.at(-1);
}

/**
 * List, then watch, for ever: bookmarks keep the version young, a clean end resumes at once, 410 lists anew, everything
 * else backs off, and silence is not taken for peace (client-node.md 1.6 has the ways in which others go blind).
 */
import type { Readable } from 'node:stream';
import type { Context } from '../context.ts';
import type { KubeObject } from '../stack/types.ts';
import { ApiError, ConnectionError } from './api-error.ts';
import { linesOf } from './lines.ts';
import { backoffMs, isPremature } from './retry.ts';
import type { KubeList, WatchEvent } from './types.ts';

/** Bookmarks come about once a minute; a connection that is silent for longer than this is dead. */
const silenceMs = 90_000;
const shortestSeconds = 240;
const spreadSeconds = 60;
const maxBackoffAttempt = 7;
const shortestRetryMs = 500;
/** A watch that ends sooner than this without a word was not served. */
const briefMs = 1_000;

export interface WatchSource<T extends KubeObject> {
  list(signal: AbortSignal | undefined): Promise<KubeList<T>>;
  open(resourceVersion: string, timeoutSeconds: number, signal: AbortSignal): Promise<Readable>;
  /** Whether the server may only just be back, and refuse what it will serve in a moment. */
  settling(): boolean;
}

interface WireEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: KubeObject & { readonly code?: number; readonly reason?: string; readonly message?: string };
}

const types = { ADDED: 'added', MODIFIED: 'modified', DELETED: 'deleted' } as const;

/** Nothing that waiting could change: rights, a wrong token, a kind that is not served. */
const isFinal = (error: unknown) => error instanceof ApiError && [401, 403, 404].includes(error.code);
const isExpired = (error: unknown) => error instanceof ApiError && (error.code === 410 || error.reason === 'Expired');

export async function* watchKind<T extends KubeObject>(
  source: WatchSource<T>,
  deps: Pick<Context, 'clock' | 'random'>,
  signal: AbortSignal | undefined,
): AsyncGenerator<WatchEvent<T>> {
  let version: string | undefined;
  let failures = 0;
  let expiries = 0;
  while (!signal?.aborted) {
    try {
      if (version === undefined) {
        const list = await source.list(signal);
        version = list.resourceVersion;
        yield { type: 'synced', items: list.items };
      }
      const openedAt = deps.clock.monotonic();
      let heard = false;
      for await (const event of watchOnce<T>(source, version, deps, signal)) {
        version = event.version;
        if (event.isFromServer) {
          heard = true;
          failures = 0;
          expiries = 0;
        }
        yield event.told;
      }
      // Whatever accepts and hangs up at once is no API server at the end of its time: asking again at once would be a storm.
      if (!heard && deps.clock.monotonic() - openedAt < briefMs)
        throw new ConnectionError('reset', 'the watch ended before it said anything');
    } catch (error) {
      if (signal?.aborted) return;
      if (isFinal(error) && !(source.settling() && isPremature(error))) throw error;
      if (isExpired(error)) {
        version = undefined;
        if (expiries++ === 0) continue;
      }
      const retryInMs = shortestRetryMs + backoffMs(Math.min(failures++, maxBackoffAttempt), deps.random(), error);
      yield { type: 'lost', error: error instanceof Error ? error : new Error(String(error)), retryInMs };
      await deps.clock.sleep(retryInMs, signal).catch(() => {});
    }
  }
}

interface Versioned<T extends KubeObject> {
  readonly version: string;
  readonly told: WatchEvent<T>;
  /** Whether the server has said it: that a connection opens proves little. */
  readonly isFromServer: boolean;
}

async function* watchOnce<T extends KubeObject>(
  source: WatchSource<T>,
  resourceVersion: string,
  { clock, random }: Pick<Context, 'clock' | 'random'>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Versioned<T>> {
  const silence = new AbortController();
  const ended = new AbortController();
  // Undefined while the reader is busy with what it was given: then it is not the server that is silent.
  let waitingSince: number | undefined = clock.monotonic();
  const dead = new ConnectionError('timeout', `nothing heard for ${silenceMs / 1000} s`);
  const guard = async () => {
    while (!ended.signal.aborted) {
      const left = (waitingSince ?? clock.monotonic()) + silenceMs - clock.monotonic();
      if (left <= 0) return silence.abort(dead);
      await clock.sleep(left, ended.signal).catch(() => {});
    }
  };
  const guarding = guard();
  const stop = signal ? AbortSignal.any([signal, silence.signal]) : silence.signal;
  let stream: Readable | undefined;
  try {
    stream = await source.open(resourceVersion, shortestSeconds + Math.floor(random() * spreadSeconds), stop);
    waitingSince = undefined;
    yield { version: resourceVersion, told: { type: 'alive' }, isFromServer: false };
    waitingSince = clock.monotonic();
    for await (const line of linesOf(stream)) {
      if (line === '') continue;
      const { type, object } = JSON.parse(line) as WireEvent;
      if (type === 'ERROR')
        throw new ApiError({ code: object.code ?? 500, reason: object.reason ?? '', message: object.message ?? '' });
      waitingSince = undefined;
      yield {
        version: object.metadata.resourceVersion ?? resourceVersion,
        told: type === 'BOOKMARK' ? { type: 'alive' } : { type: types[type], object: object as unknown as T },
        isFromServer: true,
      };
      waitingSince = clock.monotonic();
    }
  } catch (error) {
    throw silence.signal.aborted ? dead : error;
  } finally {
    ended.abort();
    stream?.destroy();
    await guarding;
  }
}

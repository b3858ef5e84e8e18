/** Logs of one container, whole or line by line. Resuming is the reader's. */

import { ConnectionError } from './api-error.ts';
import { linesOf } from './lines.ts';
import { queryOf } from './query.ts';
import { isPremature } from './retry.ts';
import { type Transport, translated } from './transport.ts';
import type { LogOptions } from './types.ts';

export async function logText(transport: Transport, path: string, options: LogOptions): Promise<string> {
  const { body } = await transport.send({
    method: 'GET',
    path: path + logQuery({ ...options, follow: false }),
    signal: options.signal,
  });
  return body;
}

/** Ends with the stream. Throws ApiError or ConnectionError, or the signal's reason. */
export async function* logLines(transport: Transport, path: string, options: LogOptions): AsyncGenerator<string> {
  const stream = await transport.stream({ method: 'GET', path: path + logQuery(options), signal: options.signal });
  try {
    yield* linesOf(stream);
  } catch (error) {
    throw translated(error, options.signal);
  } finally {
    stream.destroy();
  }
}

/** The bytes as they come, with no cost for a line; an empty piece first, when the stream is open. Ends and throws as `logLines`. */
export async function* logBytes(transport: Transport, path: string, options: LogOptions): AsyncGenerator<Buffer> {
  const call = { method: 'GET', path: path + logQuery(options), signal: options.signal } as const;
  const stream = await transport.stream(call).catch((error: Error) => {
    // Who follows a log must not give up because the server is only just back and knows nobody's rights yet.
    throw transport.settling() && isPremature(error) ? new ConnectionError('reset', error.message, error) : error;
  });
  try {
    yield Buffer.alloc(0);
    yield* stream as AsyncIterable<Buffer>;
  } catch (error) {
    throw translated(error, options.signal);
  } finally {
    stream.destroy();
  }
}

function logQuery(options: LogOptions): string {
  const { container, follow, previous, tailLines, sinceTime, sinceSeconds, timestamps, limitBytes } = options;
  const number = (value: number | undefined) => (value === undefined ? undefined : String(value));
  const flag = (value: boolean | undefined) => (value ? 'true' : undefined);
  return queryOf({
    container,
    follow: flag(follow),
    previous: flag(previous),
    tailLines: number(tailLines),
    sinceTime,
    sinceSeconds: number(sinceSeconds),
    timestamps: flag(timestamps),
    limitBytes: number(limitBytes),
  });
}

/** Logs of one container, whole or line by line. Resuming is the reader's. */

import { ApiError, ConnectionError } from './api-error.ts';
import { linesOf } from './lines.ts';
import { queryOf } from './query.ts';
import { isPremature } from './retry.ts';
import { type Transport, translated } from './transport.ts';
import type { LogOptions } from './types.ts';

/**
 * What a node says in place of a log that it does not have any more, with status 200 as if it were the log (kubelet,
 * `GetContainerLogs` and `ReadLogs`).
 */
const instead = /^(?:unable to retrieve container logs for|failed to try resolving symlinks in path) [^\n]*\n?$/;
const longestInstead = 1_000;

function isInstead(text: Buffer | string): boolean {
  return text.length <= longestInstead && instead.test(text.toString());
}

const isGone = (said: Buffer | string): ApiError =>
  new ApiError({ code: 404, reason: 'NotFound', message: said.toString().trim() });

/** @throws ApiError 404 where a node says that it has no such log any more */
export async function logText(transport: Transport, path: string, options: LogOptions): Promise<string> {
  const { body } = await transport.send({
    method: 'GET',
    path: path + logQuery({ ...options, follow: false }),
    signal: options.signal,
  });
  if (isInstead(body)) throw isGone(body);
  return body;
}

/** The pieces or lines of a log. @throws ApiError as `logText` */
async function* checked<Piece extends Buffer | string>(stream: AsyncIterable<Piece>): AsyncGenerator<Piece> {
  let isFirst = true;
  for await (const piece of stream) {
    if (isFirst && isInstead(piece)) throw isGone(piece);
    isFirst = false;
    yield piece;
  }
}

/** Ends with the stream. Throws ApiError or ConnectionError, or the signal's reason. */
export async function* logLines(transport: Transport, path: string, options: LogOptions): AsyncGenerator<string> {
  const stream = await transport.stream({ method: 'GET', path: path + logQuery(options), signal: options.signal });
  try {
    yield* checked(linesOf(stream));
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
    yield* checked(stream as AsyncIterable<Buffer>);
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

/** One request on its way through the server, and how it is answered. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { StatusError } from '../objects/index.ts';
import type { Objects, Pace, User, World } from '../types.ts';
import { warningsOf } from './admission/index.ts';
import { goneWithToken } from './collections.ts';
import type { Faults } from './faults.ts';
import { contentTypeOf, type Form } from './media.ts';
import type { RequestInfo } from './request-info.ts';

export interface Parts {
  readonly objects: Objects;
  readonly world: World;
  readonly pace: Pace;
  /** In [0, 1). */
  readonly random: () => number;
  readonly faults: Readonly<Faults>;
  /** Plurals of kinds that this server does not have. */
  readonly hidden: ReadonlySet<string>;
}

export interface Call {
  readonly parts: Parts;
  readonly info: RequestInfo;
  readonly user: User;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Ends with the connection and with the server. */
  readonly signal: AbortSignal;
}

async function inYaml(json: string): Promise<string> {
  const { stringify } = await import('yaml');
  return stringify(JSON.parse(json));
}

/** What the real server compresses. */
const gzipFrom = 128 * 1024;

export async function answer(
  { request, response }: Pick<Call, 'request' | 'response'>,
  code: number,
  json: string,
  { form = { encoding: 'json' }, warnings = [] }: { readonly form?: Form; readonly warnings?: readonly string[] } = {},
): Promise<void> {
  const text = form.encoding === 'yaml' ? await inYaml(json) : json;
  const plain = Buffer.from(text);
  const zipped = plain.length >= gzipFrom && /\bgzip\b/.test(String(request.headers['accept-encoding']));
  const body = zipped ? gzipSync(plain, { level: 1 }) : plain;
  warn(response, warnings);
  response.writeHead(code, {
    'content-type': contentTypeOf(form),
    'content-length': body.length,
    'cache-control': 'no-cache, private',
    ...(zipped ? { 'content-encoding': 'gzip', vary: 'Accept-Encoding' } : {}),
  });
  response.end(body);
}

/** What a header cannot carry. */
const controls = /[\x00-\x1f\x7f]/g;

/** In UTF-8 bytes, as Go writes headers. */
function warn(response: ServerResponse, warnings: readonly string[]): void {
  for (const text of warnings) {
    const quoted = text.replace(controls, '').replace(/["\\]/g, '\\$&');
    response.appendHeader('Warning', Buffer.from(`299 - "${quoted}"`).toString('latin1'));
  }
}

export function answerText({ response }: Pick<Call, 'response'>, code: number, text: string): void {
  response.writeHead(code, { 'content-type': 'text/plain; charset=utf-8', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

/** The `Status` of anything that was thrown; the server's own faults tell their text, as the real one does. */
export function statusOf(error: unknown): {
  readonly code: number;
  readonly json: string;
  readonly retryAfter?: number;
} {
  const { status } = error instanceof StatusError ? error : StatusError.internal(String(error));
  const token = error instanceof StatusError ? goneWithToken.get(error) : undefined;
  const { code, reason, message, details } = status;
  const json = JSON.stringify({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: token ? { continue: token } : {},
    status: 'Failure',
    message,
    ...(reason ? { reason } : {}),
    ...(details ? { details } : {}),
    code,
  });
  return details?.retryAfterSeconds ? { code, json, retryAfter: details.retryAfterSeconds } : { code, json };
}

/** Does nothing when the answer has begun: the connection is all that can then be ended. */
export function refuse({ response }: Pick<Call, 'response'>, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { code, json, retryAfter } = statusOf(error);
  if (error instanceof StatusError) warn(response, warningsOf.get(error) ?? []);
  if (retryAfter) response.setHeader('retry-after', retryAfter);
  // A body that was not read to its end would be taken for the next request.
  if (code === 413) response.setHeader('connection', 'close');
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) };
  response.writeHead(code, { ...headers, 'cache-control': 'no-cache, private' });
  response.end(json);
}

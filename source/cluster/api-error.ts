/** What an API server, or the way to it, answers when it does not do what was asked; as values that code can test. */

export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

export interface StatusBody {
  readonly code: number;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: {
    readonly name?: string;
    readonly kind?: string;
    readonly causes?: readonly StatusCause[];
    readonly retryAfterSeconds?: number;
  };
  /** Seconds, from the header. */
  readonly retryAfter?: number;
}

/** The reason of an ApiError whose answer did not come from an API server. */
export const notKubernetes = 'NotKubernetes';

/** The server answered, with an error. */
export class ApiError extends Error {
  readonly code: number;
  readonly reason: string;
  readonly causes: readonly StatusCause[];
  /** `Kind/name` as the server names it, where it does. */
  readonly object: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor({ code, reason = '', message, details, retryAfter }: StatusBody) {
    super(message || `HTTP ${code}`);
    this.name = 'ApiError';
    this.code = code;
    this.reason = reason;
    this.causes = details?.causes ?? [];
    this.object = details?.kind && details.name ? `${details.kind}/${details.name}` : undefined;
    const seconds = retryAfter ?? details?.retryAfterSeconds;
    this.retryAfterMs = seconds === undefined ? undefined : seconds * 1000;
  }

  /** Of a server-side apply: the fields that others hold, and who. */
  get conflicts(): readonly { readonly manager: string; readonly field: string }[] {
    return this.causes
      .filter(({ reason }) => reason === 'FieldManagerConflict')
      .map(({ message = '', field = '' }) => ({
        manager: /conflict with "([^"]+)"/.exec(message)?.[1] ?? message,
        field,
      }));
  }
}

export type ConnectionFault = 'dns' | 'refused' | 'timeout' | 'tls' | 'reset' | 'proxy';

/** The server did not answer. */
export class ConnectionError extends Error {
  readonly fault: ConnectionFault;
  /** The system's own code, such as ECONNREFUSED or DEPTH_ZERO_SELF_SIGNED_CERT. */
  readonly detail: string;

  constructor(fault: ConnectionFault, detail: string, cause?: unknown) {
    super(`${fault}: ${detail}`, { cause });
    this.name = 'ConnectionError';
    this.fault = fault;
    this.detail = detail;
  }
}

const faults: Readonly<Record<string, ConnectionFault>> = {
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'refused',
  ENETUNREACH: 'refused',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  UND_ERR_SOCKET: 'reset',
  UND_ERR_CLOSED: 'reset',
  UND_ERR_DESTROYED: 'reset',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'reset',
  UND_ERR_PRX_CONN: 'proxy',
  UND_ERR_PRX_TLS: 'proxy',
  UND_ERR_SOCKS5: 'proxy',
  ERR_SSL_WRONG_VERSION_NUMBER: 'tls',
};

/** Names what happened to a connection; undefined when the error is something else. */
export function connectionError(error: unknown): ConnectionError | undefined {
  if (error instanceof ConnectionError) return error;
  for (let inner: unknown = error, depth = 0; inner instanceof Error && depth < 4; inner = inner.cause, depth++) {
    const code = String((inner as NodeJS.ErrnoException).code ?? '');
    if (inner instanceof AggregateError && inner.errors.length > 0 && !faults[code])
      return connectionError(inner.errors[0]);
    const fault = faults[code] ?? faultOf(code, inner);
    if (fault)
      return new ConnectionError(fault, code === '' || code.startsWith('UND_ERR') ? inner.message : code, error);
  }
  return undefined;
}

/** What the table cannot list: many codes of one fault, and refusals of a proxy, which have no code of their own. */
function faultOf(code: string, { name, message }: Error): ConnectionFault | undefined {
  if (isTls(code)) return 'tls';
  // The server does not speak HTTP, or was cut off in the middle of it: then there is a name and no code (undici 7 and 8).
  if (code.startsWith('HPE_') || name === 'HTTPParserError') return 'reset';
  return code === 'UND_ERR_ABORTED' && message.startsWith('Proxy response') ? 'proxy' : undefined;
}

/** OpenSSL's verification results, which Node gives as codes: SELF_SIGNED_CERT_IN_CHAIN, CERT_HAS_EXPIRED, ... */
const isTls = (code: string) => /CERT|SSL|ALTNAME|UNABLE_TO_|SIGNATURE/.test(code);

/** The error of a response that is no success. Bodies are `Status` objects, or whatever stood between us and the server said. */
export function responseError(status: number, body: string, headers: Readonly<Record<string, unknown>> = {}): ApiError {
  const header = Number(headers['retry-after']);
  const retryAfter = Number.isFinite(header) && headers['retry-after'] !== undefined ? { retryAfter: header } : {};
  try {
    const parsed = JSON.parse(body) as StatusBody & { kind?: string };
    if (parsed.kind === 'Status') return new ApiError({ ...parsed, code: parsed.code ?? status, ...retryAfter });
  } catch {
    // Not JSON: a proxy's page, or plain text of the API server.
  }
  const isPage = /<html|<!doctype/i.test(body);
  return new ApiError({
    code: status,
    ...(isPage || status < 400 ? { reason: notKubernetes } : { message: body.trim().slice(0, 500) }),
    ...retryAfter,
  });
}

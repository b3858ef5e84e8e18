/** What the API server answers when it refuses: codes, reasons and texts of k8s.io/apimachinery api/errors, version 0.34. */
import type { Kind, StatusCause } from '../types.ts';

export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

/** The fields of a `Status` that differ from one failure to the next. */
export interface Failure {
  readonly code: number;
  /** Empty for errors that the server did not expect. */
  readonly reason: string;
  readonly message: string;
  /** Left out where the real server leaves it out, and empty where it sends an empty one. */
  readonly details?: StatusDetails;
}

type Resource = Pick<Kind, 'group' | 'plural'>;

const qualified = (word: string, group: string): string => (group ? `${word}.${group}` : word);

/** `deployments.apps`, or `pods` of the core group. */
export const qualifiedResource = ({ plural, group }: Resource): string => qualified(plural, group);

const detailsOf = (group: string, kind: string, name: string): StatusDetails => ({
  ...(name && { name }),
  ...(group && { group }),
  ...(kind && { kind }),
});

/** A refusal; the server sends `status` as it is. */
export class StatusError extends Error {
  readonly status: Failure;

  constructor(code: number, reason: string, message: string, details?: StatusDetails) {
    super(message);
    this.name = 'StatusError';
    this.status = { code, reason, message, ...(details && { details }) };
  }

  private static about(code: number, reason: string, { group, plural }: Resource, name: string, message: string) {
    return new StatusError(code, reason, message, detailsOf(group, plural, name));
  }

  static notFound(kind: Kind, name: string): StatusError {
    return StatusError.about(404, 'NotFound', kind, name, `${qualifiedResource(kind)} "${name}" not found`);
  }

  static alreadyExists(kind: Kind, name: string): StatusError {
    return StatusError.about(409, 'AlreadyExists', kind, name, `${qualifiedResource(kind)} "${name}" already exists`);
  }

  /** A write that was based on an old state. */
  static conflictModified(kind: Kind, name: string): StatusError {
    const why = 'the object has been modified; please apply your changes to the latest version and try again';
    return StatusError.conflict(kind, name, why);
  }

  static conflict(kind: Resource, name: string, why: string): StatusError {
    const message = `Operation cannot be fulfilled on ${qualifiedResource(kind)} "${name}": ${why}`;
    return StatusError.about(409, 'Conflict', kind, name, message);
  }

  /** Fields of others in server-side apply; each cause names its manager and field. */
  static applyConflict(message: string, causes: readonly StatusCause[]): StatusError {
    return new StatusError(409, 'Conflict', message, { causes });
  }

  /** `field: message` of every cause, in the server's own list style. A patch whose outcome cannot be read has no kind. */
  static invalid({ kind, group }: Pick<Kind, 'kind' | 'group'>, name: string, causes: readonly StatusCause[]) {
    const texts = [...new Set(causes.map(({ field, message }) => (field ? `${field}: ${message}` : message)))];
    const list = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
    const message = `${qualified(kind, group)} "${name}" is invalid: ${list}`;
    return new StatusError(422, 'Invalid', message, { ...detailsOf(group, kind, name), causes });
  }

  static forbidden(kind: Resource, name: string, why: string, causes?: readonly StatusCause[]): StatusError {
    const subject = name ? `${qualifiedResource(kind)} "${name}"` : qualifiedResource(kind);
    const details = { ...detailsOf(kind.group, kind.plural, name), ...(causes && { causes }) };
    return new StatusError(403, 'Forbidden', `${subject} is forbidden: ${why}`, details);
  }

  static unauthorized(): StatusError {
    return new StatusError(401, 'Unauthorized', 'Unauthorized');
  }

  static badRequest(message: string): StatusError {
    return new StatusError(400, 'BadRequest', message);
  }

  /** A path that nothing serves. */
  static noSuchResource(): StatusError {
    return new StatusError(404, 'NotFound', 'the server could not find the requested resource', {});
  }

  static methodNotAllowed(): StatusError {
    const message = 'the server does not allow this method on the requested resource';
    return new StatusError(405, 'MethodNotAllowed', message, {});
  }

  static unsupportedMediaType(types: readonly string[]): StatusError {
    const why = `the body of the request was in an unknown format - accepted media types include: ${types.join(', ')}`;
    return new StatusError(415, 'UnsupportedMediaType', why);
  }

  /** A list's continue token, or a watch's beginning, that is older than what is remembered. */
  static expired(message: string): StatusError {
    return new StatusError(410, 'Expired', message);
  }

  static tooLarge(why: string): StatusError {
    return new StatusError(413, 'RequestEntityTooLarge', `Request entity too large: ${why}`);
  }

  /** A well-formed patch that does not fit the object. */
  static unprocessable(): StatusError {
    return new StatusError(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
  }

  static tooManyRequests(retryAfterSeconds: number): StatusError {
    const message = 'Too many requests, please try again later.';
    return new StatusError(429, 'TooManyRequests', message, { retryAfterSeconds });
  }

  static unavailable(message: string): StatusError {
    return new StatusError(503, 'ServiceUnavailable', message);
  }

  static internal(why: string): StatusError {
    const causes = [{ reason: '', message: why }];
    return new StatusError(500, 'InternalError', `Internal error occurred: ${why}`, { causes });
  }

  /** An error that the server passes on as it came: no reason, no details. */
  static unexpected(message: string): StatusError {
    return new StatusError(500, '', message);
  }
}

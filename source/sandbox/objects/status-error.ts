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
  readonly details?: StatusDetails;
}

/** `deployments.apps`, or `pods` of the core group. */
export const qualifiedResource = ({ plural, group }: Kind): string => (group ? `${plural}.${group}` : plural);

const qualifiedKind = ({ kind, group }: Kind): string => (group ? `${kind}.${group}` : kind);

const detailsOf = (kind: Kind, name: string, word = kind.plural): StatusDetails => ({
  ...(name && { name }),
  ...(kind.group && { group: kind.group }),
  kind: word,
});

/** A refusal; the server sends `status` as it is. */
export class StatusError extends Error {
  readonly status: Failure;

  constructor(status: Failure) {
    super(status.message);
    this.name = 'StatusError';
    this.status = status;
  }

  static notFound(kind: Kind, name: string): StatusError {
    return StatusError.about(kind, name, 404, 'NotFound', 'not found');
  }

  static alreadyExists(kind: Kind, name: string): StatusError {
    return StatusError.about(kind, name, 409, 'AlreadyExists', 'already exists');
  }

  /** A write that was based on an old state. */
  static conflictModified(kind: Kind, name: string): StatusError {
    const why = 'the object has been modified; please apply your changes to the latest version and try again';
    return StatusError.conflict(kind, name, why);
  }

  static conflict(kind: Kind, name: string, why: string): StatusError {
    const message = `Operation cannot be fulfilled on ${qualifiedResource(kind)} "${name}": ${why}`;
    return new StatusError({ code: 409, reason: 'Conflict', message, details: detailsOf(kind, name) });
  }

  /** Fields of others in server-side apply; each cause names its manager and field. */
  static applyConflict(message: string, causes: readonly StatusCause[]): StatusError {
    return new StatusError({ code: 409, reason: 'Conflict', message, details: { causes } });
  }

  /** `field: message` of every cause, in the server's own list style. */
  static invalid(kind: Kind, name: string, causes: readonly StatusCause[]): StatusError {
    return StatusError.invalidAs(qualifiedKind(kind), detailsOf(kind, name, kind.kind), name, causes);
  }

  /** A patch whose outcome cannot be read: the server does not name a kind. */
  static invalidPatch(value: string, why: string): StatusError {
    const message = `Invalid value: ${JSON.stringify(value)}: ${why}`;
    return StatusError.invalidAs('', {}, '', [{ reason: 'FieldValueInvalid', message, field: 'patch' }]);
  }

  private static invalidAs(
    subject: string,
    about: StatusDetails,
    name: string,
    causes: readonly StatusCause[],
  ): StatusError {
    const texts = [...new Set(causes.map(({ field, message }) => (field ? `${field}: ${message}` : message)))];
    const list = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
    const message = `${subject} "${name}" is invalid${texts.length ? `: ${list}` : ''}`;
    return new StatusError({ code: 422, reason: 'Invalid', message, details: { ...about, causes } });
  }

  static forbidden(kind: Kind, name: string, why: string, causes?: readonly StatusCause[]): StatusError {
    const subject = name ? `${qualifiedResource(kind)} "${name}"` : qualifiedResource(kind);
    const details = { ...detailsOf(kind, name), ...(causes && { causes }) };
    return new StatusError({ code: 403, reason: 'Forbidden', message: `${subject} is forbidden: ${why}`, details });
  }

  static unauthorized(): StatusError {
    return new StatusError({ code: 401, reason: 'Unauthorized', message: 'Unauthorized' });
  }

  static badRequest(message: string): StatusError {
    return new StatusError({ code: 400, reason: 'BadRequest', message });
  }

  /** A path that nothing serves. */
  static noSuchResource(): StatusError {
    const message = 'the server could not find the requested resource';
    return new StatusError({ code: 404, reason: 'NotFound', message, details: {} });
  }

  static methodNotAllowed(): StatusError {
    const message = 'the server does not allow this method on the requested resource';
    return new StatusError({ code: 405, reason: 'MethodNotAllowed', message, details: {} });
  }

  static notAcceptable(types: readonly string[]): StatusError {
    const message = `only the following media types are accepted: ${types.join(', ')}`;
    return new StatusError({ code: 406, reason: 'NotAcceptable', message });
  }

  static unsupportedMediaType(types: readonly string[]): StatusError {
    const message = `the body of the request was in an unknown format - accepted media types include: ${types.join(', ')}`;
    return new StatusError({ code: 415, reason: 'UnsupportedMediaType', message });
  }

  /** A list's continue token, or a watch's beginning, that is older than what is remembered. */
  static expired(message: string): StatusError {
    return new StatusError({ code: 410, reason: 'Expired', message });
  }

  static tooLarge(why: string): StatusError {
    const message = `Request entity too large: ${why}`;
    return new StatusError({ code: 413, reason: 'RequestEntityTooLarge', message });
  }

  /** A well-formed patch that does not fit the object. */
  static unprocessable(): StatusError {
    const message = 'the server rejected our request due to an error in our request';
    return new StatusError({ code: 422, reason: 'Invalid', message, details: {} });
  }

  static tooManyRequests(seconds: number): StatusError {
    const message = 'Too many requests, please try again later.';
    return new StatusError({
      code: 429,
      reason: 'TooManyRequests',
      message,
      details: { retryAfterSeconds: seconds },
    });
  }

  static internal(why: string): StatusError {
    const details = { causes: [{ reason: '', message: why }] };
    return new StatusError({
      code: 500,
      reason: 'InternalError',
      message: `Internal error occurred: ${why}`,
      details,
    });
  }

  /** An error that the server passes on as it came: no reason, no details. */
  static unexpected(message: string): StatusError {
    return new StatusError({ code: 500, reason: '', message });
  }

  private static about(kind: Kind, name: string, code: number, reason: string, what: string): StatusError {
    const message = `${qualifiedResource(kind)} "${name}" ${what}`;
    return new StatusError({ code, reason, message, details: detailsOf(kind, name) });
  }
}

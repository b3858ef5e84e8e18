/** Refusals that only the HTTP side of the API server knows. */
import { StatusError } from '../objects/index.ts';
import type { StatusCause } from '../types.ts';

/** `details` is left out where the real server leaves it out, and empty where it sends an empty one. */
export function failure(code: number, reason: string, message: string, details?: object): StatusError {
  return new StatusError({ code, reason, message, ...(details ? { details } : {}) });
}

export const unavailable = (message: string): StatusError => failure(503, 'ServiceUnavailable', message);

/** What the query may not say: of `ListOptions.meta.k8s.io ""`, or `PodLogOptions "x"`. */
export function invalidOptions(subject: string, details: object, causes: readonly StatusCause[]): StatusError {
  const texts = causes.map(({ field, message }) => `${field}: ${message}`);
  const all = texts.length > 1 ? `[${texts.join(', ')}]` : texts.join('');
  return failure(422, 'Invalid', `${subject} is invalid: ${all}`, { ...details, causes });
}

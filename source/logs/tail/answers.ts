/** What API server and kubelet mean by their answers to whoever asks for a log. */
import { ApiError } from '../../cluster/index.ts';

/** Not there (yet, or any more). */
export const isNothing = (error: unknown): boolean =>
  error instanceof ApiError && (error.code === 404 || error.code === 400);

export const isForbidden = (error: unknown): boolean => error instanceof ApiError && error.code === 403;

/** Why a source of figures tells nothing, and since when. */
import { ApiError, ConnectionError } from '../../cluster/index.ts';
import type { Say } from '../../messages/index.ts';
import { clip } from '../../text/clip.ts';

export interface Trouble {
  /** In a few words; untrusted. */
  readonly why: Say;
  /** In the words of whoever refused; untrusted. */
  readonly message: string;
  /** Whether this token lacks the right to ask. */
  readonly isForbidden: boolean;
  /** Milliseconds since it answered last; undefined where it never has. */
  readonly silentMs: number | undefined;
}

/** Cells of words that are not ours. */
const fewCells = 40;

export const troubleOf = (error: Error, silentMs: number | undefined): Trouble => ({
  why: (t) => {
    if (error instanceof ApiError) return String(error.code);
    if (error instanceof ConnectionError) return t.figures.faults[error.fault];
    return clip(error.message.replace(/\s+/g, ' '), fewCells);
  },
  message: error.message,
  isForbidden: error instanceof ApiError && error.code === 403 && error.reason === 'Forbidden',
  silentMs,
});

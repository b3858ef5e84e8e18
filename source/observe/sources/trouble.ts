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
  /** Whether it was an answer, though not the numbers. */
  readonly isAnswer: boolean;
  /** Milliseconds since it answered last; undefined where it never has. */
  readonly silentMs: number | undefined;
}

/** Cells of words that are not ours. */
const fewCells = 40;

export function troubleOf(error: Error, silentMs: number | undefined): Trouble {
  const isAnswer = error instanceof ApiError;
  const isForbidden = isAnswer && error.code === 403 && error.reason === 'Forbidden';
  const why: Say = (t) => {
    if (isForbidden) return t.figures.mayNotAsk;
    if (isAnswer) return t.figures.error(error.code);
    if (error instanceof ConnectionError) return t.figures.faults[error.fault];
    return clip(error.message.replace(/\s+/g, ' '), fewCells);
  };
  return { why, message: error.message, isForbidden, isAnswer, silentMs };
}

/** Whatever goes wrong behind a screen, as the screen says it. */
import { exitCodes, messageOf, UserError } from '../../errors.ts';
import type { Say } from '../../messages/index.ts';

export function shownError(error: unknown): UserError {
  if (error instanceof UserError) return error;
  const message = messageOf(error);
  return new UserError({
    code: 'bug',
    exit: exitCodes.failed,
    say: (t) => t.cli.bug(message),
    hint: (t) => t.cli.bugHint,
    cause: error,
  });
}

export const saidOf =
  ({ say, hint }: UserError): Say =>
  (t) =>
    [say(t), hint?.(t)].filter(Boolean).join('\n');

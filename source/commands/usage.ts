import { exitCodes, UserError } from '../errors.ts';
import type { Say } from '../messages/index.ts';

/** The command line is wrong: exit 2, and where the right one is described. */
export function usageError(say: Say, hint: Say = (t) => t.cli.errors.hint): UserError {
  return new UserError({ code: 'usage', exit: exitCodes.usage, say, hint });
}

/** What `--read-only` refuses: whatever would change an object, or PostHog's data. */
import { exitCodes, UserError } from '../errors.ts';
import type { Say } from '../messages/index.ts';

export function readOnlyError(hint: Say): UserError {
  return new UserError({ code: 'read-only', exit: exitCodes.refused, say: (t) => t.install.readOnly, hint });
}

/** An install that somebody left: what goes on without him, and how to come back. */
import { exitCodes, UserError } from '../errors.ts';
import type { Say } from '../messages/index.ts';
import { type FlagValues, isSet } from './flags.ts';
import { sameTarget } from './target.ts';

/** @param agreed whether anything may have been changed */
export function interrupted(values: FlagValues, agreed: boolean, cause?: unknown): UserError {
  const again = sameTarget(values, 'install');
  const goesOn: Say = (t) =>
    isSet(values, 'sandbox') ? t.cli.interruptedSandbox(again) : t.cli.interruptedHint(again);
  return new UserError({
    code: 'interrupted',
    exit: exitCodes.interrupted,
    say: (t) => t.cli.interrupted,
    hint: (t) => (agreed ? goesOn(t) : t.cli.interruptedUnchanged(again)),
    cause,
  });
}

/** An install that somebody left: what goes on without him, and how to come back. */
import { exitCodes, UserError } from '../errors.ts';
import type { Say } from '../messages/index.ts';
import { type FlagValues, isSet } from './flags.ts';
import type { Session } from './session.ts';
import { sameTarget } from './target.ts';

/** @param agreed whether anything may have been changed */
export function interrupted(values: FlagValues, agreed: boolean, { io }: Session, cause?: unknown): UserError {
  const again = sameTarget(values, 'install', io.env);
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

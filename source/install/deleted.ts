/** An instance of which only its record is left. */
import { type ExitCode, exitCodes, UserError } from '../errors.ts';
import type { Say } from '../messages/index.ts';
import { isGone } from '../observe/instances.ts';
import type { Snapshot } from '../observe/types.ts';
import { ledgerIn } from './ledger.ts';

/**
 * Whether somebody has deleted it. One that is not finished may have nothing yet that could be deleted.
 * @param wasThere whether it was seen before
 */
export const isDeleted = (snapshot: Snapshot, wasThere = false): boolean =>
  isGone(snapshot) && (wasThere || ledgerIn(snapshot)?.finished !== false);

/** That it is, and what is left of it. */
export const deletedSaid =
  (snapshot: Snapshot): Say =>
  (t) =>
    [
      t.console.home.gone(snapshot.app, undefined),
      ...(isRecorded(snapshot) ? [t.console.home.goneKept(snapshot.app)] : []),
    ].join(' ');

/** For whoever wants to do something with it, before anything is changed or when something was. */
export const deletedError = (snapshot: Snapshot, exit: ExitCode = exitCodes.refused): UserError =>
  new UserError({
    code: 'no-instance',
    exit,
    say: (t) => t.console.home.gone(snapshot.app, undefined),
    ...(isRecorded(snapshot) ? { hint: (t) => t.console.home.goneKept(snapshot.app) } : {}),
  });

const isRecorded = (snapshot: Snapshot): boolean => ledgerIn(snapshot) !== undefined;

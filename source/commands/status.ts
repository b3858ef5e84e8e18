import { type ExitCode, exitCodes } from '../errors.ts';
import { explained } from '../install/run.ts';
import { status } from '../install/status.ts';
import { type FlagValues, isSet, text } from './flags.ts';
import type { Session } from './session.ts';
import { show } from './show.ts';

/** Ends with 1 when something is not ready, so that scripts can ask. */
export async function statusCommand(values: FlagValues, session: Session): Promise<ExitCode> {
  const name = text(values, 'name');
  const well = await show(values, session, (outside) =>
    explained(
      status(outside, { ...(name === undefined ? {} : { name }), watch: isSet(values, 'watch') }, session.signal),
      outside,
      session.signal,
    ),
  );
  return well ? exitCodes.done : exitCodes.failed;
}

import { type ExitCode, exitCodes } from '../errors.ts';
import { explained } from '../install/explain.ts';
import { status } from '../install/status.ts';
import { type FlagValues, isSet, text } from './flags.ts';
import type { Session } from './session.ts';
import { show } from './show.ts';

/** Ends with 1 when something is not ready, so that scripts can ask. */
export async function statusCommand(
  values: FlagValues,
  session: Session,
  useCase: typeof status = status,
): Promise<ExitCode> {
  const { signal } = session;
  const name = text(values, 'name');
  const watch = isSet(values, 'watch');
  try {
    const well = await show(
      values,
      session,
      (outside) =>
        explained(
          useCase(outside, { ...(name === undefined ? {} : { name }), watch, withFigures: true }, signal),
          outside,
          signal,
        ),
      watch,
    );
    return well ? exitCodes.done : exitCodes.failed;
  } catch (error) {
    // Watching has no other end, so nothing has to be explained.
    if (watch && signal.aborted) return exitCodes.interrupted;
    throw error;
  }
}

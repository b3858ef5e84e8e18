import { type ExitCode, exitCodes } from '../errors.ts';
import { explained } from '../install/explain.ts';
import { proveAgain } from '../install/prove-again.ts';
import { type FlagValues, text } from './flags.ts';
import type { Session } from './session.ts';
import { show } from './show.ts';

export async function proofCommand(
  values: FlagValues,
  session: Session,
  useCase: typeof proveAgain = proveAgain,
): Promise<ExitCode> {
  await show(values, session, (outside) =>
    explained(useCase(outside, text(values, 'name'), session.signal), outside, session.signal),
  );
  return exitCodes.done;
}

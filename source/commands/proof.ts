import { type ExitCode, exitCodes } from '../errors.ts';
import { explained } from '../install/explain.ts';
import { proveAgain } from '../install/prove-again.ts';
import { readOnlyError } from '../install/read-only.ts';
import { type FlagValues, isSet, text } from './flags.ts';
import type { Session } from './session.ts';
import { show } from './show.ts';

export async function proofCommand(
  values: FlagValues,
  session: Session,
  useCase: typeof proveAgain = proveAgain,
): Promise<ExitCode> {
  if (isSet(values, 'readOnly')) throw readOnlyError((t) => t.install.readOnlyProof);
  await show(values, session, (outside) =>
    explained(useCase(outside, text(values, 'name'), session.signal), outside, session.signal),
  );
  return exitCodes.done;
}

/** Whatever ends a use case, as a user understands it. */
import { toUserError } from '../cluster/index.ts';
import { UserError } from '../errors.ts';
import type { Outside } from './contract.ts';
import type { InstallEvent } from './events.ts';

/** Turns whatever stopped a run into what the user is told; keeps what is already told. */
export function asUserError(error: unknown, outside: Outside): unknown {
  return error instanceof UserError ? error : toUserError(error, outside.cluster);
}

/** The events of a use case, with whatever ends it told as a user understands it. */
export async function* explained<R>(
  events: AsyncGenerator<InstallEvent, R>,
  outside: Outside,
  signal: AbortSignal,
): AsyncGenerator<InstallEvent, R> {
  try {
    return yield* events;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw asUserError(error, outside);
  }
}

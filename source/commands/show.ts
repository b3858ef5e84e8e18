/** Runs a use case, showing its events, with a cluster that is closed whatever happens. */
import type { Outside } from '../install/contract.ts';
import type { InstallEvent } from '../install/events.ts';
import type { FlagValues } from './flags.ts';
import { frontFor } from './fronts/front.ts';
import type { Session } from './session.ts';

/**
 * @param timed whether what is shown goes on for a while, so that times mean something.
 * @returns what the generator returned.
 */
export async function show<R>(
  values: FlagValues,
  session: Session,
  events: (outside: Outside) => AsyncGenerator<InstallEvent, R>,
  timed = true,
): Promise<R> {
  const outside = await session.open(values, session);
  const front = frontFor(values, session, timed);
  const running = events(outside);
  let isOver = false;
  try {
    for (;;) {
      const step = await running.next();
      isOver = step.done === true;
      if (step.done) return step.value;
      front.event(step.value);
    }
  } finally {
    // Whoever cannot show it any more must not leave the use case's lock behind.
    if (!isOver) await running.return(undefined as R).catch(() => {});
    await outside.cluster.close();
    await outside.leave?.();
  }
}

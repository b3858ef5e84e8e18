/** Runs a use case, showing its events, with a cluster that is closed whatever happens. */
import type { Outside } from '../install/contract.ts';
import type { InstallEvent } from '../install/events.ts';
import type { FlagValues } from './flags.ts';
import { frontFor } from './fronts/front.ts';
import type { Session } from './session.ts';

/** @returns what the generator returned. */
export async function show<R>(
  values: FlagValues,
  session: Session,
  events: (outside: Outside) => AsyncGenerator<InstallEvent, R>,
): Promise<R> {
  const outside = await session.open(values, session);
  const front = frontFor(values, session);
  try {
    const running = events(outside);
    for (;;) {
      const step = await running.next();
      if (step.done) return step.value;
      front.event(step.value);
    }
  } finally {
    await outside.cluster.close();
  }
}

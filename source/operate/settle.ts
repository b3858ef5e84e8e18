/** Waits until what was written to a workload has come to be. */
import type { Clock } from '../context.ts';
import { exitCodes, UserError } from '../errors.ts';
import { deletedError, isDeleted } from '../install/deleted.ts';
import type { InstallEvent } from '../install/events.ts';
import type { Telling } from '../install/progress.ts';
import { rootCause } from '../observe/cause.ts';
import { componentHealth } from '../observe/health.ts';
import type { Observer } from '../observe/observer.ts';
import { isSettled } from '../observe/types.ts';
import { isSeen, type Written } from '../observe/written.ts';
import type { ComponentId } from '../stack/types.ts';
import { formatDuration } from '../text/duration.ts';

const tickMs = 1_000;

/**
 * Until the component is as it was written, and ready or stopped; tells how it goes and why it takes long.
 * @throws UserError `no-instance` (exit 1) when the instance is deleted meanwhile
 */
export async function* settled(
  id: ComponentId,
  written: readonly Written[],
  { observer, telling, clock }: { readonly observer: Observer; readonly telling: Telling; readonly clock: Clock },
  signal: AbortSignal,
): AsyncGenerator<InstallEvent> {
  const beganAt = clock.now();
  for (;;) {
    const snapshot = observer.snapshot();
    if (isDeleted(snapshot, true)) throw deletedError(snapshot, exitCodes.failed);
    const seen = written.every((each) => isSeen(each, snapshot));
    const health = componentHealth(id, snapshot);
    const own = seen ? health : { ...health, state: 'running' as const };
    for (const event of telling.changes(new Map([[id, own]]), clock.monotonic()))
      if (event.type === 'component') yield event;
    const isReady = isSettled(own.state);
    yield* telling.cause(id, isReady ? undefined : rootCause(id, snapshot, { phaseStartedAt: beganAt }));
    if (isReady) return;
    const tick = new AbortController();
    await Promise.race([
      observer.next(tick.signal),
      clock.sleep(tickMs, AbortSignal.any([tick.signal, signal])),
    ]).finally(() => tick.abort());
    signal.throwIfAborted();
  }
}

/** A signal that aborts after so long with UserError `timeout` (exit 5), unless it is cancelled. */
export function deadlineAfter(ms: number, clock: Clock): { readonly signal: AbortSignal; cancel(): void } {
  const [late, over] = [new AbortController(), new AbortController()];
  clock.sleep(ms, over.signal).then(
    () =>
      late.abort(
        new UserError({
          code: 'timeout',
          exit: exitCodes.timedOut,
          say: (t) => t.scale.timeout(formatDuration(ms, t.units)),
        }),
      ),
    () => {},
  );
  return { signal: late.signal, cancel: () => over.abort() };
}

/** Waits until what was written to a workload has come to be. */
import type { Clock } from '../context.ts';
import { exitCodes, UserError } from '../errors.ts';
import type { InstallEvent } from '../install/events.ts';
import type { Telling } from '../install/progress.ts';
import { rootCause } from '../observe/cause.ts';
import { componentHealth } from '../observe/health.ts';
import type { Observer } from '../observe/observer.ts';
import { isSettled, type Snapshot } from '../observe/types.ts';
import type { ComponentId, KubeObject } from '../stack/types.ts';
import { formatDuration } from '../text/duration.ts';

/** A workload as it must be seen before what is seen of it counts. */
export interface Written {
  readonly kind: string;
  readonly name: string;
  readonly generation: number;
}

export const writtenOf = ({ kind, metadata: { name, generation = 0 } }: KubeObject): Written => ({
  kind,
  name,
  generation,
});

const tickMs = 1_000;

/** Until the component is as it was written, and ready or stopped; tells how it goes and why it takes long. */
export async function* settled(
  id: ComponentId,
  written: readonly Written[],
  { observer, telling, clock }: { readonly observer: Observer; readonly telling: Telling; readonly clock: Clock },
  signal: AbortSignal,
): AsyncGenerator<InstallEvent> {
  const beganAt = clock.now();
  for (;;) {
    const snapshot = observer.snapshot();
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

function isSeen({ kind, name, generation }: Written, { objects }: Snapshot): boolean {
  if (kind !== 'Deployment' && kind !== 'StatefulSet' && kind !== 'Cluster') return true;
  const live = objects[kind].find(({ metadata }) => metadata.name === name);
  return live !== undefined && (live.metadata.generation ?? 0) >= generation;
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

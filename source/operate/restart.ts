/** Starts the pods of components anew, one component after the other, as the platform's own console does it. */
import { exitCodes, UserError } from '../errors.ts';
import type { Outside } from '../install/contract.ts';
import { deletedError, isDeleted } from '../install/deleted.ts';
import type { InstallEvent } from '../install/events.ts';
import { asUserError } from '../install/explain.ts';
import { restart as restartWorkload } from '../install/fixes.ts';
import { Telling } from '../install/progress.ts';
import { readOnlyError } from '../install/read-only.ts';
import { observed, theInstance } from '../install/status.ts';
import type { FoundInstance } from '../observe/instances.ts';
import { mainObject } from '../observe/lookups.ts';
import type { Snapshot } from '../observe/types.ts';
import { writtenOf } from '../observe/written.ts';
import { restartable } from '../stack/components.ts';
import type { ComponentId } from '../stack/types.ts';
import { inOrder } from './scale/change.ts';
import { deadlineAfter, settled } from './settle.ts';

export interface RestartRequest {
  readonly name?: string;
  readonly components: readonly ComponentId[];
  readonly wait: boolean;
  readonly timeoutMs: number;
  readonly readOnly: boolean;
}

/** @throws UserError `no-component` (exit 3) before anything is restarted, `timeout` (exit 5) */
export async function* restart(
  { name, components, wait, timeoutMs, readOnly }: RestartRequest,
  outside: Outside,
  signal: AbortSignal,
): AsyncGenerator<InstallEvent> {
  const { cluster, context } = outside;
  const observing = observed(outside, signal);
  const deadline = deadlineAfter(timeoutMs, context.clock);
  const until = AbortSignal.any([signal, deadline.signal]);
  try {
    const { observer } = observing;
    await observer.ready;
    const instance = theInstance(observer.instances(), name, cluster.namespace);
    observer.choose(instance.name);
    const first = observer.snapshot();
    if (isDeleted(first)) throw deletedError(first);
    refuse(components, instance, first);
    if (readOnly) throw readOnlyError((t) => t.scale.readOnlyHint);
    const order = inOrder(components);
    yield { type: 'note', message: (t) => t.scale.restart.asked(order.join(', ')) };
    const telling = new Telling();
    for (const id of order) {
      const written = await restartWorkload(cluster, context.clock, id, instance.name, until);
      if (wait) yield* settled(id, [writtenOf(written)], { observer, telling, clock: context.clock }, until);
    }
    if (wait) yield { type: 'note', message: (t) => t.scale.restart.done(order.join(', ')) };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw deadline.signal.aborted ? deadline.signal.reason : asUserError(error, outside);
  } finally {
    deadline.cancel();
    observing.stop();
  }
}

/** Before anything is restarted; also what the instance shall have and is not there. */
function refuse(components: readonly ComponentId[], instance: FoundInstance, snapshot: Snapshot): void {
  for (const id of components) {
    const isOwn = instance.components.includes(id);
    const isRestartable = restartable.includes(id);
    if (isOwn && isRestartable && mainObject(id, snapshot)) continue;
    throw new UserError({
      code: 'no-component',
      exit: exitCodes.refused,
      say: (t) => (isOwn && !isRestartable ? t.scale.restart.cannot(id) : t.scale.guards.absent(id)),
    });
  }
}

/** Reads what the log of a component complains of since it was changed: a little of it, and never for long. */
import { within } from '../../cluster/index.ts';
import type { Cluster } from '../../cluster/types.ts';
import type { Clock } from '../../context.ts';
import { type LogErrors, logErrorsIn } from '../../logs/log-errors.ts';
import { type ContainerStatus, podStatus, podsOf } from '../../observe/lookups.ts';
import type { Snapshot } from '../../observe/types.ts';
import type { ComponentId, KubeObject } from '../../stack/types.ts';

/** Of each container, and so many pods: the newest ones. */
const [tailLines, limitBytes, mostPods] = [500, 128 * 1024, 8];
const patience = { ms: 3_000, tooLate: () => new Error('the log keeps silent') };

export interface LogsToRead {
  readonly cluster: Pick<Cluster, 'logText'>;
  readonly clock: Clock;
  readonly snapshot: Snapshot;
}

/**
 * Undefined where it complains of nothing. Logs that cannot be read, or not in time, say nothing: other reasons are left.
 * @param agoMs how long ago it was changed
 */
export async function logErrorsSince(
  component: ComponentId,
  agoMs: number,
  { cluster, clock, snapshot }: LogsToRead,
  signal: AbortSignal,
): Promise<LogErrors | undefined> {
  const sinceSeconds = Math.max(1, Math.ceil(agoMs / 1000));
  const options = { sinceSeconds, tailLines, limitBytes, timestamps: true };
  const read = (until: AbortSignal) =>
    podsOf(component, snapshot)
      .toSorted(newestFirst)
      .slice(0, mostPods)
      .flatMap(startedIn)
      .map(async ({ pod, container }) => ({
        pod,
        container,
        text: await cluster.logText(pod, { ...options, container, signal: until }).catch(() => ''),
      }));
  const logs = await within(patience, clock, signal, (until) => Promise.all(read(until))).catch(() => []);
  signal.throwIfAborted();
  return logErrorsIn(component, logs);
}

const newestFirst = (one: KubeObject, other: KubeObject): number =>
  String(other.metadata.creationTimestamp).localeCompare(String(one.metadata.creationTimestamp));

/** What does the work of the pod, and has said something by now. */
const startedIn = (pod: KubeObject) =>
  (podStatus(pod).containerStatuses ?? [])
    .filter(({ state, lastState }: ContainerStatus) => state?.running ?? state?.terminated ?? lastState?.terminated)
    .map(({ name }) => ({ pod: pod.metadata.name, container: name }));

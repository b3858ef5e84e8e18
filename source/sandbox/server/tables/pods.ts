/** The row of a pod, whose status word tells most of what goes wrong (printPod of pkg/printers/internalversion). */
import type { KubeObject } from '../../../stack/types.ts';
import { ageOf, type Loose, none, or, since } from './words.ts';

interface Tally {
  reason: string;
  ready: number;
  restarts: number;
  restartedAt: string;
}

const restartedAt = (container: Loose): string => container.lastState?.terminated?.finishedAt ?? '';
const later = (one: string, other: string): string => (one > other ? one : other);
const isTrue = (status: Loose, type: string): boolean =>
  (status.conditions ?? []).some((condition: Loose) => condition.type === type && condition.status === 'True');

const endOf = ({ reason, signal, exitCode }: Loose): string =>
  reason || (signal ? `Signal:${signal}` : `ExitCode:${exitCode}`);

export function podCells(pod: KubeObject, now: number): readonly unknown[] {
  const [spec, status] = [pod['spec'] as Loose, (pod['status'] ?? {}) as Loose];
  const sidecars = (spec?.initContainers ?? []).filter(isSidecar);
  const tally = tallyOf(spec, status, sidecars);
  const { restarts, restartedAt: at } = tally;
  const phase = status.phase ?? '';
  const ended = phase === 'Succeeded' || phase === 'Failed';
  const reason = pod.metadata.deletionTimestamp && !ended ? 'Terminating' : tally.reason;
  return [
    pod.metadata.name,
    `${tally.ready}/${(spec?.containers ?? []).length + sidecars.length}`,
    reason,
    restarts > 0 && at ? `${restarts} (${since(at, now)} ago)` : String(restarts),
    ageOf(pod, now),
    or(status.podIP),
    or(spec?.nodeName),
    or(status.nominatedNodeName),
    none,
  ];
}

const isSidecar = (container: Loose): boolean => container.restartPolicy === 'Always';

function tallyOf(spec: Loose, status: Loose, sidecars: readonly Loose[]): Tally {
  const isRunningSidecar = (container: Loose) => sidecars.some(({ name }) => name === container.name);
  const tally: Tally = { reason: status.reason || (status.phase ?? ''), ready: 0, restarts: 0, restartedAt: '' };
  const sidecar = { restarts: 0, restartedAt: '' };
  let initializing = false;
  for (const [index, container] of (status.initContainerStatuses ?? []).entries()) {
    count(tally, container);
    if (isRunningSidecar(container)) count(sidecar, container);
    const { terminated, waiting } = container.state ?? {};
    if (terminated?.exitCode === 0) continue;
    if (isRunningSidecar(container) && container.started) {
      if (container.ready) tally.ready += 1;
      continue;
    }
    if (terminated) tally.reason = `Init:${endOf(terminated)}`;
    else if (waiting?.reason && waiting.reason !== 'PodInitializing') tally.reason = `Init:${waiting.reason}`;
    else tally.reason = `Init:${index}/${spec.initContainers.length}`;
    initializing = true;
    break;
  }
  if (initializing && !isTrue(status, 'Initialized')) return tally;
  return tallyContainers({ ...tally, ...sidecar }, status);
}

function count(tally: { restarts: number; restartedAt: string }, container: Loose): void {
  tally.restarts += container.restartCount ?? 0;
  tally.restartedAt = later(tally.restartedAt, restartedAt(container));
}

function tallyContainers(tally: Tally, status: Loose): Tally {
  let running = false;
  for (const container of [...(status.containerStatuses ?? [])].reverse()) {
    count(tally, container);
    const { terminated, waiting, running: runs } = container.state ?? {};
    if (waiting?.reason) tally.reason = waiting.reason;
    else if (terminated) tally.reason = endOf(terminated);
    else if (container.ready && runs) {
      running = true;
      tally.ready += 1;
    }
  }
  if (tally.reason === 'Completed' && running) tally.reason = isTrue(status, 'Ready') ? 'Running' : 'NotReady';
  return tally;
}

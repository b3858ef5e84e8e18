/** The row of a pod, whose status word tells most of what goes wrong (printPod of pkg/printers/internalversion). */
import { status, type TableOfKind, table } from './table.ts';
import { type Loose, none, or, since } from './words.ts';

interface Tally {
  reason: string;
  ready: number;
  restarts: number;
  restartedAt: string;
}

const restartedAt = (container: Loose): string => container.lastState?.terminated?.finishedAt ?? '';
const later = (one: string, other: string): string => (one > other ? one : other);
const isTrue = (state: Loose, type: string): boolean =>
  (state.conditions ?? []).some((condition: Loose) => condition.type === type && condition.status === 'True');

const endOf = ({ reason, signal, exitCode }: Loose): string =>
  reason || (signal ? `Signal:${signal}` : `ExitCode:${exitCode}`);

const sidecarsOf = ({ spec }: Loose): readonly Loose[] => (spec?.initContainers ?? []).filter(isSidecar);

function readyText(pod: Loose): string {
  const sidecars = sidecarsOf(pod);
  return `${tallyOf(pod, sidecars).ready}/${(pod.spec?.containers ?? []).length + sidecars.length}`;
}

function statusWord(pod: Loose): string {
  const hasEnded = ['Succeeded', 'Failed'].includes(status(pod).phase);
  return pod.metadata.deletionTimestamp && !hasEnded ? 'Terminating' : tallyOf(pod, sidecarsOf(pod)).reason;
}

function restartsText(pod: Loose, now: number): string {
  const { restarts, restartedAt: at } = tallyOf(pod, sidecarsOf(pod));
  return restarts > 0 && at ? `${restarts} (${since(at, now)} ago)` : String(restarts);
}

export const podTable: TableOfKind = table(
  { Ready: readyText, Status: statusWord, Restarts: restartsText },
  {
    'IP*1': (pod) => or(status(pod).podIP),
    'Node*1': ({ spec }) => or(spec?.nodeName),
    'Nominated Node*1': (pod) => or(status(pod).nominatedNodeName),
    'Readiness Gates*1': () => none,
  },
);

const isSidecar = (container: Loose): boolean => container.restartPolicy === 'Always';

function tallyOf(pod: Loose, sidecars: readonly Loose[]): Tally {
  const { spec, status: state = {} } = pod;
  const isRunningSidecar = (container: Loose) => sidecars.some(({ name }) => name === container.name);
  const tally: Tally = { reason: state.reason || (state.phase ?? ''), ready: 0, restarts: 0, restartedAt: '' };
  const sidecar = { restarts: 0, restartedAt: '' };
  let initializing = false;
  for (const [index, container] of (state.initContainerStatuses ?? []).entries()) {
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
  if (initializing && !isTrue(state, 'Initialized')) return tally;
  return tallyContainers({ ...tally, ...sidecar }, state);
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

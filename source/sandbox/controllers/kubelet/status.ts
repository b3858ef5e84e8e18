/** The status of a pod from the states of its containers (pkg/kubelet/kubelet_pods.go, status/generate.go of 1.34); pure. */
import {
  type Condition,
  type Container,
  type ContainerState,
  type ContainerStatus,
  conditionOf,
  type Pod,
} from '../model.ts';

/** A container as the kubelet keeps it in mind. */
export interface Slot {
  readonly spec: Container;
  readonly init: boolean;
  state: ContainerState;
  lastState: ContainerState;
  restartCount: number;
  ready: boolean;
  started: boolean;
  imageID: string;
  containerID: string | undefined;
}

const isSidecar = ({ spec, init }: Slot): boolean => init && spec.restartPolicy === 'Always';

export function firstSlots(pod: Pod): readonly Slot[] {
  const { containers, initContainers = [] } = pod.spec;
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {};
  const waiting = { waiting: { reason: initContainers.length > 0 ? 'PodInitializing' : 'ContainerCreating' } };
  const slot = (spec: Container, init: boolean): Slot => {
    const before = (init ? initContainerStatuses : containerStatuses).find(({ name }) => name === spec.name);
    return {
      spec,
      init,
      state: before?.state ?? waiting,
      lastState: before?.lastState ?? {},
      restartCount: before?.restartCount ?? 0,
      // What ran when the sandbox ended goes on as it was.
      ready: before?.state?.running !== undefined && before.ready,
      started: before?.state?.running !== undefined && before.started === true,
      imageID: before?.imageID ?? '',
      containerID: before?.containerID,
    };
  };
  return [...initContainers.map((each) => slot(each, true)), ...containers.map((each) => slot(each, false))];
}

/** Whether an init container lets the next one begin. */
export const isInitDone = (slot: Slot): boolean =>
  isSidecar(slot) ? slot.started : slot.state.terminated?.exitCode === 0;

const statusOf = (slot: Slot): ContainerStatus => ({
  name: slot.spec.name,
  state: slot.state,
  lastState: slot.lastState,
  ready: slot.init && !isSidecar(slot) ? slot.state.terminated?.exitCode === 0 : slot.ready,
  restartCount: slot.restartCount,
  image: slot.spec.image,
  imageID: slot.imageID,
  ...(slot.containerID && { containerID: slot.containerID }),
  started: slot.started,
  ...(slot.state.running && resourcesOf(slot)),
});

/** What a running container was given, as its status repeats it. */
function resourcesOf({ spec: { resources, volumeMounts = [] } }: Slot): object {
  const mounts = volumeMounts.map(({ name, mountPath, readOnly }) => ({
    ...{ name, mountPath },
    ...(readOnly && { readOnly, recursiveReadOnly: 'Disabled' }),
  }));
  return {
    ...(resources?.requests && { allocatedResources: resources.requests }),
    ...(resources && { resources }),
    ...(mounts.length > 0 && { volumeMounts: mounts }),
  };
}

function phaseOf(pod: Pod, slots: readonly Slot[]): string {
  const policy = pod.spec.restartPolicy ?? 'Always';
  const inits = slots.filter(({ init }) => init);
  const mains = slots.filter(({ init }) => !init);
  const failedInit = inits.some(({ state }) => state.terminated !== undefined && state.terminated.exitCode !== 0);
  if (failedInit && policy === 'Never') return 'Failed';
  if (!inits.every((each) => isInitDone(each) || (isSidecar(each) && each.restartCount > 0))) return 'Pending';
  const over = mains.every(({ state }) => state.terminated !== undefined);
  if (over && policy !== 'Always') {
    if (mains.every(({ state }) => state.terminated?.exitCode === 0)) return 'Succeeded';
    return policy === 'Never' ? 'Failed' : 'Running';
  }
  const begun = mains.filter(({ state, lastState }) => state.running ?? state.terminated ?? lastState.terminated);
  // Only one that waits for the first time keeps the pod pending.
  return begun.length === mains.length ? 'Running' : 'Pending';
}

const listOf = (slots: readonly Slot[]): string => `[${slots.map(({ spec }) => spec.name).join(' ')}]`;

function conditionsOf(
  pod: Pod,
  slots: readonly Slot[],
  phase: string,
  hasIp: boolean,
  now: string,
): readonly Condition[] {
  const earlier = pod.status?.conditions ?? [];
  const inits = slots.filter(({ init }) => init);
  const uninitialized = inits.filter((each) => !isInitDone(each));
  const unready = slots.filter((each) => (!each.init || isSidecar(each)) && !each.ready);
  const over = phase === 'Succeeded' || phase === 'Failed';
  const condition = (type: string, holds: boolean, why?: { reason: string; message?: string }): Condition =>
    conditionOf(earlier, { type, status: holds ? 'True' : 'False', ...(holds && !over ? {} : why) }, now);
  const notReady =
    phase === 'Succeeded'
      ? { reason: 'PodCompleted' }
      : phase === 'Failed'
        ? { reason: 'PodFailed' }
        : { reason: 'ContainersNotReady', message: `containers with unready status: ${listOf(unready)}` };
  const initialized = uninitialized.length === 0;
  const ready = !over && unready.length === 0 && initialized;
  const scheduled = earlier.find(({ type }) => type === 'PodScheduled');
  return [
    condition('PodReadyToStartContainers', hasIp && !over),
    initialized
      ? condition('Initialized', true, phase === 'Succeeded' ? { reason: 'PodCompleted' } : undefined)
      : condition('Initialized', false, {
          reason: 'ContainersNotInitialized',
          message: `containers with incomplete status: ${listOf(uninitialized)}`,
        }),
    ready ? condition('Ready', true) : condition('Ready', false, notReady),
    ready ? condition('ContainersReady', true) : condition('ContainersReady', false, notReady),
    scheduled ?? conditionOf(earlier, { type: 'PodScheduled', status: 'True' }, now),
    ...earlier.filter(({ type }) => type === 'DisruptionTarget'),
  ].map((each) => ({ lastProbeTime: null, ...each, observedGeneration: Number(pod.metadata['generation'] ?? 1) }));
}

export function podStatusOf(
  pod: Pod,
  slots: readonly Slot[],
  { ip, nodeIp, now }: { readonly ip: string | undefined; readonly nodeIp: string; readonly now: string },
): object {
  const phase = phaseOf(pod, slots);
  const inits = slots.filter(({ init }) => init).map(statusOf);
  return {
    observedGeneration: pod.metadata['generation'],
    phase,
    conditions: conditionsOf(pod, slots, phase, ip !== undefined, now),
    hostIP: nodeIp,
    hostIPs: [{ ip: nodeIp }],
    ...(ip && { podIP: ip, podIPs: [{ ip }] }),
    startTime: pod.status?.startTime ?? now,
    ...(inits.length > 0 && { initContainerStatuses: inits }),
    containerStatuses: slots.filter(({ init }) => !init).map(statusOf),
    qosClass: pod.status?.qosClass ?? 'Burstable',
  };
}

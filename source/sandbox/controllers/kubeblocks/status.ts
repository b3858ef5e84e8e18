/** The state of a Cluster as KubeBlocks tells it; pure. */
import { type Condition, conditionOf, isLeaving, isReady as isServing, type Pod } from '../model.ts';
import type { Cluster, Component, ComponentStatus } from './objects.ts';
import { nameOf, replicasOf } from './objects.ts';

export const isReady = (pod: Pod): boolean => !isLeaving(pod) && isServing(pod);

const role = 'kubeblocks.io/role';
export const hasRole = ({ metadata }: Pod): boolean => metadata.labels?.[role] !== undefined;

const failing = new Set([
  'CrashLoopBackOff',
  'ErrImagePull',
  'ImagePullBackOff',
  'CreateContainerConfigError',
  'CreateContainerError',
]);

function failureOf(pod: Pod): string | undefined {
  const waiting = pod.status?.containerStatuses
    ?.map(({ state }) => state?.waiting)
    .find((each) => failing.has(each?.reason ?? ''));
  return waiting && `${waiting.reason}: ${waiting.message ?? ''}`;
}

/** The phase and message of one component. `before` is what was told last. */
export function componentStatusOf(
  component: Component,
  pods: readonly Pod[],
  before: ComponentStatus | undefined,
  now: string,
): ComponentStatus {
  const wanted = replicasOf(component);
  const usable = pods.filter((pod) => isReady(pod) && (hasRole(pod) || !component.engine.credentials));
  const podsReady = usable.length >= wanted && pods.length === wanted;
  if (wanted === 0) return { phase: pods.length === 0 ? 'Stopped' : 'Stopping', podsReady: false };
  if (podsReady)
    return {
      phase: 'Running',
      podsReady: true,
      podsReadyTime: before?.podsReady ? (before.podsReadyTime ?? now) : now,
    };
  const failures = pods.flatMap((pod) => {
    const failure = failureOf(pod);
    return failure ? [[`Pod/${pod.metadata.name}`, failure] as const] : [];
  });
  const message = failures.length ? { message: Object.fromEntries(failures) } : {};
  const started = before?.phase !== undefined && before.phase !== 'Creating';
  const phase = failures.length ? (usable.length ? 'Abnormal' : 'Failed') : started ? 'Updating' : 'Creating';
  return { phase, podsReady: false, ...message };
}

/** The phase of the whole from those of its parts. */
export function clusterPhaseOf(components: readonly ComponentStatus[]): string {
  const phases = components.map(({ phase }) => phase ?? 'Creating');
  if (phases.every((phase) => phase === phases[0])) return phases[0] ?? 'Creating';
  if (phases.some((phase) => phase === 'Failed' || phase === 'Abnormal')) return 'Abnormal';
  return ['Creating', 'Updating', 'Stopping'].find((phase) => phases.includes(phase)) ?? 'Updating';
}

function condition(
  type: string,
  holds: boolean,
  reason: string,
  message: string,
  before: readonly Condition[],
  now: string,
): Condition {
  return conditionOf(before, { type, status: holds ? 'True' : 'False', reason, message }, now);
}

/** Refused before anything was made: only a condition says so, the phase stays empty. */
export function refusedStatusOf(cluster: Cluster, message: string, now: string): object {
  const before = cluster.status?.conditions ?? [];
  return { conditions: [condition('ProvisioningStarted', false, 'PreCheckFailed', message, before, now)] };
}

/** The whole status of a Cluster whose objects have been made. */
export function statusOf(cluster: Cluster, components: ReadonlyMap<Component, ComponentStatus>, now: string): object {
  const before = cluster.status?.conditions ?? [];
  const name = cluster.metadata.name;
  const waiting = [...components].filter(([, { podsReady }]) => !podsReady).map(([component]) => nameOf(component));
  const ready = waiting.length === 0;
  const phase = clusterPhaseOf([...components.values()]);
  const running = ready && phase === 'Running';
  return {
    phase,
    observedGeneration: cluster.metadata.generation,
    clusterDefGeneration: 2,
    // null: a merge patch would keep the words of an earlier failure.
    components: Object.fromEntries(
      [...components].map(([{ spec }, status]) => [spec.name, { message: null, ...status }]),
    ),
    conditions: [
      condition(
        'ProvisioningStarted',
        true,
        'PreCheckSucceed',
        `The operator has started the provisioning of Cluster: ${name}`,
        before,
        now,
      ),
      condition('ApplyResources', true, 'ApplyResourcesSucceed', 'Successfully applied for resources', before, now),
      ready
        ? condition(
            'ReplicasReady',
            true,
            'AllReplicasReady',
            'all pods of components are ready, waiting for the probe detection successful',
            before,
            now,
          )
        : condition(
            'ReplicasReady',
            false,
            'ReplicasNotReady',
            `pods are not ready in Components: [${waiting.join(' ')}], refer to related component message in Cluster.status.components`,
            before,
            now,
          ),
      running
        ? condition('Ready', true, 'ClusterReady', `Cluster: ${name} is ready, current phase is Running`, before, now)
        : condition(
            'Ready',
            false,
            'ComponentsNotReady',
            `pods are unavailable in Components: [${waiting.join(' ')}], refer to related component message in Cluster.status.components`,
            before,
            now,
          ),
    ],
  };
}

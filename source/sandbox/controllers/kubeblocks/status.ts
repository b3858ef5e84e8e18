/** The state of a Cluster as KubeBlocks tells it; pure. */
import { type Condition, conditionOf, isLeaving, isReady as isServing, type Pod } from '../model.ts';
import type { Cluster, Component, ComponentStatus } from './objects.ts';
import { nameOf, replicasOf } from './objects.ts';

const isReady = (pod: Pod): boolean => !isLeaving(pod) && isServing(pod);

const role = 'kubeblocks.io/role';
const hasRole = ({ metadata }: Pod): boolean => metadata.labels?.[role] !== undefined;

/** The pods that want a role, and which: the first of them all is the primary. @param pods in the order of their names */
export function rolesFor({ engine }: Component, pods: readonly Pod[]): readonly (readonly [Pod, object])[] {
  if (!engine.credentials) return [];
  const without = pods.filter((pod) => isReady(pod) && !hasRole(pod));
  return without.map((pod) => [pod, { metadata: { labels: { [role]: pod === pods[0] ? 'primary' : 'secondary' } } }]);
}

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
function componentStatusOf(
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
function clusterPhaseOf(components: readonly ComponentStatus[]): string {
  const phases = components.map(({ phase }) => phase ?? 'Creating');
  if (phases.every((phase) => phase === phases[0])) return phases[0] ?? 'Creating';
  if (phases.some((phase) => phase === 'Failed' || phase === 'Abnormal')) return 'Abnormal';
  return ['Creating', 'Updating', 'Stopping'].find((phase) => phases.includes(phase)) ?? 'Updating';
}

/** Makes the conditions of a Cluster. */
const teller =
  ({ status }: Cluster, now: string) =>
  (type: string, holds: boolean, reason: string, message: string): Condition =>
    conditionOf(status?.conditions, { type, status: holds ? 'True' : 'False', reason, message }, now);

/** Refused before anything was made: only a condition says so, the phase stays empty. */
export function refusedStatusOf(cluster: Cluster, message: string, now: string): object {
  return { conditions: [teller(cluster, now)('ProvisioningStarted', false, 'PreCheckFailed', message)] };
}

/** The whole status of a Cluster whose objects have been made. */
export function statusOf(
  cluster: Cluster,
  all: readonly Component[],
  podsOf: (component: Component) => readonly Pod[],
  now: string,
): object {
  const before = cluster.status?.components;
  const components = new Map(
    all.map((each) => [each, componentStatusOf(each, podsOf(each), before?.[each.spec.name], now)] as const),
  );
  const { name, generation } = cluster.metadata;
  const phase = clusterPhaseOf([...components.values()]);
  const waiting = [...components].filter(([, { podsReady }]) => !podsReady).map(([component]) => nameOf(component));
  const ready = waiting.length === 0;
  const where = `in Components: [${waiting.join(' ')}], refer to related component message in Cluster.status.components`;
  const tell = teller(cluster, now);
  const begun = `The operator has started the provisioning of Cluster: ${name}`;
  const allReady = 'all pods of components are ready, waiting for the probe detection successful';
  return {
    phase,
    observedGeneration: generation,
    clusterDefGeneration: 2,
    // null: a merge patch would keep the words of an earlier failure.
    components: Object.fromEntries(
      [...components].map(([{ spec }, status]) => [spec.name, { message: null, ...status }]),
    ),
    conditions: [
      tell('ProvisioningStarted', true, 'PreCheckSucceed', begun),
      tell('ApplyResources', true, 'ApplyResourcesSucceed', 'Successfully applied for resources'),
      ready
        ? tell('ReplicasReady', true, 'AllReplicasReady', allReady)
        : tell('ReplicasReady', false, 'ReplicasNotReady', `pods are not ready ${where}`),
      ready && phase === 'Running'
        ? tell('Ready', true, 'ClusterReady', `Cluster: ${name} is ready, current phase is Running`)
        : tell('Ready', false, 'ComponentsNotReady', `pods are unavailable ${where}`),
    ],
  };
}

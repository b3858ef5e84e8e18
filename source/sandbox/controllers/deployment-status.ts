/** The figures and conditions of a Deployment (pkg/controller/deployment of 1.34); pure. */
import { timestamp } from '../objects/metadata.ts';
import { type Condition, conditionOf, type Deployment, type ReplicaSet } from './model.ts';

export const replicasOf = ({ spec }: ReplicaSet | Deployment): number => spec.replicas ?? 1;
export const count = (sets: readonly ReplicaSet[], field: 'replicas' | 'readyReplicas' | 'availableReplicas'): number =>
  sets.reduce((sum, { status }) => sum + (status?.[field] ?? 0), 0);

/** A number, or a share of `total`. */
function share(value: number | string | undefined, total: number, round: (value: number) => number): number {
  if (typeof value !== 'string') return value ?? 0;
  return value.endsWith('%') ? round((Number.parseFloat(value) * total) / 100) : Number(value);
}

/** How many pods more, and how many less than wanted there may be meanwhile. */
export function tolerance({ spec }: Deployment): { readonly surge: number; readonly unavailable: number } {
  const replicas = spec.replicas ?? 1;
  const { maxSurge, maxUnavailable } = spec.strategy?.rollingUpdate ?? {};
  const surge = share(maxSurge ?? '25%', replicas, Math.ceil);
  const unavailable = Math.min(share(maxUnavailable ?? '25%', replicas, Math.floor), replicas);
  return surge === 0 && unavailable === 0 ? { surge, unavailable: 1 } : { surge, unavailable };
}

interface Figures {
  readonly replicas: number;
  readonly updated: number;
  readonly ready: number;
  readonly available: number;
}

/** @param newest uid of the ReplicaSet of the template as it is. @param now epoch milliseconds */
export function deploymentStatusOf(
  deployment: Deployment,
  sets: readonly ReplicaSet[],
  newest: string | undefined,
  now: number,
): { readonly conditions: readonly Condition[] } {
  const live = sets.find(({ metadata }) => metadata.uid === newest);
  const figures: Figures = {
    replicas: count(sets, 'replicas'),
    updated: live?.status?.replicas ?? 0,
    ready: count(sets, 'readyReplicas'),
    available: count(sets, 'availableReplicas'),
  };
  const { replicas, updated, ready, available } = figures;
  const wanted = replicasOf(deployment);
  const earlier = deployment.status?.conditions ?? [];
  const stamp = (next: Condition): Condition => stamped(earlier, next, timestamp(now));
  const failure = live?.status?.conditions?.find(({ type }) => type === 'ReplicaFailure');
  const [progress, availability] = [progressOf(deployment, live, figures, now), availabilityOf(deployment, available)];
  // That it progresses is said when its first ReplicaSet is made; later, what is available is looked at first.
  const told = earlier.length === 0 ? [progress, availability] : [availability, progress];
  const conditions = [...told.map(stamp), ...(failure ? [stamp(failure)] : [])].sort(
    (one, other) => orderOf(earlier, one) - orderOf(earlier, other),
  );
  return {
    ...{ observedGeneration: deployment.metadata.generation },
    ...(replicas > 0 && { replicas }),
    ...(updated > 0 && { updatedReplicas: updated }),
    ...(ready > 0 && { readyReplicas: ready }),
    ...(available > 0 && { availableReplicas: available }),
    ...(wanted > available && { unavailableReplicas: Math.max(wanted, replicas) - available }),
    conditions,
  };
}

function availabilityOf(deployment: Deployment, available: number): Condition {
  const missing = deployment.spec.strategy?.type === 'Recreate' ? 0 : tolerance(deployment).unavailable;
  return available >= replicasOf(deployment) - missing
    ? {
        type: 'Available',
        status: 'True',
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
      }
    : {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      };
}

function progressOf(deployment: Deployment, newest: ReplicaSet | undefined, figures: Figures, now: number): Condition {
  const { status, spec, metadata } = deployment;
  const before = status?.conditions?.find(({ type }) => type === 'Progressing');
  const name = newest?.metadata.name ?? '';
  const named = newest ? `ReplicaSet "${name}"` : `Deployment "${metadata.name}"`;
  const say = (status: Condition['status'], reason: string, message: string): Condition => ({
    ...{ type: 'Progressing', status, reason, message },
  });
  if (spec.paused) return say('Unknown', 'DeploymentPaused', 'Deployment is paused');
  const { replicas, updated, ready, available } = figures;
  const wanted = replicasOf(deployment);
  if (updated === wanted && replicas === wanted && available === wanted)
    return say('True', 'NewReplicaSetAvailable', `${named} has successfully progressed.`);
  if (before?.reason === 'DeploymentPaused') return say('Unknown', 'DeploymentResumed', 'Deployment is resumed');
  if (!before || (before.reason !== 'DeploymentResumed' && !before.message?.includes(name)))
    return say('True', 'NewReplicaSetCreated', `Created new replica set "${name}"`);
  // A finished rollout that lost a pod is not begun again.
  if (before.reason === 'NewReplicaSetAvailable' && replicas === updated) return before;
  const old = { replicas: 0, updatedReplicas: 0, readyReplicas: 0, availableReplicas: 0, ...status };
  const was = [old.replicas, old.updatedReplicas, old.readyReplicas, old.availableReplicas];
  if ([replicas, updated, ready, available].some((value, index) => value !== was[index]))
    return { ...say('True', 'ReplicaSetUpdated', `${named} is progressing.`), lastUpdateTime: timestamp(now) };
  const isLate = now - Date.parse(before.lastUpdateTime ?? '') >= (spec.progressDeadlineSeconds ?? 600) * 1000;
  return isLate ? say('False', 'ProgressDeadlineExceeded', `${named} has timed out progressing.`) : before;
}

/** With the time of its last change, which is not that of its last transition. */
function stamped(earlier: readonly Condition[], next: Condition, now: string): Condition {
  const before = earlier.find(({ type }) => type === next.type);
  const { lastUpdateTime, lastTransitionTime: _, ...told } = next;
  const isSame = before?.status === next.status && before.reason === next.reason && before.message === next.message;
  return {
    ...conditionOf(earlier, told, now),
    lastUpdateTime: lastUpdateTime ?? (isSame ? (before.lastUpdateTime ?? now) : now),
  };
}

/** One that changes moves to the end (SetDeploymentCondition). */
const orderOf = (earlier: readonly Condition[], { type, status, reason }: Condition): number => {
  const index = earlier.findIndex((each) => each.type === type && each.status === status && each.reason === reason);
  return index < 0 ? earlier.length : index;
};

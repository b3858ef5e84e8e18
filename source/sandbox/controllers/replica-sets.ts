/** ReplicaSets: as many pods as wanted (pkg/controller/replicaset of 1.34). */
import { StatusError } from '../objects/index.ts';
import { type Again, type Controller, caringFor, type Desk } from './desk.ts';
import { known } from './known.ts';
import { conditionOf, isLeaving, isReady, type ReplicaSet } from './model.ts';
import { byWorth, dropPod, isActive, isAvailable, makePod, podFrom, podsOf } from './pods.ts';

const component = 'replicaset-controller';

export function replicaSets(desk: Desk): Controller {
  const actor = desk.actor(component);

  return caringFor<ReplicaSet>(desk, {
    ...{ name: component, kind: known.replicaSets, children: [known.pods] },
    reconcile(set, again) {
      const wanted = set.spec.replicas ?? 1;
      const active = podsOf(desk, set, set.spec.selector).filter(isActive);
      let failure: StatusError | undefined;
      if (!isLeaving(set))
        try {
          for (let missing = wanted - active.length; missing > 0; missing--)
            makePod(actor, set, podFrom(set, set.spec.template, desk.suffix()));
          for (const pod of [...active].sort(byWorth).slice(0, Math.max(0, active.length - wanted)))
            dropPod(actor, set, pod);
        } catch (error) {
          if (!(error instanceof StatusError)) throw error;
          failure = error;
        }
      tell(set, failure, again);
      if (failure) throw failure;
    },
  });

  function tell(set: ReplicaSet, failure: StatusError | undefined, again: Again): void {
    const { generation } = set.metadata;
    const pods = podsOf(desk, set, set.spec.selector).filter(isActive);
    const least = set.spec.minReadySeconds ?? 0;
    const ready = pods.filter(isReady);
    const available = pods.filter((pod) => isAvailable(pod, least, desk.pace.now()));
    const others = (set.status?.conditions ?? []).filter(({ type }) => type !== 'ReplicaFailure');
    // The first failure stays (pkg/controller/replicaset): each names another pod, and every change would be a new try.
    const told = set.status?.conditions?.find(({ type }) => type === 'ReplicaFailure');
    const failed = failure && {
      type: 'ReplicaFailure',
      status: 'True' as const,
      reason: 'FailedCreate',
      message: failure.message,
    };
    const conditions = failed ? [...others, told ?? conditionOf(undefined, failed, desk.now())] : others;
    const status = {
      replicas: pods.length,
      ...(pods.length > 0 && { fullyLabeledReplicas: pods.length }),
      ...(ready.length > 0 && { readyReplicas: ready.length }),
      ...(available.length > 0 && { availableReplicas: available.length }),
      observedGeneration: generation,
      ...(conditions.length > 0 && { conditions }),
    };
    actor.status(known.replicaSets, set, status);
    if (ready.length > available.length) again(least * 1000);
  }
}

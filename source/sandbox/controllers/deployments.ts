/** Deployments: one ReplicaSet a revision, rolled from one to the next (pkg/controller/deployment of 1.34). */

import { count, deploymentStatusOf, replicasOf, tolerance } from './deployment-status.ts';
import { type Again, type Controller, caringFor, type Desk } from './desk.ts';
import { known } from './known.ts';
import { type Deployment, isControlledBy, isLeaving, ownerReference, type ReplicaSet } from './model.ts';
import { hashOf } from './pods.ts';
import { same } from './same.ts';

const component = 'deployment-controller';
const revisionKey = 'deployment.kubernetes.io/revision';
const hashLabel = 'pod-template-hash';
/** Stay with the Deployment. */
const ownAnnotations = [
  'kubectl.kubernetes.io/last-applied-configuration',
  revisionKey,
  'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
];

const revisionOf = ({ metadata }: ReplicaSet): number => Number(metadata.annotations?.[revisionKey] ?? 0);
const wantedBy = (sets: readonly ReplicaSet[]): number => sets.reduce((sum, set) => sum + replicasOf(set), 0);

const withoutHash = (template: ReplicaSet['spec']['template']): unknown => {
  const { [hashLabel]: _hash, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
};
const isTemplateOf = (set: ReplicaSet, { spec }: Deployment): boolean =>
  same(withoutHash(set.spec.template), withoutHash(spec.template));

export function deployments(desk: Desk): Controller {
  const actor = desk.actor(component);
  const sayScaled = (deployment: Deployment, { metadata }: ReplicaSet, from: number, to: number): void => {
    const way = to > from ? 'up' : 'down';
    const message = `Scaled ${way} replica set ${metadata.name} from ${from} to ${to}`;
    actor.say(deployment, 'Normal', 'ScalingReplicaSet', message);
  };

  const setsOf = (deployment: Deployment): readonly ReplicaSet[] =>
    desk
      .list<ReplicaSet>(known.replicaSets, deployment.metadata.namespace)
      .filter((set) => isControlledBy(set, deployment))
      .sort((one, other) => revisionOf(one) - revisionOf(other));

  return caringFor<Deployment>(desk, {
    ...{ name: component, kind: known.deployments, children: [known.replicaSets] },
    reconcile(deployment, again) {
      if (isLeaving(deployment)) return;
      const sets = setsOf(deployment);
      const current = sets.find((set) => isTemplateOf(set, deployment));
      const old = sets.filter((set) => set !== current);
      if (deployment.spec.paused) {
        if (current && wantedBy(old) === 0) scale(deployment, current, replicasOf(deployment));
        return tell(deployment, current, again);
      }
      const newest = ensureNewest(deployment, current, old);
      if (deployment.spec.strategy?.type === 'Recreate') recreate(deployment, newest, old);
      else roll(deployment, newest, old);
      dropHistory(deployment);
      tell(deployment, newest, again);
    },
  });

  function ensureNewest(
    deployment: Deployment,
    current: ReplicaSet | undefined,
    old: readonly ReplicaSet[],
  ): ReplicaSet {
    const latest = Math.max(0, ...old.map(revisionOf));
    const revision = String(current && revisionOf(current) > latest ? revisionOf(current) : latest + 1);
    const newest = current ? renumbered(deployment, current, revision) : made(deployment, old, revision);
    if (deployment.metadata.annotations?.[revisionKey] !== revision)
      actor.status(known.deployments, deployment, deployment.status ?? {}, { [revisionKey]: revision });
    return newest;
  }

  /** A template that comes back is a revision of its own. */
  function renumbered(deployment: Deployment, set: ReplicaSet, revision: string): ReplicaSet {
    const { minReadySeconds } = deployment.spec;
    const annotations = annotationsOf(deployment, revision);
    const isSame = Object.entries(annotations).every(([key, value]) => set.metadata.annotations?.[key] === value);
    if (isSame && (set.spec.minReadySeconds ?? 0) === (minReadySeconds ?? 0)) return set;
    const before = revisionOf(set);
    const history = set.metadata.annotations?.['deployment.kubernetes.io/revision-history'];
    const past =
      before && String(before) !== revision
        ? { 'deployment.kubernetes.io/revision-history': [history, before].filter(Boolean).join(',') }
        : {};
    const change = { metadata: { annotations: { ...annotations, ...past } }, spec: { minReadySeconds } };
    return actor.patch(known.replicaSets, set, change);
  }

  function annotationsOf(deployment: Deployment, revision: string): Record<string, string> {
    const given = Object.entries(deployment.metadata.annotations ?? {}).filter(
      ([key]) => !ownAnnotations.includes(key),
    );
    const most =
      replicasOf(deployment) + (deployment.spec.strategy?.type === 'Recreate' ? 0 : tolerance(deployment).surge);
    return {
      ...Object.fromEntries(given),
      [revisionKey]: revision,
      'deployment.kubernetes.io/desired-replicas': String(replicasOf(deployment)),
      'deployment.kubernetes.io/max-replicas': String(most),
    };
  }

  function made(deployment: Deployment, old: readonly ReplicaSet[], revision: string): ReplicaSet {
    const { metadata, spec } = deployment;
    const hash = hashOf(spec.template);
    const labels = { ...spec.template.metadata?.labels, [hashLabel]: hash };
    const replicas =
      spec.strategy?.type === 'Recreate' ? (wantedBy(old) > 0 ? 0 : replicasOf(deployment)) : roomIn(deployment, old);
    const { minReadySeconds } = spec;
    const set = actor.create<ReplicaSet>(known.replicaSets, {
      metadata: {
        ...{ name: `${metadata.name}-${hash}`, namespace: metadata.namespace, labels },
        annotations: annotationsOf(deployment, revision),
        ownerReferences: [ownerReference(deployment)],
      },
      spec: {
        replicas,
        ...(minReadySeconds !== undefined && { minReadySeconds }),
        selector: { ...spec.selector, matchLabels: { ...spec.selector.matchLabels, [hashLabel]: hash } },
        template: { ...spec.template, metadata: { ...spec.template.metadata, labels } },
      },
    });
    if (replicas > 0) sayScaled(deployment, set, 0, replicas);
    return set;
  }

  function roomIn(deployment: Deployment, sets: readonly ReplicaSet[]): number {
    const most = replicasOf(deployment) + tolerance(deployment).surge - wantedBy(sets);
    return Math.max(0, Math.min(replicasOf(deployment), most));
  }

  function scale(deployment: Deployment, set: ReplicaSet, replicas: number): void {
    const before = replicasOf(set);
    if (before === replicas) return;
    actor.patch(known.replicaSets, set, { spec: { replicas } });
    sayScaled(deployment, set, before, replicas);
  }

  function recreate(deployment: Deployment, newest: ReplicaSet, old: readonly ReplicaSet[]): void {
    const busy = old.filter((set) => replicasOf(set) > 0);
    for (const set of busy) scale(deployment, set, 0);
    // Pods that are on their way out still hold volumes.
    const uids = old.map(({ metadata }) => metadata.uid);
    const remaining = desk
      .list(known.pods, deployment.metadata.namespace)
      .some(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uids.includes(uid)));
    if (busy.length === 0 && !remaining) scale(deployment, newest, replicasOf(deployment));
  }

  function roll(deployment: Deployment, newest: ReplicaSet, old: readonly ReplicaSet[]): void {
    const wanted = replicasOf(deployment);
    const room = wanted + tolerance(deployment).surge - wantedBy(old) - replicasOf(newest);
    if (replicasOf(newest) > wanted) scale(deployment, newest, wanted);
    else if (replicasOf(newest) < wanted && room > 0)
      scale(deployment, newest, Math.min(wanted, replicasOf(newest) + room));
    else giveUp(deployment, newest, old);
  }

  /** Old pods that are not available go first, then as many as may be missing. */
  function giveUp(deployment: Deployment, newest: ReplicaSet, old: readonly ReplicaSet[]): void {
    const least = replicasOf(deployment) - tolerance(deployment).unavailable;
    const unavailableNew = replicasOf(newest) - (newest.status?.availableReplicas ?? 0);
    let excess = wantedBy([newest, ...old]) - least - unavailableNew;
    const left = new Map(old.map((set) => [set, replicasOf(set)]));
    const take = (set: ReplicaSet, most: number): void => {
      const given = Math.max(0, Math.min(excess, most, left.get(set) ?? 0));
      excess -= given;
      left.set(set, (left.get(set) ?? 0) - given);
    };
    for (const set of old) take(set, replicasOf(set) - (set.status?.availableReplicas ?? 0));
    let spare = count([newest, ...old], 'availableReplicas') - least;
    for (const set of old) {
      const before = left.get(set) ?? 0;
      take(set, spare);
      spare -= before - (left.get(set) ?? 0);
    }
    for (const [set, replicas] of left) scale(deployment, set, replicas);
  }

  function dropHistory(deployment: Deployment): void {
    const sets = setsOf(deployment).filter((set) => !isTemplateOf(set, deployment));
    const idle = sets.filter((set) => replicasOf(set) === 0 && (set.status?.replicas ?? 0) === 0 && !isLeaving(set));
    const surplus = sets.length - (deployment.spec.revisionHistoryLimit ?? 10);
    for (const set of idle.slice(0, Math.max(0, surplus))) actor.remove(known.replicaSets, set);
  }

  function tell(deployment: Deployment, newest: ReplicaSet | undefined, again: Again): void {
    const status = deploymentStatusOf(deployment, setsOf(deployment), newest?.metadata.uid, desk.pace.now());
    actor.status(known.deployments, deployment, status);
    const isUnderWay = status.conditions.some(
      ({ type, status, reason }) => type === 'Progressing' && status === 'True' && reason !== 'NewReplicaSetAvailable',
    );
    // Its deadline.
    if (isUnderWay) again((deployment.spec.progressDeadlineSeconds ?? 600) * 1000);
  }
}

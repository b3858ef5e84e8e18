/** StatefulSets: pods with names, volumes and revisions of their own (pkg/controller/statefulset of 1.34). */
import type { KubeObject } from '../../stack/types.ts';
import { type Controller, caringFor, type Desk } from './desk.ts';
import { known } from './known.ts';
import {
  isControlledBy,
  isLeaving,
  isOver,
  isReady,
  ownerReference,
  type Pod,
  type PodTemplate,
  type StatefulSet,
} from './model.ts';
import { hashOf, isAvailable, podsOf, tellingOf } from './pods.ts';
import { same } from './same.ts';

const component = 'statefulset-controller';
const revisionLabel = 'controller-revision-hash';

type ClaimTemplate = NonNullable<StatefulSet['spec']['volumeClaimTemplates']>[number];

interface Revision extends KubeObject {
  readonly revision: number;
  readonly data: { readonly spec: { readonly template: PodTemplate } };
}

const ordinalOf = ({ metadata }: Pod): number => Number(/-(\d+)$/.exec(metadata.name)?.[1] ?? -1);
const revisionOf = ({ metadata }: Pod): string => metadata.labels?.[revisionLabel] ?? '';
const templateOf = ({ data }: Revision): PodTemplate => {
  const { $patch: _patch, ...template } = data.spec.template as PodTemplate & { readonly $patch?: string };
  return template;
};

export function statefulSets(desk: Desk): Controller {
  const actor = desk.actor(component);
  const podsIn = (set: StatefulSet): ReadonlyMap<number, Pod> =>
    new Map(podsOf(desk, set, set.spec.selector).map((pod) => [ordinalOf(pod), pod]));
  const isHealthy = (pod: Pod | undefined): boolean => pod !== undefined && isReady(pod) && !isLeaving(pod);

  return caringFor<StatefulSet>(desk, {
    ...{ name: component, kind: known.statefulSets, children: [known.pods] },
    reconcile(set) {
      if (isLeaving(set)) return;
      const update = ensureRevision(set);
      const current = revisionsOf(set).find(({ metadata }) => metadata.name === set.status?.currentRevision) ?? update;
      try {
        act(set, current, update);
      } finally {
        tell(set, current, update);
      }
    },
  });

  function revisionsOf(set: StatefulSet): readonly Revision[] {
    return desk
      .list<Revision>(known.revisions, set.metadata.namespace)
      .filter((each) => isControlledBy(each, set))
      .toSorted((one, other) => one.revision - other.revision);
  }

  /** The revision of the template as it is now; one that comes back is the newest again. */
  function ensureRevision(set: StatefulSet): Revision {
    const all = revisionsOf(set);
    const latest = all.at(-1);
    const equal = all.find((each) => same(templateOf(each), set.spec.template));
    const revision = (latest?.revision ?? 0) + 1;
    if (equal) return equal === latest ? equal : actor.patch(known.revisions, equal, { revision });
    const hash = hashOf(set.spec.template);
    const name = `${set.metadata.name}-${hash}`;
    const surplus = all.length + 1 - (set.spec.revisionHistoryLimit ?? 10) - 2;
    for (const old of all.slice(0, Math.max(0, surplus))) actor.remove(known.revisions, old);
    return actor.create<Revision>(known.revisions, {
      metadata: {
        ...{ name, namespace: set.metadata.namespace },
        labels: { ...set.spec.template.metadata?.labels, [revisionLabel]: name },
        ownerReferences: [ownerReference(set)],
      },
      data: { spec: { template: { ...set.spec.template, $patch: 'replace' } } },
      revision,
    });
  }

  function act(set: StatefulSet, current: Revision, update: Revision): void {
    const { replicas = 1, podManagementPolicy, updateStrategy } = set.spec;
    const ordered = podManagementPolicy !== 'Parallel';
    const partition = updateStrategy?.rollingUpdate?.partition ?? 0;
    const pods = podsIn(set);
    for (let ordinal = 0; ordinal < replicas; ordinal++) {
      const pod = pods.get(ordinal);
      if (!pod) make(set, ordinal, ordinal < partition ? current : update);
      else if (isOver(pod) && !isLeaving(pod)) drop(set, pod);
      if (ordered && !isHealthy(pod)) return;
    }
    const condemned = [...pods.values()]
      .filter((pod) => ordinalOf(pod) >= replicas)
      .sort((a, b) => ordinalOf(b) - ordinalOf(a));
    for (const pod of condemned) {
      if (!isLeaving(pod)) drop(set, pod);
      if (ordered) return;
    }
    if (updateStrategy?.type === 'OnDelete') return;
    for (let ordinal = replicas - 1; ordinal >= partition; ordinal--) {
      const pod = pods.get(ordinal);
      const isOld = pod !== undefined && revisionOf(pod) !== update.metadata.name && !isLeaving(pod);
      if (isOld) drop(set, pod);
      if (isOld || !isHealthy(pod)) return;
    }
  }

  function make(set: StatefulSet, ordinal: number, revision: Revision): void {
    const { name: setName, namespace } = set.metadata;
    const name = `${setName}-${ordinal}`;
    const { metadata, spec } = templateOf(revision);
    const templates = set.spec.volumeClaimTemplates ?? [];
    const own = {
      'statefulset.kubernetes.io/pod-name': name,
      'apps.kubernetes.io/pod-index': String(ordinal),
      [revisionLabel]: revision.metadata.name,
    };
    const pod = {
      metadata: {
        ...{ name, namespace, labels: { ...metadata?.labels, ...own }, annotations: { ...metadata?.annotations } },
        ownerReferences: [ownerReference(set)],
      },
      spec: {
        ...{ ...spec, hostname: name, subdomain: set.spec.serviceName },
        volumes: [
          ...templates.map((claim) => ({
            name: claim.metadata.name,
            persistentVolumeClaim: { claimName: `${claim.metadata.name}-${name}` },
          })),
          ...(spec.volumes ?? []).filter((each) => !templates.some((claim) => claim.metadata.name === each.name)),
        ],
      },
    };
    const words = `create Pod ${name} in StatefulSet ${setName}`;
    tellingOf(actor, set, `${words} successful`, `${words} failed error: `, () => {
      for (const claim of templates) ensureClaim(set, claim, name);
      actor.create(known.pods, pod);
    });
  }

  function ensureClaim(set: StatefulSet, template: ClaimTemplate, pod: string): void {
    const { namespace, name: setName } = set.metadata;
    const name = `${template.metadata.name}-${pod}`;
    if (desk.find(known.claims, namespace, name)) return;
    const labels = { ...template.metadata.labels, ...set.spec.selector.matchLabels };
    const { annotations } = template.metadata;
    const metadata = { name, namespace, labels, ...(annotations && { annotations }) };
    actor.create(known.claims, { metadata, spec: template.spec });
    const message = `create Claim ${name} Pod ${pod} in StatefulSet ${setName} success`;
    actor.say(set, 'Normal', 'SuccessfulCreate', message);
  }

  function drop(set: StatefulSet, pod: Pod): void {
    actor.remove(known.pods, pod);
    const message = `delete Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} successful`;
    actor.say(set, 'Normal', 'SuccessfulDelete', message);
  }

  function tell(set: StatefulSet, current: Revision, update: Revision): void {
    const pods = [...podsIn(set).values()].filter((pod) => !isOver(pod));
    const lasting = pods.filter((pod) => !isLeaving(pod));
    const of = (revision: Revision): number =>
      lasting.filter((pod) => revisionOf(pod) === revision.metadata.name).length;
    const ready = pods.filter(isReady).length;
    const { replicas = 1, minReadySeconds = 0 } = set.spec;
    const isDone = of(update) === replicas && ready === replicas && pods.length === replicas;
    const now = isDone ? update : current;
    const status = {
      observedGeneration: set.metadata.generation,
      replicas: pods.length,
      ...(ready > 0 && { readyReplicas: ready }),
      ...(of(now) > 0 && { currentReplicas: of(now) }),
      ...(of(update) > 0 && { updatedReplicas: of(update) }),
      availableReplicas: pods.filter((pod) => isAvailable(pod, minReadySeconds, desk.pace.now())).length,
      currentRevision: now.metadata.name,
      updateRevision: update.metadata.name,
      collisionCount: 0,
    };
    actor.status(known.statefulSets, set, status);
  }
}

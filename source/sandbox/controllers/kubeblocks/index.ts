/** KubeBlocks 0.8 and 0.9: makes databases of Clusters in the legacy shape (sealos-platform 4.4). */
import type { KubeObject } from '../../../stack/types.ts';
import type { Kind } from '../../types.ts';
import { type Controller, caringFor, type Desk, keyOf } from '../desk.ts';
import { kindNamed, known } from '../known.ts';
import { type Claim, type Container, isLeaving, type Pod } from '../model.ts';
import { makePod } from '../pods.ts';
import type { Engine } from './definitions.ts';
import {
  apiVersion,
  type Cluster,
  type Component,
  claimsOf,
  componentsOf,
  credentialsOf,
  finalizer,
  isOutdated,
  type KubeblocksVersion,
  podOf,
  replicasOf,
  secretNameOf,
  servicesOf,
  statefulSetOf,
  workloadOf,
} from './objects.ts';
import { refusedStatusOf, rolesFor, statusOf } from './status.ts';

const component = 'cluster-controller';

/** What the addons run; the tag is that of the ClusterVersion. */
function runOf({ name }: Engine, version: string): Pick<Container, 'image'> {
  const tag = version.split('-').at(-1) ?? '';
  return {
    image: name === 'postgres' ? `docker.io/apecloud/spilo:${tag}` : `docker.io/redis/redis-stack-server:${tag}`,
  };
}

/** @param redisPasswordEnd what the password of Redis ends with, which is made up otherwise */
export function kubeblocks(desk: Desk, version: KubeblocksVersion, redisPasswordEnd = ''): Controller {
  const clusters = kindNamed(apiVersion, 'Cluster');
  const actor = desk.actor(component, 'system:serviceaccount:kb-system:kubeblocks', 'manager');

  const ofCluster = <T extends KubeObject>(kind: Kind, { metadata }: Cluster): readonly T[] =>
    desk
      .list<T>(kind, metadata.namespace)
      .filter((each) => each.metadata.labels?.['app.kubernetes.io/instance'] === metadata.name)
      .filter((each) => each.metadata.labels?.['app.kubernetes.io/managed-by'] === 'kubeblocks');
  const podsOf = ({ cluster, spec }: Component): readonly Pod[] =>
    ofCluster<Pod>(known.pods, cluster).filter(
      ({ metadata }) => metadata.labels?.['apps.kubeblocks.io/component-name'] === spec.name,
    );

  /** Once for each content; applying it again would undo what others changed. */
  const applied = new Map<string, string>();
  function applyOnce(object: KubeObject): KubeObject {
    const kind = kindNamed(object.apiVersion, object.kind);
    const key = `${kind.plural}/${keyOf(object)}`;
    const content = JSON.stringify(object);
    const live = desk.find(kind, object.metadata.namespace, object.metadata.name);
    if (live && applied.get(key) === content) return live;
    const made = actor.apply(kind, object);
    applied.set(key, content);
    return made;
  }

  return caringFor<Cluster>(desk, {
    ...{ name: component, kind: clusters },
    also({ kind, object }) {
      const { labels, namespace } = object.metadata;
      const isOurs = labels?.['app.kubernetes.io/managed-by'] === 'kubeblocks' && kind !== known.events;
      return isOurs ? [`${namespace}/${labels['app.kubernetes.io/instance']}`] : [];
    },
    reconcile: (cluster) => (isLeaving(cluster) ? terminate(cluster) : proceed(cluster)),
  });

  function proceed(cluster: Cluster): void {
    const { finalizers = [] } = cluster.metadata;
    if (!finalizers.includes(finalizer)) {
      actor.patch(clusters, cluster, { metadata: { finalizers: [...finalizers, finalizer] } });
      return;
    }
    const components = componentsOf(cluster, version, (engine) => runOf(engine, cluster.spec.clusterVersionRef ?? ''));
    if ('missing' in components) {
      tell(cluster, refusedStatusOf(cluster, components.missing, desk.now()));
      actor.say(cluster, 'Warning', 'PreCheckFailed', components.missing);
      return;
    }
    ensureCredentials(components);
    try {
      for (const each of components) ensureComponent(each);
    } finally {
      tell(cluster, statusOf(cluster, components, podsOf, desk.now()));
    }
  }

  function tell(cluster: Cluster, status: object): void {
    const told = JSON.parse(JSON.stringify(status), (_, value) => value ?? undefined) as object;
    actor.status(clusters, cluster, told);
  }

  /** Made once and never written again, not even when the Cluster changes. */
  function ensureCredentials(components: readonly Component[]): void {
    const first = components.find(({ engine }) => engine.credentials);
    if (!first || desk.find(known.secrets, first.cluster.metadata.namespace, secretNameOf(first.cluster))) return;
    const end = first.engine.name === 'redis' ? redisPasswordEnd : '';
    actor.create(known.secrets, credentialsOf(first, `${desk.hex(16)}${end}`));
  }

  function ensureComponent(each: Component): void {
    for (const service of servicesOf(each)) applyOnce(service);
    const workload = applyOnce(workloadOf(each));
    if (each.version === '0.8.2') applyOnce(statefulSetOf(each, workload));
    else ensureInstances(each, workload);
    for (const [pod, change] of rolesFor(each, podsOf(each))) actor.patch(known.pods, pod, change);
  }

  function ensureInstances(each: Component, owner: KubeObject): void {
    const present = new Map(podsOf(each).map((pod) => [pod.metadata.name, pod]));
    for (let ordinal = 0; ordinal < replicasOf(each); ordinal++) {
      for (const claim of claimsOf(each, ordinal)) actor.ensure(known.claims, claim);
      const wanted = podOf(each, ordinal, owner);
      const { name } = wanted.metadata;
      const pod = present.get(name);
      if (!pod) makePod(actor, owner, wanted);
      if (!pod || !isOutdated(pod, wanted)) present.delete(name);
    }
    for (const pod of present.values()) if (!isLeaving(pod)) actor.remove(known.pods, pod);
  }

  function terminate(cluster: Cluster): void {
    const { namespace = '', finalizers = [] } = cluster.metadata;
    const isEnding = desk.find(known.namespaces, undefined, namespace)?.metadata.deletionTimestamp !== undefined;
    const policy = isEnding ? 'WipeOut' : cluster.spec.terminationPolicy;
    // The object stays, with everything below it, until somebody changes the policy.
    if (policy === 'DoNotTerminate' || !finalizers.includes(finalizer)) return;
    if (policy !== 'Halt')
      for (const claim of ofCluster<Claim>(known.claims, cluster))
        if (!isLeaving(claim)) actor.remove(known.claims, claim);
    actor.patch(clusters, cluster, { metadata: { finalizers: finalizers.filter((each) => each !== finalizer) } });
  }
}

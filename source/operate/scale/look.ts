/** What has to be known before a change can be judged: the components, and the place they are in. */
import type { Cluster } from '../../cluster/types.ts';
import type { Clock } from '../../context.ts';
import { ledgerIn } from '../../install/ledger.ts';
import { enlarges } from '../../install/quota.ts';
import { parseMarks } from '../../observe/backlog/marks.ts';
import { componentHealth } from '../../observe/health.ts';
import type { Snapshot } from '../../observe/types.ts';
import { components, objectName } from '../../stack/components.ts';
import { add, type Demand, noDemand, podDemand } from '../../stack/demand.ts';
import { type JsonObject, manifests } from '../../stack/manifests.ts';
import { topicsOf } from '../../stack/topics.ts';
import type { ComponentId, KubeObject } from '../../stack/types.ts';
import type { Surroundings } from './guards.ts';

const brokerPort = 9644;
/** Somebody waits for the review. */
const patienceMs = 5_000;

/** What may not be read is taken for what it usually is: nothing then speaks against a change that the server would not say. */
export async function surroundingsOf(
  cluster: Cluster,
  snapshot: Snapshot,
  clock: Clock,
  signal: AbortSignal,
): Promise<Surroundings> {
  const { app, namespace, objects } = snapshot;
  const all = (apiVersion: string, kind: string): Promise<readonly KubeObject[]> =>
    cluster.list({ apiVersion, kind }, { signal }).then(
      ({ items }) => items,
      () => [],
    );
  const [ranges, autoscalers, place, live] = await Promise.all([
    all('v1', 'LimitRange'),
    all('autoscaling/v2', 'HorizontalPodAutoscaler'),
    cluster.get({ apiVersion: 'v1', kind: 'Namespace', name: namespace }, { signal }).catch(() => undefined),
    livePartitions(cluster, app, clock, signal).catch(() => undefined),
  ]);
  signal.throwIfAborted();
  const ledger = ledgerIn(snapshot);
  const planned = ledger ? topicsOf(ledger.answers.size, manifests.topics) : [];
  return {
    app,
    namespace,
    size: ledger?.answers.size,
    quotas: objects.ResourceQuota,
    ending: endingIn(objects.Pod),
    ranges,
    enlarges: enlarges(place, objects.ResourceQuota),
    partitions: live ?? new Map(planned.map(({ name, partitions }) => [name, partitions])),
    kept: new Map(planned.map(({ name, retentionMs }) => [name, retentionMs / 1000])),
    autoscaled: autoscaledIn(autoscalers, app),
    isMigrating: componentHealth('migrate', snapshot).state === 'running',
    isUnfinished: ledger?.finished === false,
  };
}

/** What pods that are ending hold of the quota: it is free in a moment. */
const endingIn = (pods: readonly KubeObject[]): Demand =>
  pods
    .filter(({ metadata }) => metadata.deletionTimestamp !== undefined)
    .map((pod) => podDemand((pod['spec'] ?? {}) as JsonObject))
    .reduce(add, noDemand);

/** As the broker has them: they may have been raised since. @throws what the cluster says, and when it takes too long */
async function livePartitions(
  cluster: Cluster,
  app: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number> | undefined> {
  const [late, answered] = [new AbortController(), new AbortController()];
  clock.sleep(patienceMs, answered.signal).then(
    () => late.abort(new Error('the broker keeps silent')),
    () => {},
  );
  try {
    const until = AbortSignal.any([signal, late.signal]);
    const pod = `${objectName('kafka', app)}-0`;
    const { topics } = parseMarks(await cluster.proxied(pod, brokerPort, '/public_metrics', { signal: until }));
    return topics.size === 0 ? undefined : new Map([...topics].map(([topic, { size }]) => [topic, size]));
  } finally {
    answered.abort();
  }
}

/** Whose replicas an autoscaler sets. */
export function autoscaledIn(autoscalers: readonly KubeObject[], app: string): ReadonlySet<ComponentId> {
  const targets = new Set(
    autoscalers.map((each) => {
      const { scaleTargetRef } = (each['spec'] ?? {}) as { scaleTargetRef?: { kind?: string; name?: string } };
      return `${scaleTargetRef?.kind}/${scaleTargetRef?.name}`;
    }),
  );
  return new Set(components.flatMap(({ id, kind }) => (targets.has(`${kind}/${objectName(id, app)}`) ? [id] : [])));
}

/** What has to be known before a change can be judged: the components, and the place they are in. */
import { within } from '../../cluster/index.ts';
import type { Cluster } from '../../cluster/types.ts';
import type { Clock } from '../../context.ts';
import { ledgerIn } from '../../install/ledger.ts';
import { keptOf, topicsIn } from '../../install/topics.ts';
import { parseMarks } from '../../observe/backlog/marks.ts';
import { enlarges } from '../../observe/enlargement.ts';
import { componentHealth } from '../../observe/health.ts';
import { brokerMetrics } from '../../observe/sources/broker.ts';
import type { Snapshot } from '../../observe/types.ts';
import { components, objectName } from '../../stack/components.ts';
import { add, type Demand, noDemand, podDemand } from '../../stack/demand.ts';
import type { JsonObject } from '../../stack/manifests.ts';
import type { ComponentId, KubeObject } from '../../stack/types.ts';
import type { Surroundings } from './guards.ts';

/** Somebody waits for the review. */
const patience = { ms: 5_000, tooLate: () => new Error('the broker keeps silent') };

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
  return {
    app,
    namespace,
    size: ledger?.answers.size,
    quotas: objects.ResourceQuota,
    ending: endingIn(objects.Pod),
    ranges,
    enlarges: enlarges(place, objects.ResourceQuota),
    partitions: live ?? new Map(topicsIn(ledger).map(({ name, partitions }) => [name, partitions])),
    kept: keptOf(ledger),
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
  const text = await within(patience, clock, signal, (until) => brokerMetrics(cluster, app, until));
  const { topics } = parseMarks(text);
  return topics.size === 0 ? undefined : new Map([...topics].map(([topic, { size }]) => [topic, size]));
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

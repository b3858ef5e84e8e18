/** Whether the namespace has room for what an install needs: debt, quota, LimitRange. */

import type { Say } from '../messages/index.ts';
import { enlarges } from '../observe/enlargement.ts';
import { isOver } from '../observe/lookups.ts';
import { roomOf } from '../observe/room.ts';
import { objectName } from '../stack/components.ts';
import { instanceMarker } from '../stack/conventions.ts';
import { add, type Demand, noDemand, peakDemand, podDemand } from '../stack/demand.ts';
import type { JsonObject } from '../stack/manifests.ts';
import { parseQuantity } from '../stack/quantity.ts';
import type { KubeObject } from '../stack/types.ts';
import type { Outside } from './contract.ts';
import { type Finding, fail, type PreflightSubject, pass, warn } from './finding.ts';
import { inDebt, limitRangeProblems, type Shortage, shortagesOf } from './quota.ts';

const namespaceOf = ({ cluster }: Outside, signal: AbortSignal) =>
  cluster.get({ apiVersion: 'v1', kind: 'Namespace', name: cluster.namespace }, { signal }).catch(() => {
    signal.throwIfAborted();
    return undefined;
  });
const quotasOf = async ({ cluster }: Outside, signal: AbortSignal) =>
  (await cluster.list({ apiVersion: 'v1', kind: 'ResourceQuota' }, { signal })).items;

export async function checkDebt(outside: Outside, _: PreflightSubject, signal: AbortSignal): Promise<Finding> {
  const [namespace, quotas] = await Promise.all([namespaceOf(outside, signal), quotasOf(outside, signal)]);
  return inDebt(namespace, quotas)
    ? fail(
        (t) => t.install.preflight.debt,
        (t) => t.install.preflight.debtHint,
      )
    : pass((t) => t.install.preflight.noDebt);
}

export async function checkQuota(outside: Outside, subject: PreflightSubject, signal: AbortSignal): Promise<Finding> {
  const [namespace, quotas] = await Promise.all([namespaceOf(outside, signal), quotasOf(outside, signal)]);
  // Only then: a pod that comes meanwhile would be counted among what others use.
  const own = await ownUse(outside, subject, signal);
  const { answers, ledger, objects } = subject;
  const buckets = answers.s3 ? 0 : 1;
  const room = roomOf(quotas, own, ledger ? buckets : 0);
  const lacking = (peak: Demand) => shortagesOf(room, peak, buckets, enlarges(namespace, quotas));
  const told =
    (shortages: readonly Shortage[]): Say =>
    (t) =>
      shortages.map((shortage) => t.install.preflight.shortage(shortage)).join(' ');
  const peak = peakDemand(objects, ledger?.finished ? 'upgrade' : 'install');
  const shortages = lacking(peak);
  if (shortages.length === 0) {
    // A change rolls a pod beside those that run, which the first install does not.
    const later = lacking(peakDemand(objects, 'upgrade')).filter(({ days }) => days === undefined);
    return later.length === 0
      ? pass((t) => t.install.preflight.quota(t.install.demand(peak)))
      : warn(told(later), (t) => t.install.preflight.quotaLater);
  }
  if (shortages.every(({ days }) => days !== undefined))
    return warn(told(shortages), (t) => t.install.preflight.quotaHeals);
  if (ledger?.finished && !(await subject.changes()))
    return warn(told(shortages), (t) => t.install.preflight.quotaLater);
  return fail(told(shortages), (t) => t.install.preflight.quotaHint(answers.size));
}

/** What pods and volumes of this instance use already, so that a second run does not count them twice. */
async function ownUse({ cluster }: Outside, { answers }: PreflightSubject, signal: AbortSignal): Promise<Demand> {
  const databases = [objectName('postgres', answers.name), objectName('redis', answers.name)];
  const ours = ({ metadata: { labels = {} } }: KubeObject) =>
    labels[instanceMarker] === answers.name ||
    databases.includes(labels['app.kubernetes.io/instance'] ?? '') ||
    labels['cloud.sealos.io/deploy-on-sealos'] === answers.name;
  const [pods, claims] = await Promise.all(
    ['Pod', 'PersistentVolumeClaim'].map(async (kind) =>
      (await cluster.list({ apiVersion: 'v1', kind }, { signal })).items.filter(ours),
    ),
  );
  const running = (pods ?? []).filter((pod) => !isOver(pod));
  const storage = (claims ?? []).reduce((sum, claim) => {
    const requests = ((claim['spec'] as JsonObject)['resources'] as JsonObject)['requests'] as JsonObject;
    return sum + parseQuantity(String(requests['storage']));
  }, 0);
  const taken = running.map((pod) => podDemand(pod['spec'] as JsonObject)).reduce(add, noDemand);
  return { ...taken, storage };
}

export async function checkLimitRange(
  { cluster }: Outside,
  { objects }: PreflightSubject,
  signal: AbortSignal,
): Promise<Finding> {
  const { items } = await cluster.list({ apiVersion: 'v1', kind: 'LimitRange' }, { signal });
  const problems = limitRangeProblems(
    items,
    objects.flatMap(({ object }) => containerLimits(object)),
  );
  const [first] = problems;
  return first
    ? fail(
        (t) => t.install.preflight.limitRange(first),
        (t) => t.install.preflight.limitRangeHint,
      )
    : pass((t) => t.install.preflight.limitRangeFine);
}

function containerLimits(object: KubeObject): { name: string; limits: Record<string, string> }[] {
  const pod = ((object['spec'] as JsonObject | undefined)?.['template'] as JsonObject | undefined)?.['spec'] as
    | JsonObject
    | undefined;
  const containers = [
    ...((pod?.['initContainers'] ?? []) as readonly JsonObject[]),
    ...((pod?.['containers'] ?? []) as readonly JsonObject[]),
  ];
  return containers.map((container) => ({
    name: `${object.metadata.name}/${String(container['name'])}`,
    limits: (container['resources'] as JsonObject)['limits'] as unknown as Record<string, string>,
  }));
}

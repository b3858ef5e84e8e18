/** What a namespace may use, and what is left of it. Pure arithmetic over ResourceQuota objects (sealos-platform 5.3). */
import { type Demand, noDemand } from '../stack/demand.ts';
import { parseQuantity } from '../stack/quantity.ts';
import type { KubeObject } from '../stack/types.ts';

export type Dimension = keyof Demand | 'buckets';

const quotaKeys: Readonly<Record<Dimension, readonly string[]>> = {
  pods: ['pods', 'count/pods'],
  cpu: ['limits.cpu'],
  memory: ['limits.memory'],
  ephemeral: ['limits.ephemeral-storage'],
  storage: ['requests.storage'],
  buckets: ['objectstorage/bucket'],
};

/** The quota with which the platform stops a namespace in debt (sealos-platform 6.1). */
export const debtQuota = 'debt-limit0';

export interface QuotaRoom {
  readonly hard: Partial<Record<Dimension, number>>;
  readonly free: Partial<Record<Dimension, number>>;
}

/** The tightest room over all quotas of the namespace; what the instance itself uses already counts as free. */
export function roomOf(quotas: readonly KubeObject[], ownUse: Demand = noDemand, ownBuckets = 0): QuotaRoom {
  const hard: Partial<Record<Dimension, number>> = {};
  const free: Partial<Record<Dimension, number>> = {};
  for (const quota of quotas) {
    const status = (quota['status'] ?? {}) as { hard?: Record<string, string>; used?: Record<string, string> };
    for (const [dimension, keys] of Object.entries(quotaKeys) as [Dimension, readonly string[]][]) {
      const key = keys.find((each) => status.hard?.[each] !== undefined);
      if (key === undefined) continue;
      const limit = parseQuantity(String(status.hard?.[key]));
      const own = dimension === 'buckets' ? ownBuckets : ownUse[dimension];
      const left = limit - parseQuantity(String(status.used?.[key] ?? '0')) + own;
      if (left < (free[dimension] ?? Number.POSITIVE_INFINITY)) {
        free[dimension] = left;
        hard[dimension] = limit;
      }
    }
  }
  return { hard, free };
}

/** From this share on, little can happen any more without being refused. */
const nearlyUsed = 0.95;
/** A rollout and a Job need a pod each beside those that run. */
const sparePods = 2;

export interface Used {
  readonly dimension: Dimension;
  readonly used: number;
  readonly hard: number;
}

/** What is nearly used up, and cannot be bought back by waiting. A quota of nothing is a stop, not a measure. */
export function nearlyUsedUp(quotas: readonly KubeObject[]): readonly Used[] {
  const { hard, free } = roomOf(quotas.filter(({ metadata }) => metadata.name !== debtQuota));
  return (Object.entries(hard) as [Dimension, number][]).flatMap(([dimension, limit]) => {
    const left = free[dimension] ?? limit;
    const isNear = dimension === 'pods' ? left < sparePods : left < limit * (1 - nearlyUsed);
    return limit > 0 && isNear && dimension !== 'buckets' ? [{ dimension, used: limit - left, hard: limit }] : [];
  });
}

/** What of the quota is taken: pods, cores or bytes. */
export interface QuotaUse {
  readonly dimension: 'pods' | 'cpu' | 'memory';
  readonly now: number;
  readonly after: number;
  /** While it rolls. */
  readonly most: number;
  readonly hard: number;
}

/** Of what is limited. @param more than now: in the end, and at most meanwhile */
export const quotaUseOf = (
  { after, peak }: { readonly after: Demand; readonly peak: Demand },
  { hard, free }: QuotaRoom,
): readonly QuotaUse[] =>
  (['pods', 'cpu', 'memory'] as const).flatMap((dimension): readonly QuotaUse[] => {
    const [limit, left] = [hard[dimension], free[dimension]];
    if (limit === undefined || left === undefined) return [];
    const now = limit - left;
    return [{ dimension, now, after: now + after[dimension], most: now + peak[dimension], hard: limit }];
  });

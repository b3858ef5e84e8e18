/** Does what an install needs fit what the namespace has? Pure arithmetic (sealos-platform 5.3). */
import { enlargementsTo } from '../observe/enlargement.ts';
import { type Dimension, debtQuota, type QuotaRoom } from '../observe/room.ts';
import type { Demand } from '../stack/demand.ts';
import { parseQuantity } from '../stack/quantity.ts';
import type { KubeObject } from '../stack/types.ts';

export interface Shortage {
  readonly dimension: Dimension;
  readonly needed: number;
  /** What is left for this instance: the quota less what others use. */
  readonly free: number;
  readonly hard: number;
  /** For how many days the platform has to enlarge it by itself until there is room; undefined: it does not. */
  readonly days: number | undefined;
}

/** What does not fit. `enlarges`: the platform raises this namespace's quota by itself (no subscription, one quota, no debt). */
export function shortagesOf(room: QuotaRoom, peak: Demand, buckets: number, enlarges: boolean): readonly Shortage[] {
  const needs: Readonly<Record<Dimension, number>> = { ...peak, buckets };
  return (Object.entries(needs) as [Dimension, number][]).flatMap(([dimension, needed]) => {
    const free = room.free[dimension];
    const hard = room.hard[dimension];
    if (free === undefined || hard === undefined || needed <= free + 1e-9) return [];
    const days = enlarges ? enlargementsTo(hard + (needed - free), dimension, hard) : undefined;
    return [{ dimension, needed, free, hard, days }];
  });
}

/** Whether the platform has stopped this namespace for debt (sealos-platform 6.1, 6.2). */
export function inDebt(namespace: KubeObject | undefined, quotas: readonly KubeObject[]): boolean {
  const status = namespace?.metadata.annotations?.['debt.sealos/status'];
  return (
    quotas.some(({ metadata }) => metadata.name === debtQuota) ||
    (status !== undefined && !/^(Normal|Resume|ResumeCompleted)$/.test(status))
  );
}

export interface LimitProblem {
  readonly container: string;
  readonly resource: string;
  readonly limit: string;
  readonly bound: string;
}

/** Limits above what a LimitRange allows one container: such pods would never be made. */
export function limitRangeProblems(
  ranges: readonly KubeObject[],
  containers: readonly { readonly name: string; readonly limits: Readonly<Record<string, string>> }[],
): readonly LimitProblem[] {
  const maxima = ranges.flatMap((range) => {
    const limits =
      (range['spec'] as { limits?: { type?: string; max?: Record<string, string> }[] } | undefined)?.limits ?? [];
    return limits
      .filter(({ type, max }) => type === 'Container' && max)
      .map(({ max }) => max as Record<string, string>);
  });
  return maxima.flatMap((max) =>
    Object.entries(max).flatMap(([resource, bound]) =>
      containers
        .filter(
          ({ limits }) => limits[resource] !== undefined && parseQuantity(limits[resource]) > parseQuantity(bound),
        )
        .map(({ name, limits }) => ({ container: name, resource, limit: String(limits[resource]), bound })),
    ),
  );
}

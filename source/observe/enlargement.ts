/** What Sealos enlarges of a quota by itself, and how often (sealos-platform 5.3). Pure. */
import type { KubeObject } from '../stack/types.ts';
import type { Dimension } from './room.ts';
import type { Snapshot } from './types.ts';

interface Enlargement {
  /** Below it, twice as much, but no more than it; from there on half as much again. */
  readonly base: number;
  readonly most: number;
}
const gibi = 2 ** 30;

/** What Sealos enlarges by itself when pods are refused for it, once a day. */
const enlargements: Partial<Record<Dimension, Enlargement>> = {
  cpu: { base: 64, most: 200 },
  memory: { base: 256 * gibi, most: 1024 * gibi },
  storage: { base: 300 * gibi, most: 800 * gibi },
};

/** After how many enlargements a quota that is so large now is as large as is wanted; undefined: never. */
export function enlargementsTo(wanted: number, dimension: Dimension, hard: number): number | undefined {
  const enlargement = enlargements[dimension];
  if (!enlargement || !(hard > 0) || !(wanted <= enlargement.most)) return undefined;
  const { base, most } = enlargement;
  let [times, reached] = [0, hard];
  for (; reached < wanted; times += 1)
    reached = reached < base ? Math.min(2 * reached, base) : Math.min(1.5 * reached, most);
  return times;
}

/** Whether Sealos enlarges quotas here: not for subscriptions, not with a second quota, not in debt. */
export function enlarges(namespace: KubeObject | undefined, quotas: readonly KubeObject[]): boolean {
  const annotations = namespace?.metadata.annotations ?? {};
  const debt = annotations['debt.sealos/status'];
  return (
    annotations['subscription.sealos.io/status'] === undefined &&
    quotas.length <= 1 &&
    (debt === undefined || debt === 'Normal')
  );
}

const dayMs = 24 * 60 * 60 * 1000;

/** Whether the platform has enlarged the quota within a day: it does so once. */
export function wasEnlarged({ objects, at }: Snapshot): boolean {
  const seconds = objects.ResourceQuota.map(({ metadata }) => Number(metadata.labels?.['last-quota-update']));
  return seconds.some((last) => at - last * 1000 < dayMs);
}

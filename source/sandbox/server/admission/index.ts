/** Admission in the order of the real server: LimitRanger, PodSecurity, the platform's webhooks, ResourceQuota. */
import type { Admission, Store } from '../../types.ts';
import { limitRanges } from './limit-range.ts';
import { podSecurity } from './pod-security.ts';
import { quota } from './quota.ts';
import { type Platform, sealosWebhooks } from './sealos.ts';

export type { Platform } from './sealos.ts';

/** @returns an admission whose refusals are StatusErrors, 403 with the real texts. */
export function createAdmission({
  store,
  platform,
}: {
  readonly store: Store;
  readonly platform: Platform;
}): Admission {
  return {
    admit(review) {
      if (review.operation === 'DELETE') {
        sealosWebhooks(store, platform, review);
        return review.object;
      }
      const object = limitRanges(store, review);
      const next = { ...review, object };
      podSecurity(store, next);
      sealosWebhooks(store, platform, next);
      quota(store, next);
      return object;
    },
  };
}

/** Admission in the order of the real server: LimitRanger, DefaultStorageClass, PodSecurity, the platform's webhooks, ResourceQuota. */
import { StatusError } from '../../objects/index.ts';
import { refuseInvalid } from '../../objects/refusals.ts';
import type { Admission, AdmissionReview, Store } from '../../types.ts';
import { limitRanges } from './limit-range.ts';
import { podSecurity } from './pod-security.ts';
import { quota } from './quota.ts';
import { type Platform, sealosWebhooks } from './sealos.ts';
import { withStorageClass } from './storage-class.ts';

export type { Platform } from './sealos.ts';

/** What was warned of before a refusal: the real server tells both. */
export const warningsOf = new WeakMap<StatusError, readonly string[]>();

/** @returns an admission whose refusals are StatusErrors, 403 with the real texts. */
export function createAdmission({
  store,
  platform,
}: {
  readonly store: Store;
  readonly platform: Platform;
}): Admission {
  const refuse = (review: AdmissionReview): void => {
    podSecurity(store, review);
    sealosWebhooks(store, platform, review);
    quota(store, review);
  };
  return {
    admit(review) {
      if (review.operation === 'DELETE') {
        sealosWebhooks(store, platform, review);
        return review.object;
      }
      const object = withStorageClass(store, { ...review, object: limitRanges(store, review) });
      // The server validates between what admission fills in and what it refuses: nothing is counted that cannot be read.
      if (review.operation === 'CREATE') refuseInvalid(review.kind, object);
      const warnings: string[] = [];
      const warn = (text: string) => {
        warnings.push(text);
        review.warn(text);
      };
      try {
        refuse({ ...review, object, warn });
      } catch (error) {
        if (error instanceof StatusError) warningsOf.set(error, warnings);
        throw error;
      }
      return object;
    },
  };
}

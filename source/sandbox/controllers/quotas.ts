/** What is used of each quota, and the platform's own way of enlarging one that stands in the way (sealos-platform 5.3). */
import { parseQuantity } from '../../stack/quantity.ts';
import type { KubeObject } from '../../stack/types.ts';
import { quantityText } from '../server/admission/quantities.ts';
import { usedOf } from '../server/admission/quota.ts';
import { type Controller, caringFor, type Desk, keyOf } from './desk.ts';
import { known } from './known.ts';

interface Quota extends KubeObject {
  readonly spec: { readonly hard?: Readonly<Record<string, string>> };
  readonly status?: { readonly used?: Readonly<Record<string, string>> };
}

export function quotas(desk: Desk): Controller {
  const actor = desk.actor('resourcequota-controller');
  return caringFor<Quota>(desk, {
    ...{ name: 'resourcequota-controller', kind: known.quotas },
    also: ({ kind, object }) =>
      kind === known.events || !object.metadata.namespace
        ? []
        : desk.list(known.quotas, object.metadata.namespace).map(keyOf),
    reconcile(quota) {
      const { hard = {} } = quota.spec;
      const amounts = Object.entries(usedOf(desk.objects.store, quota.metadata.namespace ?? '', hard));
      const used = Object.fromEntries(amounts.map(([line, amount]) => [line, quantityText(line, amount)]));
      actor.status(known.quotas, quota, { hard, used });
    },
  });
}

interface Line {
  /** Below it the amount doubles; above it grows by half when more than half is used, up to `most`. */
  readonly base: string;
  readonly most: string;
}

const lines: Readonly<Record<string, Line>> = {
  'limits.cpu': { base: '64', most: '200' },
  'limits.memory': { base: '256Gi', most: '1024Gi' },
  'requests.storage': { base: '300Gi', most: '800Gi' },
  'services.nodeports': { base: '50', most: '200' },
};
const updated = 'last-quota-update';
const counted = 'auto-adapt-quota-num';
const day = 86_400_000;

function enlarged({ spec, status }: Quota): Record<string, string> {
  const next = Object.entries(lines).flatMap(([line, { base, most }]) => {
    const now = parseQuantity(spec.hard?.[line] ?? 0);
    if (now === 0) return [];
    if (now < parseQuantity(base)) return [[line, quantityText(line, Math.min(now * 2, parseQuantity(base)))]];
    const isUsed = parseQuantity(status?.used?.[line] ?? 0) > now / 2;
    return isUsed ? [[line, quantityText(line, Math.min(now * 1.5, parseQuantity(most)))]] : [];
  });
  return Object.fromEntries(next);
}

/** Hears of pods that were refused for want of quota. */
export function quotaEnlarging(desk: Desk): Controller {
  const component = 'resources-controller';
  const actor = desk.actor(component, 'system:serviceaccount:resources-system:resources-controller-manager', 'manager');
  return {
    name: component,
    concerns({ type, kind, object }) {
      const { reason, message } = object as { readonly reason?: string; readonly message?: string };
      const isRefusal = kind === known.events && type !== 'DELETED' && reason === 'FailedCreate';
      if (!isRefusal || !message?.includes('exceeded quota') || message.includes('debt-limit0')) return [];
      return [`${object.metadata.namespace}/quota-${object.metadata.namespace}`];
    },
    reconcile(namespace, name) {
      const quota = desk.find<Quota>(known.quotas, namespace, name);
      const owner = desk.find(known.namespaces, undefined, namespace);
      // Somebody else's quota beside it, or debts: hands off.
      const isFree = desk.list(known.quotas, namespace).length === 1;
      if (!quota || !isFree || (owner?.metadata.annotations?.['debt.sealos/status'] ?? 'Normal') !== 'Normal') return;
      const { labels = {} } = quota.metadata;
      if (desk.pace.now() - Number(labels[updated] ?? 0) * 1000 < day) return;
      const hard = enlarged(quota);
      if (Object.keys(hard).length === 0) return;
      const times = Number(labels[counted] ?? 0) + 1;
      const marks = { [updated]: String(Math.floor(desk.pace.now() / 1000)), [counted]: String(times) };
      actor.patch(known.quotas, quota, { metadata: { labels: marks }, spec: { hard } });
      actor.say(quota, 'Normal', 'QuotaAdjusted', `Quota of ${namespace} was adjusted`);
    },
  };
}

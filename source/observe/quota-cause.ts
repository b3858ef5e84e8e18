/** What a quota that refuses a pod lacks, and whether it will come by itself. */
import type { ObservedEvent } from './lookups.ts';
import { type Finding, ofEvent } from './scene.ts';
import type { Snapshot } from './types.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** From the API server's own text: `exceeded quota: q, requested: pods=1, used: pods=20, limited: pods=20`. */
export function quotaFinding(event: ObservedEvent, snapshot: Snapshot): Finding {
  const [, requested = '', used = '', limited = ''] =
    /requested: (.*?), used: (.*?), limited: (.*)$/.exec(event.message) ?? [];
  const [uses, limits] = [amountsIn(used), amountsIn(limited)];
  const exceeded = [...amountsIn(requested)];
  const heals =
    exceeded.length > 0 &&
    exceeded.every(([resource]) => /^(limits|requests)\.(cpu|memory|storage)$|^requests\.storage$/.test(resource));
  return {
    message: (t) => {
      const lacks = exceeded.map(([resource, more]) => {
        const name = /(?:^|\.)(cpu|memory|storage|pods)$/.exec(resource)?.[1] as
          | keyof typeof t.cause.resources
          | undefined;
        return t.cause.lack(name ? t.cause.resources[name] : resource, more, uses.get(resource), limits.get(resource));
      });
      const said = lacks.join(t.cause.and);
      if (!heals) return t.cause.quota(said);
      return wasEnlarged(snapshot) ? t.cause.quotaEnlarged(said) : t.cause.quotaHeals(said);
    },
    evidence: [ofEvent(event)],
    fix: 'wait',
  };
}

/** Of `limits.cpu=4,pods=20`. */
const amountsIn = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text
      .split(',')
      .map((part) => part.split('='))
      .flatMap(([resource, amount]) => (resource ? [[resource, amount ?? ''] as const] : [])),
  );

/** Whether the platform has enlarged the quota within a day: it does so once (sealos-platform 5.3). */
function wasEnlarged({ objects, at }: Snapshot): boolean {
  const seconds = objects.ResourceQuota.map(({ metadata }) => Number(metadata.labels?.['last-quota-update']));
  return seconds.some((last) => at - last * 1000 < dayMs);
}

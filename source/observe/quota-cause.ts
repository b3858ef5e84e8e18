/** What a quota that refuses a pod lacks, and whether it will come by itself. */

import { parseQuantity } from '../stack/quantity.ts';
import type { ObservedEvent } from './lookups.ts';
import { type Finding, ofEvent } from './scene.ts';
import type { Snapshot } from './types.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** Undefined where there is room by now: the pod comes when it is tried again. */
export function quotaFinding(event: ObservedEvent, snapshot: Snapshot): Finding | undefined {
  const { name, requested, used, limited } = refusalIn(event.message);
  if (hasRoom(name, requested, snapshot)) return undefined;
  const [uses, limits] = [amountsIn(used), amountsIn(limited)];
  const exceeded = [...amountsIn(requested)];
  const heals =
    exceeded.length > 0 && exceeded.every(([resource]) => /^(limits|requests)\.(cpu|memory|storage)$/.test(resource));
  return {
    message: (t) => {
      const lacks = exceeded.map(([resource, more]) => {
        const known = /(?:^|\.)(cpu|memory|storage|pods)$/.exec(resource)?.[1] as
          | keyof typeof t.cause.resources
          | undefined;
        return t.cause.lack(
          known ? t.cause.resources[known] : resource,
          more,
          uses.get(resource),
          limits.get(resource),
        );
      });
      const said = lacks.join(t.cause.and);
      if (!heals) return t.cause.quota(said);
      return wasEnlarged(snapshot) ? t.cause.quotaEnlarged(said) : t.cause.quotaHeals(said);
    },
    evidence: [ofEvent(event)],
    fix: 'wait',
  };
}

/** From the API server's own text: `exceeded quota: q, requested: pods=1, used: pods=20, limited: pods=20`. */
function refusalIn(message: string): Readonly<Record<'name' | 'requested' | 'used' | 'limited', string>> {
  const [, name = '', requested = '', used = '', limited = ''] =
    /exceeded quota: ([^,\s]+), requested: (.*?), used: (.*?), limited: (.*)$/.exec(message) ?? [];
  return { name, requested, used, limited };
}

function hasRoom(name: string, requested: string, { objects }: Snapshot): boolean {
  const quota = objects.ResourceQuota.find(({ metadata }) => metadata.name === name);
  const { hard, used } = (quota?.['status'] ?? {}) as Readonly<Record<'hard' | 'used', Amounts | undefined>>;
  if (!hard || !used) return false;
  return [...amountsIn(requested)].every(
    ([resource, more]) => amount(used[resource]) + amount(more) <= amount(hard[resource]),
  );
}

/** Not a number where it is none: anybody may write events. */
function amount(text = '0'): number {
  try {
    return parseQuantity(text);
  } catch {
    return Number.NaN;
  }
}

/** The API server says some in thousandths and some not. */
function inCores(text: string): string {
  const cores = amount(text);
  return Number.isNaN(cores) ? text : String(Math.round(cores * 1000) / 1000);
}

type Amounts = Readonly<Record<string, string>>;

/** Of `limits.cpu=4,pods=20`. */
const amountsIn = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text
      .split(',')
      .map((part) => part.split('='))
      .flatMap(([resource, amount = '']) =>
        resource ? [[resource, resource.endsWith('cpu') ? inCores(amount) : amount] as const] : [],
      ),
  );

/** Whether the platform has enlarged the quota within a day: it does so once (sealos-platform 5.3). */
function wasEnlarged({ objects, at }: Snapshot): boolean {
  const seconds = objects.ResourceQuota.map(({ metadata }) => Number(metadata.labels?.['last-quota-update']));
  return seconds.some((last) => at - last * 1000 < dayMs);
}

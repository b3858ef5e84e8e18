/** What a quota that refuses a pod lacks, and whether it will come by itself. */
import { parseQuantity } from '../stack/quantity.ts';
import { enlargementsTo, enlarges, wasEnlarged } from './enlargement.ts';
import type { ObservedEvent } from './lookups.ts';
import { type Finding, ofEvent } from './scene.ts';
import type { Snapshot } from './types.ts';

/** Undefined where there is room by now: the pod comes when it is tried again. */
export function quotaFinding(event: ObservedEvent, snapshot: Snapshot): Finding | undefined {
  const refusal = refusalIn(event.message);
  if (hasRoom(refusal, snapshot)) return undefined;
  const days = daysUntil(refusal, snapshot);
  return {
    message: (t) => {
      const said = refusal.lacks
        .map(({ resource, more, used, limit }) => {
          const known = /(?:^|\.)(cpu|memory|storage|pods)$/.exec(resource)?.[1] as
            | keyof typeof t.cause.resources
            | undefined;
          return t.cause.lack(known ? t.cause.resources[known] : resource, more, used, limit);
        })
        .join(t.cause.and);
      if (days === undefined) return t.cause.quota(said);
      if (days > 1) return t.cause.quotaDays(said, days);
      return wasEnlarged(snapshot) ? t.cause.quotaEnlarged(said) : t.cause.quotaHeals(said);
    },
    evidence: [ofEvent(event)],
    fix: 'wait',
  };
}

/** Of one resource, as the API server writes amounts. */
interface Lack {
  readonly resource: string;
  readonly more: string;
  readonly used: string | undefined;
  readonly limit: string | undefined;
}

interface Refusal {
  readonly quota: string;
  readonly lacks: readonly Lack[];
}

/** From the API server's own text: `exceeded quota: q, requested: pods=1, used: pods=20, limited: pods=20`. */
function refusalIn(message: string): Refusal {
  const [, quota = '', requested = '', used = '', limited = ''] =
    /exceeded quota: ([^,\s]+), requested: (.*?), used: (.*?), limited: (.*)$/.exec(message) ?? [];
  const [uses, limits] = [amountsIn(used), amountsIn(limited)];
  const lacks = [...amountsIn(requested)].map(
    ([resource, more]): Lack => ({ resource, more, used: uses.get(resource), limit: limits.get(resource) }),
  );
  return { quota, lacks };
}

function hasRoom({ quota, lacks }: Refusal, { objects }: Snapshot): boolean {
  const found = objects.ResourceQuota.find(({ metadata }) => metadata.name === quota);
  const { hard, used } = (found?.['status'] ?? {}) as Readonly<Record<'hard' | 'used', Amounts | undefined>>;
  if (!hard || !used) return false;
  return lacks.every(({ resource, more }) => amount(used[resource]) + amount(more) <= amount(hard[resource]));
}

/** How many days the platform takes to enlarge all that lacks by itself; undefined: it does not. */
function daysUntil({ lacks }: Refusal, { objects }: Snapshot): number | undefined {
  // Whose namespace it is, nobody has asked.
  if (lacks.length === 0 || !enlarges(undefined, objects.ResourceQuota)) return undefined;
  const days = lacks.map(({ resource, more, used, limit }) => {
    const dimension = /^(?:limits|requests)\.(cpu|memory|storage)$/.exec(resource)?.[1] as
      | 'cpu'
      | 'memory'
      | 'storage'
      | undefined;
    return dimension && enlargementsTo(amount(used) + amount(more), dimension, amount(limit));
  });
  return days.every((each) => each !== undefined) ? Math.max(...days) : undefined;
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

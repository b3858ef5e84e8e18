/** What a change takes of the quota, while it rolls and after. Pure arithmetic over limits, which is what Sealos counts. */
import { add, combine, type Demand, noDemand, times } from '../../stack/demand.ts';
import { parseQuantity } from '../../stack/quantity.ts';
import { type Currents, inOrder } from './change.ts';
import type { Current } from './current.ts';
import type { Wanted, Wants } from './types.ts';

export interface ChangeCost {
  /** More than now, when all has rolled; less where it is below zero. */
  readonly after: Demand;
  /** The most that is needed at once beside what there is now: one component rolls after the other. */
  readonly peak: Demand;
}

export function costOf(wants: Wants, currents: Currents): ChangeCost {
  let after = noDemand;
  let peak = noDemand;
  for (const id of inOrder([...wants.keys()])) {
    const current = currents.get(id);
    if (!current) continue;
    const { more, surge } = stepOf(current, wants.get(id) as Wanted);
    // New pods come before old ones go.
    peak = combine(peak, add(add(after, positive(more)), surge), Math.max);
    after = add(after, more);
  }
  return { after: exact(after), peak: exact(combine(peak, after, Math.max)) };
}

/** Of one component: what it takes more in the end, and what its roll takes on top. */
function stepOf(current: Current, wanted: Wanted): { readonly more: Demand; readonly surge: Demand } {
  const pod = podAfter(current, wanted);
  const replicas = wanted.replicas ?? current.replicas;
  const more = add(times(pod, replicas), times(current.podCost, -current.replicas));
  // Another number of the same pods rolls nothing.
  const isRolled = pod.cpu !== current.podCost.cpu || pod.memory !== current.podCost.memory;
  return { more, surge: isRolled ? times(pod, current.surge) : noDemand };
}

/** The first container is the one that changes. */
function podAfter({ podCost, ...current }: Current, { cpu, memory }: Wanted): Demand {
  const delta = (from: string, to: string | undefined) =>
    to === undefined ? 0 : parseQuantity(to) - parseQuantity(from === '' ? '0' : from);
  return {
    ...podCost,
    cpu: podCost.cpu + delta(current.cpu, cpu),
    memory: podCost.memory + delta(current.memory, memory),
  };
}

/** Cores to a thousandth, as Kubernetes counts them. */
const exact = (demand: Demand): Demand => ({ ...demand, cpu: Math.round(demand.cpu * 1000) / 1000 });
const positive = (demand: Demand): Demand => combine(demand, noDemand, Math.max);

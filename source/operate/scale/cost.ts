/** What a change takes of the quota, while it rolls and after. Pure arithmetic over limits, which is what Sealos counts. */
import { add, combine, type Demand, noDemand, times } from '../../stack/demand.ts';
import { parseQuantity } from '../../stack/quantity.ts';
import { type Currents, inOrder } from './change.ts';
import type { Current } from './current.ts';
import type { Wanted, Wants } from './types.ts';

/** Each is more than now, one component rolling after the other. */
export interface ChangeCost {
  /** When all has rolled; less where it is below zero. */
  readonly after: Demand;
  /** What has to fit for it to come to its end: new pods before old ones go, once what was ending is gone. */
  readonly needed: Demand;
  /** The most that is counted at once: pods that are ending count until they are gone. */
  readonly peak: Demand;
}

export function costOf(wants: Wants, currents: Currents): ChangeCost {
  let [after, grown] = [noDemand, noDemand];
  let [needed, peak] = [noDemand, noDemand];
  for (const id of inOrder([...wants.keys()])) {
    const current = currents.get(id);
    if (!current) continue;
    const step = stepOf(current, wants.get(id) as Wanted);
    needed = larger(needed, add(after, step.needed));
    // What the parts before give back is not free yet.
    peak = larger(peak, add(grown, step.peak));
    after = add(after, step.more);
    grown = add(grown, larger(step.more, noDemand));
  }
  return { after: exact(after), needed: exact(larger(needed, after)), peak: exact(larger(peak, after)) };
}

interface StepCost {
  readonly more: Demand;
  readonly needed: Demand;
  readonly peak: Demand;
}

/** Of one component: what it takes more in the end, and at most until then. */
function stepOf(current: Current, wanted: Wanted): StepCost {
  const [before, pod] = [current.podCost, podAfter(current, wanted)];
  // Of what has not come yet, only what is there is given back.
  const held = current.rollout?.held ?? times(before, current.replicas);
  const more = add(times(pod, wanted.replicas ?? current.replicas), times(held, -1));
  // Another number of the same pods rolls nothing.
  const isRolled = pod.cpu !== before.cpu || pod.memory !== before.memory;
  // At its begin, pods of the new kind are beside all the old ones; at its end, pods of the old kind beside all the new ones.
  const last = (pods: number) => (current.rollout ? more : add(more, times(before, pods)));
  const beside = (pods: number) => larger(noDemand, isRolled ? larger(times(pod, pods), last(pods)) : more);
  return { more, needed: beside(current.surge), peak: beside(current.overlap) };
}

/** Only the main container changes. */
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
const larger = (one: Demand, other: Demand): Demand => combine(one, other, Math.max);

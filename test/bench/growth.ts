/** Whether a program that runs for long holds ever more memory: how far the last quarter is above the second one. */
import { quantile } from './measure.ts';

const growthAllowed = 1.2;
/** In the first minutes a heap is still on its way to its size; beside other work it is collected late. */
const [firstMinutes, firstAllowed] = [5, 1.5];

export interface Growth {
  /** Medians of the second and of the last quarter. */
  readonly early: number;
  readonly late: number;
  readonly isFlat: boolean;
}

/** @param sizes in the order they were measured @param minutes for how long */
export function growthOf(sizes: readonly number[], minutes: number): Growth {
  const quarter = (which: number): number =>
    quantile(sizes.slice((sizes.length * which) / 4, (sizes.length * (which + 1)) / 4), 0.5);
  const [early, late] = [quarter(1), quarter(3)];
  return { early, late, isFlat: late <= early * (minutes < firstMinutes ? firstAllowed : growthAllowed) };
}

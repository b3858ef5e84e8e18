/** Whether a program that runs for long holds ever more memory: the last quarter may be a fifth above the second one. */
import { quantile } from './measure.ts';

const growthAllowed = 1.2;

export interface Growth {
  /** Medians of the second and of the last quarter. */
  readonly early: number;
  readonly late: number;
  readonly isFlat: boolean;
}

/** @param sizes in the order they were measured */
export function growthOf(sizes: readonly number[]): Growth {
  const quarter = (which: number): number =>
    quantile(sizes.slice((sizes.length * which) / 4, (sizes.length * (which + 1)) / 4), 0.5);
  const [early, late] = [quarter(1), quarter(3)];
  return { early, late, isFlat: late <= early * growthAllowed };
}

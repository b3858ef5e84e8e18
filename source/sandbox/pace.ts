/** Simulated work takes its time divided by the speed; the clock itself stays true (DESIGN section 8). */
import type { Clock } from '../context.ts';
import type { Pace } from './types.ts';

export interface AdjustablePace extends Pace {
  /** Work that is under way keeps the pace it began with. `Infinity` waits for nothing. */
  speed: number;
}

export function paceOf(clock: Clock, speed: number): AdjustablePace {
  return {
    speed,
    monotonic: () => clock.monotonic(),
    now: () => clock.now(),
    sleep: (ms, signal) => clock.sleep(ms, signal),
    work(ms, signal) {
      return clock.sleep(ms / this.speed, signal);
    },
  };
}

/** A change that is agreed to and not waited for. */
import type { ScaleRequest } from '../../source/operate/scale/scale.ts';

export const scaleRequest = (wants: ScaleRequest['wants']): ScaleRequest => ({
  wants,
  consent: async () => true,
  dryRun: false,
  conflicts: undefined,
  wait: false,
  timeoutMs: 60_000,
  readOnly: false,
});

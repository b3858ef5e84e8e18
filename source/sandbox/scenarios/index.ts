/** What a sandbox can begin with. */
import type { Say } from '../../messages/index.ts';

export interface Scenario {
  readonly name: string;
  readonly summary: Say;
}

export const scenarios: readonly Scenario[] = [{ name: 'fresh', summary: (t) => t.sandbox.scenarioNames.fresh }];

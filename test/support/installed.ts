/** What a finished install leaves in a cluster in memory. */
import { installNow } from '../../source/install/change.ts';
import { type Ledger, ledgerObject } from '../../source/install/ledger.ts';
import { defaultAnswers } from '../../source/stack/answers.ts';
import { defaultPlatform } from '../../source/stack/model.ts';
import type { KubeObject } from '../../source/stack/types.ts';
import { LivingCluster, outsideOf } from './living-cluster.ts';
import { emptyPlan } from './plan.ts';
import { ran } from './run-install.ts';

export const namespace = 'ns-abcd1234';
export const answers = { ...defaultAnswers, host: 'posthog.example.com' };
const url = 'https://posthog.example.com';
const ledger: Ledger = { app: 'posthog', answers, host: answers.host, url, jobs: {}, finished: true, journal: [] };

/** Its record, with changes. */
export const recordOf = (changes: Partial<Ledger> = {}): KubeObject =>
  ledgerObject({ ...ledger, ...changes }, namespace);

/** Everything but its record. */
export async function installedObjects(): Promise<readonly KubeObject[]> {
  const made = new LivingCluster();
  const { outside, context } = outsideOf(made);
  const input = { answers, namespace, host: answers.host, platform: defaultPlatform, migrate: 'install' } as const;
  const decided = { answers, input: { ...input, urls: 'composed' as const }, plan: emptyPlan, ledger: undefined, url };
  const request = {
    sources: [],
    consent: async () => true,
    dryRun: false,
    timeoutMs: 7_200_000,
    fixes: [],
    readOnly: false,
  };
  const running = installNow(new AbortController().signal, request, outside, decided);
  const { error } = await ran(running, (ms) => context.clock.pass(ms));
  if (error) throw error;
  return [...made.objects.values()];
}

/** Restarting a part from the screens: what is written, and what is said. */
import { expect, test } from 'vitest';
import type { Around } from '../../source/commands/console/around.ts';
import { restartPart } from '../../source/commands/console/restarting.ts';
import type { OpenOutside } from '../../source/commands/session.ts';
import { createStore } from '../../source/console/store.ts';
import { ledgerObject } from '../../source/install/ledger.ts';
import { en } from '../../source/messages/en/index.ts';
import { defaultAnswers } from '../../source/stack/answers.ts';
import type { ComponentId } from '../../source/stack/types.ts';
import { deployment } from '../observe/objects.ts';
import { LivingCluster, outsideOf } from '../support/living-cluster.ts';
import { stateOf } from '../support/state.ts';

async function restarted(part: ComponentId, isReadOnly = false) {
  const answers = { ...defaultAnswers, host: 'posthog.example.com' };
  const url = `https://${answers.host}`;
  const ledger = { app: 'posthog', answers, host: answers.host, url, jobs: {}, finished: true, journal: [] };
  const worker = deployment('worker', 'posthog-worker', {}, { template: { metadata: {} } });
  const cluster = new LivingCluster(ledgerObject(ledger, 'ns-abcd1234'), worker);
  const { outside } = outsideOf(cluster);
  const said: string[] = [];
  const around: Around = {
    store: createStore(stateOf(80, 24, { isReadOnly }), { after: () => () => {} }),
    open: async () => outside as OpenOutside,
    instance: 'posthog',
    toast: (say) => said.push(say(en)),
    signal: new AbortController().signal,
  };
  await restartPart(part, around);
  const { spec } = cluster.objects.get('apps/v1/Deployment/posthog-worker') as unknown as {
    readonly spec: { readonly template: { readonly metadata: { readonly labels?: object } } };
  };
  return { said, labels: spec.template.metadata.labels };
}

test('its pods are another template from now on, and it is said when it is ready', async () => {
  const { said, labels } = await restarted('worker');
  expect(labels).toEqual({ restartTime: expect.stringMatching(/^\d{14}$/) });
  expect(said).toEqual([en.scale.restart.asked('worker'), en.scale.restart.done('worker')]);
});

test.each([
  ['what the platform runs', 'postgres', false, en.scale.restart.cannot('postgres')],
  ['read-only', 'worker', true, en.install.readOnly],
] as const)('nothing is changed, and why is said: %s', async (_, part, isReadOnly, why) => {
  const { said, labels } = await restarted(part, isReadOnly);
  expect(labels).toBeUndefined();
  expect(said).toEqual([en.scale.restart.asked(part), expect.stringContaining(why)]);
});

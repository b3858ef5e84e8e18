import { expect, test } from 'vitest';
import { installNow } from '../../source/install/change.ts';
import type { InstallRequest } from '../../source/install/contract.ts';
import { deleteJobs } from '../../source/install/fixes.ts';
import { defaultAnswers } from '../../source/stack/answers.ts';
import { defaultPlatform, type RenderInput } from '../../source/stack/model.ts';
import type { KubeObject } from '../../source/stack/types.ts';
import { crashed, ownedBy, pod } from '../observe/objects.ts';
import { LivingCluster, outsideOf } from '../support/living-cluster.ts';
import { MemoryCluster } from '../support/memory-cluster.ts';
import { emptyPlan } from '../support/plan.ts';
import { ran } from '../support/run-install.ts';

const never = new AbortController().signal;
const answers = { ...defaultAnswers, host: 'posthog.example.com' };
const input: RenderInput = {
  answers,
  namespace: 'ns-abcd1234',
  host: 'posthog.example.com',
  platform: defaultPlatform,
  migrate: 'install',
  urls: 'composed',
};
const request: InstallRequest = {
  sources: [{ values: { host: answers.host }, place: () => () => 'test' }],
  consent: async () => true,
  dryRun: false,
  timeoutMs: 7_200_000,
  fixes: [],
  readOnly: false,
};
const decided = { answers, input, plan: emptyPlan, ledger: undefined, url: 'https://posthog.example.com' };

const failed = (app: string, name: string): KubeObject =>
  ownedBy(app, {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, labels: { 'posthog-sealos/component': 'migrate' } },
    status: { conditions: [{ type: 'Failed', status: 'True' }] },
  });

test('re-creating a Job leaves the Jobs of other instances alone', async () => {
  const cluster = new MemoryCluster(
    failed('posthog', 'posthog-migrate-11111111'),
    failed('posthog-migrate', 'posthog-migrate-migrate-22222222'),
  );
  await deleteJobs(cluster.asCluster(), 'migrate', 'posthog', never);
  expect(cluster.writes).toEqual(['delete Job/posthog-migrate-11111111']);
});

test('passwords are handed out to every part, though all are ready in between', async () => {
  const cluster = new LivingCluster();
  cluster.held.add('posthog-plugins');
  Object.assign(cluster, { logText: async () => 'ReplyError: WRONGPASS invalid username-password pair' });
  const { outside, context } = outsideOf(cluster);
  const patch = cluster.patch.bind(cluster);
  // A rollout takes a third of a second.
  cluster.patch = async (ref, type, body) => {
    const live = await patch(ref, type, body);
    cluster.objects.delete('v1/Pod/posthog-plugins-a');
    const generation = (live.metadata.generation ?? 0) + 1;
    const rolling = cluster.put({ ...live, metadata: { ...live.metadata, generation } });
    void context.clock.sleep(300).then(() => cluster.release('Deployment', ref.name));
    return rolling;
  };
  cluster.put(ownedBy('posthog', pod('plugins', 'posthog-plugins-a', [crashed(5)])));
  const run = installNow(never, { ...request, fixes: ['redis-auth'] }, outside, decided);
  expect((await ran(run, (ms) => context.clock.pass(ms))).error).toBeUndefined();
  expect(cluster.writes).toContain('patch Deployment/posthog-plugins');
  expect(cluster.writes).toContain('patch Deployment/posthog-worker');
});

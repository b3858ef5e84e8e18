/** Restarting parts: in which order, and what it comes to where one is not there. */
import { beforeAll, expect, test } from 'vitest';
import { type RestartRequest, restart } from '../../source/operate/restart.ts';
import type { KubeObject } from '../../source/stack/types.ts';
import { installedObjects, recordOf } from '../support/installed.ts';
import { LivingCluster, outsideOf } from '../support/living-cluster.ts';
import { ran } from '../support/run-install.ts';

let installed: readonly KubeObject[];
beforeAll(async () => {
  installed = [...(await installedObjects()), recordOf()];
});

async function restarted(more: Partial<RestartRequest>, cluster = new LivingCluster(...installed)) {
  const { outside, context } = outsideOf(cluster);
  const request = { components: [], wait: false, timeoutMs: 60_000, readOnly: false, ...more };
  const running = restart(request, outside, new AbortController().signal);
  const { error } = await ran(running, (ms) => context.clock.pass(ms));
  return { error, cluster };
}
const restarts = (cluster: LivingCluster) => cluster.writes.filter((write) => write.startsWith('patch'));

test('one after the other, in the order of the manual, whatever they are named in', async () => {
  const { error, cluster } = await restarted({ components: ['web', 'worker', 'ingestion', 'web'] });
  expect(error).toBeUndefined();
  expect(restarts(cluster)).toEqual([
    'patch Deployment/posthog-ingestion',
    'patch Deployment/posthog-worker',
    'patch Deployment/posthog',
  ]);
});

test('where one is not there, none is restarted', async () => {
  const without = new LivingCluster(...installed.filter(({ metadata }) => metadata.name !== 'posthog-capture'));
  const { error, cluster } = await restarted({ components: ['worker', 'capture'] }, without);
  expect(error).toMatchObject({ code: 'no-component', exit: 3 });
  expect(restarts(cluster)).toEqual([]);
});

/** What scaling comes to where the cluster refuses, or lacks what is asked for. */
import { beforeAll, expect, test } from 'vitest';
import { ApiError } from '../../../source/cluster/index.ts';
import { UserError } from '../../../source/errors.ts';
import type { InstallEvent } from '../../../source/install/events.ts';
import { parseLedger } from '../../../source/install/ledger.ts';
import { wantsOf } from '../../../source/operate/scale/change.ts';
import { scale } from '../../../source/operate/scale/scale.ts';
import { parseWords } from '../../../source/operate/scale/words.ts';
import type { KubeObject } from '../../../source/stack/types.ts';
import { installedObjects, recordOf } from '../../support/installed.ts';
import { LivingCluster, outsideOf } from '../../support/living-cluster.ts';
import { ran } from '../../support/run-install.ts';
import { scaleRequest } from '../../support/scale-request.ts';

let installed: readonly KubeObject[];
beforeAll(async () => {
  installed = [...(await installedObjects()), recordOf()];
});

async function scaled(words: readonly string[], cluster: LivingCluster, name?: string) {
  const { outside, context } = outsideOf(cluster);
  const request = {
    ...(name === undefined ? {} : { name }),
    ...scaleRequest((currents) => wantsOf(parseWords(words), currents)),
  };
  const running: AsyncGenerator<InstallEvent> = scale(request, outside, new AbortController().signal);
  const { told: events, error } = await ran(running, (ms) => context.clock.pass(ms));
  return { events, error: error as UserError | undefined, writes: cluster.writes };
}
const replicasOf = (cluster: LivingCluster, name: string) =>
  (cluster.objects.get(`apps/v1/Deployment/${name}`)?.['spec'] as { replicas?: number } | undefined)?.replicas;

test('is applied, and kept in the record', async () => {
  const cluster = new LivingCluster(...installed);
  const { error } = await scaled(['worker=2', 'capture=0'], cluster);
  expect(error).toBeUndefined();
  expect([replicasOf(cluster, 'posthog-worker'), replicasOf(cluster, 'posthog-capture')]).toEqual([2, 0]);
  const record = [...cluster.objects.values()].find(({ metadata }) => metadata.name === recordOf().metadata.name);
  expect(parseLedger(record as KubeObject).answers.components).toEqual({
    worker: { replicas: 2 },
    capture: { replicas: 0 },
  });
});

test('without the right to change it ends with 3, and changes nothing', async () => {
  const cluster = new LivingCluster(...installed);
  const denied = new ApiError({ code: 403, reason: 'Forbidden', message: 'deployments.apps is forbidden' });
  cluster.failing = (call) => (/^(plan|apply|patch) Deployment/.test(call) ? denied : undefined);
  const { error } = await scaled(['worker=2'], cluster);
  expect(error).toBeInstanceOf(UserError);
  expect(error?.exit).toBe(3);
  expect(replicasOf(cluster, 'posthog-worker')).toBe(1);
});

test('a part that is not there is refused', async () => {
  const cluster = new LivingCluster(...installed.filter(({ metadata }) => metadata.name !== 'posthog-capture'));
  const { error, events } = await scaled(['capture=2'], cluster);
  expect([error?.code, error?.exit]).toEqual(['guard', 3]);
  expect(events).toMatchObject([{ type: 'review', findings: [{ id: 'absent', component: 'capture' }] }]);
});

test('an instance that is not there is refused', async () => {
  const { error } = await scaled(['web=2'], new LivingCluster(...installed), 'other');
  expect([error?.code, error?.exit]).toEqual(['no-instance', 3]);
});

import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { ApiError } from '../../source/cluster/index.ts';
import { jsonFront } from '../../source/commands/fronts/json.ts';
import { jsonLineSchema } from '../../source/commands/fronts/json-schema.ts';
import { UserError } from '../../source/errors.ts';
import { installNow } from '../../source/install/change.ts';
import type { InstallRequest } from '../../source/install/contract.ts';
import { install } from '../../source/install/install.ts';
import { type Ledger, ledgerObject } from '../../source/install/ledger.ts';
import { dictionaries } from '../../source/messages/index.ts';
import { defaultAnswers } from '../../source/stack/answers.ts';
import { defaultPlatform, type RenderInput } from '../../source/stack/model.ts';
import { LivingCluster, outsideOf } from '../support/living-cluster.ts';
import { emptyPlan, plannedObject } from '../support/plan.ts';
import { ran } from '../support/run-install.ts';

const request: InstallRequest = {
  sources: [{ values: { host: 'posthog.example.com' }, place: () => () => 'test' }],
  consent: async () => true,
  dryRun: false,
  timeoutMs: 7_200_000,
  fixes: [],
  readOnly: false,
};
const answers = { ...defaultAnswers, host: 'posthog.example.com' };
const input: RenderInput = {
  answers,
  namespace: 'ns-abcd1234',
  host: 'posthog.example.com',
  platform: defaultPlatform,
  migrate: 'install',
  urls: 'composed',
};
const url = 'https://posthog.example.com';
const finished: Ledger = { app: 'posthog', answers, host: input.host, url, jobs: {}, finished: true, journal: [] };
const never = new AbortController().signal;

function change(cluster: LivingCluster, ledger?: Ledger, plan = emptyPlan) {
  const { outside, context } = outsideOf(cluster);
  const decided = { answers, input, plan, ledger, url };
  return ran(installNow(never, request, outside, decided), (ms) => context.clock.pass(ms));
}
function whole(cluster: LivingCluster, more: Partial<InstallRequest> = {}) {
  const { outside, context } = outsideOf(cluster);
  return ran(install({ ...request, ...more }, outside, never), (ms) => context.clock.pass(ms));
}
const at = (cluster: LivingCluster, call: string) => cluster.writes.indexOf(call);

describe('a run', () => {
  test('writes in the order of DESIGN section 4 and takes the lock with it', async () => {
    const cluster = new LivingCluster();
    const { error } = await change(cluster);
    expect(error).toBeUndefined();
    const order = [
      'create Lease/posthog-lock',
      'create Secret/posthog-env',
      'apply ConfigMap/posthog-ledger',
      'apply Instance/posthog',
      'apply Cluster/posthog-pg',
      'apply StatefulSet/posthog-clickhouse',
      'apply StatefulSet/posthog-kafka',
      'apply Deployment/posthog-plugins',
      'apply Ingress/posthog',
      'apply App/posthog',
      'delete Lease/posthog-lock',
    ];
    expect(order.map((call) => at(cluster, call))).toEqual(
      order.map((call) => at(cluster, call)).sort((a, b) => a - b),
    );
    expect(order.filter((call) => at(cluster, call) < 0)).toEqual([]);
  });

  test('does not begin the queue before every store is ready', async () => {
    const cluster = new LivingCluster();
    cluster.held.add('posthog-clickhouse');
    const { outside, context } = outsideOf(cluster);
    const stop = new AbortController();
    const running = ran(
      installNow(stop.signal, request, outside, { answers, input, plan: emptyPlan, ledger: undefined, url }),
      (ms) => context.clock.pass(ms),
      1_000,
      30,
    ).catch(() => undefined);
    await running;
    expect(at(cluster, 'apply StatefulSet/posthog-kafka')).toBe(-1);
    cluster.release('StatefulSet', 'posthog-clickhouse');
    await context.clock.pass(5_000);
    expect(at(cluster, 'apply StatefulSet/posthog-kafka')).toBeGreaterThan(0);
    stop.abort(new Error('enough'));
  });

  test('waits for no bucket where the user brings one', async () => {
    const cluster = new LivingCluster();
    const s3 = { endpoint: 'https://s3.example.com', bucket: 'b', region: 'r', accessKey: 'a', secretKey: 'k' };
    const own = { ...answers, s3 };
    const { outside, context } = outsideOf(cluster);
    const decided = { answers: own, input: { ...input, answers: own }, plan: emptyPlan, ledger: undefined, url };
    const { error } = await ran(installNow(never, request, outside, decided), (ms) => context.clock.pass(ms));
    expect(error).toBeUndefined();
    expect(cluster.writes.filter((write) => write.includes('ObjectStorageBucket'))).toEqual([]);
  });

  test('changes one component at a time', async () => {
    const cluster = new LivingCluster();
    await change(cluster);
    cluster.writes.length = 0;
    cluster.held.add('posthog-capture');
    const objects = (['capture', 'replay-capture'] as const).map((component) =>
      plannedObject('Deployment', `posthog-${component}`, 'change', { component }),
    );
    const { outside, context } = outsideOf(cluster);
    const stop = new AbortController();
    const decided = { answers, input, plan: { ...emptyPlan, objects }, ledger: finished, url };
    await ran(installNow(stop.signal, request, outside, decided), (ms) => context.clock.pass(ms), 1_000, 30).catch(
      () => undefined,
    );
    expect(at(cluster, 'apply Deployment/posthog-capture')).toBeGreaterThan(0);
    expect(at(cluster, 'apply Deployment/posthog-replay-capture')).toBe(-1);
    cluster.release('Deployment', 'posthog-capture');
    await context.clock.pass(5_000);
    expect(at(cluster, 'apply Deployment/posthog-replay-capture')).toBeGreaterThan(0);
    stop.abort(new Error('enough'));
  });

  test('gives up on what stands still for half an hour, and says what remains', async () => {
    const cluster = new LivingCluster();
    cluster.held.add('posthog-kafka');
    const { outside, context } = outsideOf(cluster);
    const decided = { answers, input, plan: emptyPlan, ledger: undefined, url };
    const { error } = await ran(
      installNow(never, request, outside, decided),
      (ms) => context.clock.pass(ms),
      60_000,
      40,
    );
    expect(error).toMatchObject({ exit: 1, message: expect.stringContaining('kafka') });
    expect((error as { hint?: (t: unknown) => string }).hint).toBeTypeOf('function');
    expect(cluster.writes).not.toContain('apply Deployment/posthog-web');
  });
});

describe('what is refused before anything changes', () => {
  const refused = async (cluster: LivingCluster, code: string, more: Partial<InstallRequest> = {}) => {
    cluster.writes.length = 0;
    const { error } = await whole(cluster, more);
    expect(error).toMatchObject({ code });
    expect(cluster.writes).toEqual([]);
    return error;
  };

  test('other volumes than the instance has', async () => {
    const cluster = new LivingCluster(ledgerObject(finished, 'ns-abcd1234'));
    const sources = [{ values: { size: 'medium', host: answers.host }, place: () => () => 'test' }];
    expect(await refused(cluster, 'unchangeable', { sources })).toMatchObject({ exit: 3 });
  });

  test('another release', async () => {
    const old = { ...finished, answers: { ...answers, release: '2025.01' } };
    expect(await refused(new LivingCluster(ledgerObject(old, 'ns-abcd1234')), 'unchangeable')).toMatchObject({
      exit: 3,
    });
  });

  test('anything, with --read-only', async () => {
    expect(await refused(new LivingCluster(), 'read-only', { readOnly: true })).toMatchObject({ exit: 3 });
  });

  test('a plan that nobody agreed to', async () => {
    expect(await refused(new LivingCluster(), 'needs-confirmation', { consent: 'missing' })).toMatchObject({ exit: 4 });
  });

  test.each([
    [
      'databases without the Secret that unlocks them',
      { apiVersion: 'apps.kubeblocks.io/v1alpha1', kind: 'Cluster', metadata: { name: 'posthog-pg' } },
    ],
    [
      'an Instance of somebody else',
      { apiVersion: 'app.sealos.io/v1', kind: 'Instance', metadata: { name: 'posthog' } },
    ],
    ['a Deployment of that name', { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'posthog' } }],
  ])('%s', async (_, object) => {
    expect(await refused(new LivingCluster(object), 'preflight')).toMatchObject({ exit: 3 });
  });

  test('a token that may not create; either verb is enough to open a port-forward', async () => {
    const cluster = new LivingCluster();
    cluster.may = ({ verb, subresource }) => subresource === undefined || verb === 'create';
    await refused(cluster, 'preflight');
    cluster.may = ({ verb, subresource }) => subresource !== 'portforward' || verb === 'create';
    expect((await whole(cluster, { dryRun: true })).error).toBeUndefined();
  });
});

test('an install that took too long says what remains and what it costs', async () => {
  const cluster = new LivingCluster();
  cluster.held.add('posthog-kafka');
  const { error } = await whole(cluster, { timeoutMs: 60_000 });
  expect(error).toMatchObject({ code: 'timeout', exit: 5 });
  expect((error as unknown as UserError).hint?.(dictionaries.en)).toContain('kubectl -n ns-abcd1234 delete');
});

test('a refused object without a hint is a valid line of JSON', async () => {
  const cluster = new LivingCluster();
  const apply = cluster.apply.bind(cluster);
  cluster.apply = async (object, options) => {
    if (object.kind === 'Instance') throw new ApiError({ code: 422, reason: 'Invalid', message: 'bad' });
    return apply(object, options);
  };
  const { error } = await change(cluster);
  expect(error).toBeInstanceOf(UserError);
  const lines: string[] = [];
  jsonFront(
    (line) => lines.push(line),
    dictionaries.en,
    () => 0,
  ).error(error as unknown as UserError);
  expect(v.safeParse(jsonLineSchema, JSON.parse(lines[0] ?? '')).issues).toBeUndefined();
});

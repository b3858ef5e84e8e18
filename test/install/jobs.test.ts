/** Jobs run once and then expire, or are removed: what is done stays done, and what failed is tried again. */
import { describe, expect, test } from 'vitest';
import type { KindRef, WatchEvent } from '../../source/cluster/types.ts';
import { installNow } from '../../source/install/change.ts';
import type { InstallRequest } from '../../source/install/contract.ts';
import { type Ledger, ledgerObject, parseLedger } from '../../source/install/ledger.ts';
import { defaultAnswers } from '../../source/stack/answers.ts';
import { defaultPlatform, type RenderInput } from '../../source/stack/model.ts';
import { render } from '../../source/stack/render.ts';
import type { KubeObject, ObjectRef } from '../../source/stack/types.ts';
import { ownedBy } from '../observe/objects.ts';
import { LivingCluster, outsideOf } from '../support/living-cluster.ts';
import { emptyPlan } from '../support/plan.ts';
import { ran } from '../support/run-install.ts';

const answers = { ...defaultAnswers, host: 'posthog.example.com' };
const input: RenderInput = {
  answers,
  namespace: 'ns-abcd1234',
  host: answers.host,
  platform: defaultPlatform,
  migrate: 'install',
  urls: 'composed',
};
const url = 'https://posthog.example.com';
const request: InstallRequest = {
  sources: [{ values: { host: answers.host }, place: () => () => 'test' }],
  consent: async () => true,
  dryRun: false,
  timeoutMs: 7_200_000,
  fixes: [],
  readOnly: false,
};
const ledger: Ledger = { app: 'posthog', answers, host: answers.host, url, jobs: {}, finished: false, journal: [] };

const jobs = render(input).flatMap(({ object }) => (object.kind === 'Job' ? [object.metadata.name] : []));
const migrate = jobs.find((name) => name.startsWith('posthog-migrate-')) ?? '';
const job = (name: string, condition?: { type: string; status: string }, createdAt = '2026-01-01T00:00:00Z') =>
  ownedBy('posthog', {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, generation: 1, creationTimestamp: createdAt, labels: { 'posthog-sealos/component': 'migrate' } },
    status: { conditions: condition ? [condition] : [] },
  });
const failed = { type: 'Failed', status: 'True' };

/** Tells those who watch what is deleted, too. */
class WatchedCluster extends LivingCluster {
  override async delete(ref: ObjectRef): Promise<boolean> {
    const live = await this.get(ref);
    if (live) this.put({ ...live, metadata: { ...live.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } });
    return super.delete(ref);
  }

  override async *watch(kind: KindRef, options: { signal?: AbortSignal } = {}): AsyncGenerator<WatchEvent> {
    for await (const event of super.watch(kind, options)) {
      const isGone = 'object' in event && event.object.metadata.deletionTimestamp !== undefined;
      yield isGone ? { type: 'deleted', object: event.object } : event;
    }
  }
}

/** Tells of Jobs some seconds late, as a watch under load does. */
class LateCluster extends WatchedCluster {
  sleep: (ms: number) => Promise<void> = async () => {};

  override async *watch(kind: KindRef, options: { signal?: AbortSignal } = {}): AsyncGenerator<WatchEvent> {
    for await (const event of super.watch(kind, options)) {
      if (kind.kind === 'Job' && event.type !== 'synced') await this.sleep(3_000);
      yield event;
    }
  }
}

function change(cluster: LivingCluster, signal = new AbortController().signal, steps?: number) {
  const { outside, context } = outsideOf(cluster);
  const decided = { answers, input, plan: emptyPlan, ledger: undefined, url };
  return ran(installNow(signal, request, outside, decided), (ms) => context.clock.pass(ms), 1_000, steps);
}
const kept = (cluster: LivingCluster) =>
  parseLedger(cluster.objects.get('v1/ConfigMap/posthog-ledger') as KubeObject).jobs;
const writesOf = (cluster: LivingCluster, name: string) => cluster.writes.filter((write) => write.endsWith(`/${name}`));

test('the stack has Jobs', () => {
  expect(jobs).toHaveLength(3);
  expect(migrate).not.toBe('');
});

describe('a Job that is done', () => {
  test('is not made again when it has expired', async () => {
    const before = Object.fromEntries(jobs.map((name) => [name, '2026-01-01T00:00:00.000Z']));
    const cluster = new LivingCluster(ledgerObject({ ...ledger, jobs: before }, 'ns-abcd1234'));
    expect((await change(cluster)).error).toBeUndefined();
    expect(jobs.flatMap((name) => writesOf(cluster, name))).toEqual([]);
    expect(kept(cluster)).toEqual(before);
  });

  test('is remembered at once, beside those that were done before', async () => {
    const cluster = new LivingCluster(
      ledgerObject({ ...ledger, jobs: { 'posthog-migrate-of-before': 'then' } }, 'ns-abcd1234'),
    );
    cluster.held.add('posthog-worker');
    const stop = new AbortController();
    await change(cluster, stop.signal, 30).catch(() => undefined);
    expect(Object.keys(kept(cluster)).sort()).toEqual([...jobs, 'posthog-migrate-of-before'].sort());
    stop.abort(new Error('enough'));
  });

  test('is remembered only when it is done', async () => {
    const cluster = new LivingCluster();
    cluster.held.add(migrate);
    const stop = new AbortController();
    await change(cluster, stop.signal, 30).catch(() => undefined);
    expect(Object.keys(kept(cluster)).sort()).toEqual(jobs.filter((name) => name !== migrate).sort());
    stop.abort(new Error('enough'));
  });
});

describe('a Job that is there', () => {
  test.each([['run again'], ['told to fix it']])(
    'and failed is not given up on while its end is still to be told: %s',
    async (how) => {
      const cluster = new LateCluster(...(how === 'run again' ? [job(migrate, failed)] : []));
      const { outside, context } = outsideOf(cluster);
      cluster.sleep = (ms) => context.clock.sleep(ms);
      const fixes = how === 'run again' ? [] : ['job-failed'];
      if (fixes.length > 0) cluster.held.add(migrate);
      const decided = { answers, input, plan: emptyPlan, ledger: undefined, url };
      const running = ran(
        installNow(new AbortController().signal, { ...request, fixes }, outside, decided),
        async (ms) => {
          await context.clock.pass(ms);
          if (fixes.length === 0 || !cluster.held.has(migrate)) return;
          const live = cluster.objects.get(`batch/v1/Job/${migrate}`);
          if (!live) return;
          cluster.held.delete(migrate);
          cluster.put({ ...live, status: { conditions: [failed] } });
        },
      );
      expect((await running).error).toBeUndefined();
      expect(writesOf(cluster, migrate).filter((write) => write.startsWith('apply'))).toHaveLength(
        how === 'run again' ? 1 : 2,
      );
    },
  );

  test('and failed is removed and made anew', async () => {
    const cluster = new WatchedCluster(job(migrate, failed));
    expect((await change(cluster)).error).toBeUndefined();
    expect(writesOf(cluster, migrate)).toEqual([`delete Job/${migrate}`, `apply Job/${migrate}`]);
  });

  test.each([
    ['still runs', undefined],
    ['did not fail', { type: 'Failed', status: 'False' }],
    ['is done', { type: 'Complete', status: 'True' }],
  ])('and %s is left to it', async (_, condition) => {
    const cluster = new LivingCluster(job(migrate, condition));
    expect((await change(cluster)).error).toBeUndefined();
    expect(writesOf(cluster, migrate)).not.toContain(`delete Job/${migrate}`);
  });

  test('of an earlier template says nothing about this one, whatever became of it', async () => {
    const cluster = new LivingCluster(job('posthog-migrate-0ld0ld00', failed, '2030-01-01T00:00:00Z'));
    expect((await change(cluster)).error).toBeUndefined();
    expect(writesOf(cluster, migrate)).toEqual([`apply Job/${migrate}`]);
    expect(kept(cluster)).toHaveProperty(migrate);
  });
});

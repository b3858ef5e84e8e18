/** Home while the instance that it shows is deleted, and comes back. */
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { type Home, watchHome } from '../../source/commands/console/home.ts';
import type { OpenOutside } from '../../source/commands/session.ts';
import { emptyHome, type HomeState } from '../../source/console/screens/home/state.ts';
import type { Ledger } from '../../source/install/ledger.ts';
import type { KubeObject } from '../../source/stack/types.ts';
import { installedObjects, recordOf } from '../support/installed.ts';
import { LivingCluster, outsideOf } from '../support/living-cluster.ts';

let installed: readonly KubeObject[];
beforeAll(async () => {
  installed = await installedObjects();
});

/** Home on an instance with this record, once it is seen. */
async function shown(record: Partial<Ledger> = {}, objects = installed) {
  const cluster = new LivingCluster(...objects, recordOf(record));
  const { outside, context } = outsideOf(cluster);
  const left = new AbortController();
  onTestFinished(() => left.abort(new Error('over')));
  let state: HomeState = emptyHome;
  const told: string[] = [];
  const home: Home = {
    open: async () => outside as OpenOutside,
    before: undefined,
    change: (update) => {
      state = update(state);
    },
    onSnapshot: () => {},
    onNone: () => told.push('none'),
    onSeveral: () => told.push('several'),
  };
  void watchHome(home, undefined, left.signal);
  const pass = async () => {
    await context.clock.pass(5_000);
    return state;
  };
  const remove = async (keeps: (object: KubeObject) => boolean) => {
    for (const object of [...cluster.objects.values()]) {
      const { apiVersion, kind, metadata } = object;
      if (!keeps(object)) await cluster.delete({ apiVersion, kind, name: metadata.name });
    }
    return pass();
  };
  return { cluster, pass, remove, told, now: () => context.clock.now() };
}

const kept = ({ kind }: KubeObject) => ['ConfigMap', 'Secret', 'Cluster', 'PersistentVolumeClaim'].includes(kind);

test('it says so from the moment on when that was seen, and as soon as it is there again, no more', async () => {
  const { cluster, pass, remove, told, now } = await shown();
  const before = await pass();
  expect([before.name, before.gone]).toEqual(['posthog', undefined]);
  const gone = await remove(kept);
  expect(gone.gone).toEqual({ at: expect.any(Number), isRecorded: true });
  expect(gone.gone?.at).toBeLessThanOrEqual(now());
  expect((await pass()).gone).toBe(gone.gone);
  for (const object of installed) if (object.kind === 'Deployment') cluster.put(object);
  expect([(await pass()).gone, told]).toEqual([undefined, []]);
});

test('one whose install is not finished is gone once it was there', async () => {
  const { pass, remove } = await shown({ finished: false });
  expect((await pass()).gone).toBeUndefined();
  expect((await remove(kept)).gone).toMatchObject({ isRecorded: true });
});

test('its record went, too', async () => {
  const { pass, remove } = await shown();
  await pass();
  const first = await remove(kept);
  expect((await remove(() => false)).gone).toEqual({ at: first.gone?.at, isRecorded: false });
});

test.each([
  ['is gone from the beginning, without a time', {}, { at: undefined, isRecorded: true }],
  ['is not gone while it is being installed', { finished: false }, undefined],
] as const)('what has only a record %s', async (_, record, gone) => {
  const { pass } = await shown(record, []);
  expect((await pass()).gone).toEqual(gone);
});

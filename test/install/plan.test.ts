import { describe, expect, test } from 'vitest';
import { ApiError } from '../../source/cluster/index.ts';
import type { ApplyOptions } from '../../source/cluster/types.ts';
import type { Ledger } from '../../source/install/ledger.ts';
import { planOf } from '../../source/install/plan.ts';
import { defaultAnswers } from '../../source/stack/answers.ts';
import type { KubeObject, RenderedObject } from '../../source/stack/types.ts';
import { MemoryCluster } from '../support/memory-cluster.ts';
import { emptyPlan } from '../support/plan.ts';

const never = new AbortController().signal;
const rendered = (kind: string, apiVersion = 'v1', extra: object = {}): RenderedObject => ({
  component: 'web',
  step: 'app',
  owned: true,
  object: { apiVersion, kind, metadata: { name: 'x' }, ...extra } as KubeObject,
});
const actions = async (cluster: MemoryCluster, objects: RenderedObject[], ledger?: Ledger) =>
  (await planOf(cluster.asCluster(), emptyPlan, objects, ledger, never)).objects.map(({ action }) => action);
const ledger = { answers: defaultAnswers, jobs: { x: 'done' }, finished: true } as unknown as Ledger;

describe('each object', () => {
  const config = rendered('ConfigMap', 'v1', { data: { a: '1' } });

  test('that is not there is created', async () => {
    expect(await actions(new MemoryCluster(), [config])).toEqual(['create']);
  });

  test('that is there as wanted is the same, whatever others added', async () => {
    expect(await actions(new MemoryCluster({ ...config.object, data: { a: '1', added: '2' } }), [config])).toEqual([
      'same',
    ]);
  });

  test('that differs is changed, and both are kept for who wants to compare them', async () => {
    const cluster = new MemoryCluster({ ...config.object, data: { a: '0' } });
    const [planned] = (await planOf(cluster.asCluster(), emptyPlan, [config], undefined, never)).objects;
    expect(planned).toMatchObject({
      action: 'change',
      wanted: config.object,
      change: { before: { data: { a: '0' } }, after: { data: { a: '1' } } },
    });
  });

  test('that another manager holds is a conflict with its name and field', async () => {
    const cluster = new MemoryCluster(config.object);
    const causes = [
      { reason: 'FieldManagerConflict', message: 'conflict with "launchpad" using apps/v1', field: '.data.a' },
    ];
    cluster.apply = async (object: KubeObject, { force = false }: ApplyOptions = {}) => {
      if (force) return object;
      throw new ApiError({ code: 409, reason: 'Conflict', message: 'conflict', details: { causes } });
    };
    const [planned] = (await planOf(cluster.asCluster(), emptyPlan, [config], undefined, never)).objects;
    expect(planned).toMatchObject({
      action: 'conflict',
      conflicts: [{ manager: 'launchpad', field: '.data.a' }],
      change: { before: { metadata: { name: 'x' } }, after: config.object },
    });
  });

  test('that somebody changes meanwhile is no conflict of fields: nobody could be named', async () => {
    const cluster = new MemoryCluster(config.object);
    cluster.apply = async () => {
      throw new ApiError({ code: 409, reason: 'Conflict', message: 'the object has been modified' });
    };
    await expect(planOf(cluster.asCluster(), emptyPlan, [config], undefined, never)).rejects.toMatchObject({
      code: 'conflict',
      object: 'ConfigMap/x',
    });
  });

  test('that the server refuses ends the plan, naming it', async () => {
    const cluster = new MemoryCluster();
    cluster.failing = (call) =>
      call.startsWith('plan')
        ? new ApiError({ code: 422, reason: 'Invalid', message: 'ConfigMap "x" is invalid' })
        : undefined;
    await expect(planOf(cluster.asCluster(), emptyPlan, [config], undefined, never)).rejects.toMatchObject({
      code: expect.any(String),
      message: expect.stringContaining('invalid'),
    });
  });
});

test('a Job that the ledger knows as done is the same, though it has expired', async () => {
  expect(await actions(new MemoryCluster(), [rendered('Job', 'batch/v1')], ledger)).toEqual(['same']);
});

test('Secrets and Jobs that are there are left as they are', async () => {
  const objects = [
    rendered('Secret', 'v1', { stringData: { a: 'b' } }),
    rendered('Job', 'batch/v1', { spec: { a: 1 } }),
  ];
  expect(
    await actions(
      new MemoryCluster(...objects.map(({ object }) => ({ ...object, spec: {}, stringData: {} }))),
      objects,
    ),
  ).toEqual(['same', 'same']);
});

test('planning writes nothing', async () => {
  const cluster = new MemoryCluster();
  await actions(cluster, [rendered('ConfigMap'), rendered('Service')]);
  expect(cluster.writes).toEqual([]);
});

/** Fields that another manager holds: refused, kept or taken, as the user says, and nothing else. */

import { describe, expect, test } from 'vitest';
import { ApiError } from '../../source/cluster/index.ts';
import type { UserError } from '../../source/errors.ts';
import { installNow } from '../../source/install/change.ts';
import type { ConflictChoices, InstallRequest } from '../../source/install/contract.ts';
import type { PlanEvent } from '../../source/install/events.ts';
import { install } from '../../source/install/install.ts';
import { dictionaries } from '../../source/messages/index.ts';
import { defaultAnswers } from '../../source/stack/answers.ts';
import { defaultPlatform, type RenderInput } from '../../source/stack/model.ts';
import type { KubeObject } from '../../source/stack/types.ts';
import { LivingCluster, outsideOf } from '../support/living-cluster.ts';
import { emptyPlan, plannedObject } from '../support/plan.ts';
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
const request: InstallRequest = {
  sources: [{ values: { host: answers.host }, place: () => () => 'test' }],
  consent: async () => true,
  dryRun: false,
  timeoutMs: 7_200_000,
  fixes: [],
  readOnly: false,
};
const never = new AbortController().signal;

/** Where somebody else holds a field: the object, the field, and how to see it in what is applied. */
const held = [
  ['Instance/posthog', '.metadata.labels', ({ metadata }: KubeObject) => metadata.labels],
  ['Service/posthog', '.spec.ports', ({ spec }: KubeObject) => (spec as { ports?: unknown }).ports],
  ['Deployment/posthog-capture', '.spec.replicas', ({ spec }: KubeObject) => (spec as { replicas?: unknown }).replicas],
] as const;

/** Refuses whoever sets a held field, unless by force, as a server does. */
class HeldCluster extends LivingCluster {
  readonly forced: string[] = [];
  readonly given = new Map<string, unknown>();

  override async apply(object: KubeObject, options: { dryRun?: boolean; force?: boolean } = {}): Promise<KubeObject> {
    const name = `${object.kind}/${object.metadata.name}`;
    const [, field, read] = held.find(([each]) => each === name) ?? [];
    if (read && field && read(object) !== undefined && !options.force) {
      const causes = [{ reason: 'FieldManagerConflict', message: 'conflict with "launchpad" using apps/v1', field }];
      throw new ApiError({ code: 409, reason: 'Conflict', message: 'Apply failed', details: { causes } });
    }
    if (read && !options.dryRun) this.given.set(name, read(object));
    if (options.force && !options.dryRun) this.forced.push(name);
    return super.apply(object, options);
  }
}

const whole = async (cluster: LivingCluster, more: Partial<InstallRequest> = {}) => {
  const { outside, context } = outsideOf(cluster);
  return ran(install({ ...request, ...more }, outside, never), (ms) => context.clock.pass(ms));
};

describe('when nobody said what to do', () => {
  test('everything that is held is named, and nothing is changed', async () => {
    const cluster = new HeldCluster();
    const { told, error } = await whole(cluster);
    expect(error).toMatchObject({ code: 'conflict', exit: 3, object: expect.stringMatching(/^\w+\/posthog/) });
    const refusal = error as unknown as UserError;
    for (const [object, field] of held)
      expect(refusal.say(dictionaries.en)).toContain(dictionaries.en.install.conflict(object, field, 'launchpad'));
    expect(refusal.hint?.(dictionaries.en)).toContain('--conflicts');
    expect(cluster.writes).toEqual([]);
    const plan = told.find(({ type }) => type === 'plan') as PlanEvent;
    expect(
      plan.objects.filter(({ action }) => action === 'conflict').map(({ kind, name }) => `${kind}/${name}`),
    ).toEqual(expect.arrayContaining(held.map(([object]) => object)));
  });

  test.each(['keep', 'take'] as const)('%s is an answer', async (conflicts) => {
    expect((await whole(new HeldCluster(), { conflicts, dryRun: true })).error).toBeUndefined();
  });
});

describe('what is applied', () => {
  const objects = held.map(([name, field]) => {
    const [kind = '', own = ''] = name.split('/');
    return plannedObject(kind, own, 'conflict', { conflicts: [{ manager: 'launchpad', field }] });
  });
  const change = async (cluster: LivingCluster, conflicts?: 'keep' | 'take', choose?: ConflictChoices) => {
    const { outside, context } = outsideOf(cluster);
    const decided = {
      answers,
      input,
      plan: { ...emptyPlan, objects },
      ledger: undefined,
      url: `https://${answers.host}`,
      ...(choose ? { choose } : {}),
    };
    const asked = { ...request, ...(conflicts ? { conflicts } : {}) };
    return ran(installNow(never, asked, outside, decided), (ms) => context.clock.pass(ms));
  };

  test('with keep: everything but the held fields, and without force', async () => {
    const cluster = new HeldCluster();
    expect((await change(cluster, 'keep')).error).toBeUndefined();
    expect(cluster.given).toEqual(new Map(held.map(([name]) => [name, undefined])));
    expect(cluster.forced.filter((name) => name !== 'ConfigMap/posthog-ledger')).toEqual([]);
  });

  test('with take: as planned, by force', async () => {
    const cluster = new HeldCluster();
    expect((await change(cluster, 'take')).error).toBeUndefined();
    expect([...cluster.given.values()].every((value) => value !== undefined)).toBe(true);
    expect(cluster.forced).toEqual(expect.arrayContaining(held.map(([name]) => name)));
  });

  test('field by field: what is kept is left out, and the rest is taken by force', async () => {
    const cluster = new HeldCluster();
    const [first] = held[0] ?? [];
    const { error } = await change(cluster, undefined, (object) => (object === first ? 'keep' : 'take'));
    expect(error).toBeUndefined();
    const kept = [...cluster.given].filter(([, value]) => value === undefined).map(([name]) => name);
    expect(kept).toEqual([first]);
    expect(cluster.forced).toEqual(expect.arrayContaining(held.slice(1).map(([name]) => name)));
  });

  test('a field that somebody took after the plan is not taken back', async () => {
    const cluster = new HeldCluster();
    expect((await change(cluster)).error).toMatchObject({ code: 'conflict', exit: 1 });
    expect(cluster.forced.filter((name) => name !== 'ConfigMap/posthog-ledger')).toEqual([]);
  });
});

import { describe, expect, test } from 'vitest';
import type { PreflightSubject } from '../../source/install/finding.ts';
import type { Ledger } from '../../source/install/ledger.ts';
import { checkQuota } from '../../source/install/space.ts';
import { en } from '../../source/messages/en/index.ts';
import { defaultAnswers } from '../../source/stack/answers.ts';
import type { KubeObject, RenderedObject } from '../../source/stack/types.ts';
import { LivingCluster, outsideOf } from '../support/living-cluster.ts';

const never = new AbortController().signal;

/** A Deployment of one pod with 4 CPU, which rolls by starting a second. */
const rolling: RenderedObject = {
  component: 'web',
  step: 'app',
  owned: true,
  object: {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'posthog-web' },
    spec: {
      replicas: 1,
      strategy: { rollingUpdate: { maxSurge: 1 } },
      template: { spec: { containers: [{ name: 'web', resources: { limits: { cpu: '4' } } }] } },
    },
  } as KubeObject,
};

const quota = (cpu: string, used = '0'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'quota-ns-abcd1234' },
  status: { hard: { 'limits.cpu': cpu }, used: { 'limits.cpu': used } },
});
/** Quotas of subscriptions are not enlarged. */
const subscribed: KubeObject = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'ns-abcd1234', annotations: { 'subscription.sealos.io/status': 'Normal' } },
};
const finished = { finished: true, answers: defaultAnswers } as unknown as Ledger;

async function verdict(
  cpu: string,
  ledger?: Ledger,
  changes = true,
  cluster = new LivingCluster(quota(cpu), subscribed),
) {
  const subject = {
    answers: defaultAnswers,
    ledger,
    objects: [rolling],
    changes: async () => changes,
  } as unknown as PreflightSubject;
  const found = await checkQuota(outsideOf(cluster).outside, subject, never);
  return [found.verdict, found.message(en), found.hint?.(en)];
}

describe('room for CPU', () => {
  test.each([
    ['a first install that fits, and so will changes', '8', undefined, true, 'pass', undefined],
    ['a first install that fits, and changes will not', '7', undefined, true, 'warn', en.install.preflight.quotaLater],
    ['a first install that does not fit', '3', undefined, true, 'fail', en.install.preflight.quotaHint('small')],
    ['a change that does not fit', '7', finished, true, 'fail', en.install.preflight.quotaHint('small')],
    ['a run that changes nothing', '7', finished, false, 'warn', en.install.preflight.quotaLater],
  ] as const)('%s', async (_, cpu, ledger, changes, expected, hint) => {
    const [found, message, advice] = await verdict(cpu, ledger, changes);
    expect([found, advice]).toEqual([expected, hint]);
    if (expected !== 'pass') expect(message).toContain(`of ${cpu}`);
  });

  test('a pod of the instance that comes while it is asked is not counted as that of others', async () => {
    const own: KubeObject = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'posthog-web-1', labels: { 'cloud.sealos.io/deploy-on-sealos': defaultAnswers.name } },
      spec: { containers: [{ name: 'web', resources: { limits: { cpu: '4' } } }] },
    };
    class Filling extends LivingCluster {
      override async list(...asked: Parameters<LivingCluster['list']>) {
        if (asked[0].kind !== 'ResourceQuota') return super.list(...asked);
        await Promise.resolve();
        this.put(own);
        this.put(quota('8', '4'));
        return super.list(...asked);
      }
    }
    const [found] = await verdict('8', undefined, true, new Filling(quota('8'), subscribed));
    expect(found).toBe('pass');
  });

  test('a pod of the instance is what the quota counts of it: what runs first in it, where that takes more', async () => {
    const limited = (cpu: string) => [{ name: 'web', resources: { limits: { cpu } } }];
    const own: KubeObject = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'posthog-web-1', labels: { 'cloud.sealos.io/deploy-on-sealos': defaultAnswers.name } },
      spec: { initContainers: limited('4'), containers: limited('1') },
    };
    const [found] = await verdict('8', undefined, true, new LivingCluster(quota('8', '4'), subscribed, own));
    expect(found).toBe('pass');
  });
});

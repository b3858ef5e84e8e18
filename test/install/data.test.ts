import { describe, expect, test } from 'vitest';
import type { PreflightSubject } from '../../source/install/finding.ts';
import { checks } from '../../source/install/preflight.ts';
import { en } from '../../source/messages/en/index.ts';
import { defaultAnswers } from '../../source/stack/answers.ts';
import { secretKeys } from '../../source/stack/secrets.ts';
import type { KubeObject } from '../../source/stack/types.ts';
import { LivingCluster, outsideOf } from '../support/living-cluster.ts';

const database: KubeObject = {
  apiVersion: 'apps.kubeblocks.io/v1alpha1',
  kind: 'Cluster',
  metadata: { name: 'posthog-pg' },
};
const secretWithout = (...missing: readonly string[]): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'posthog-env' },
  data: Object.fromEntries(secretKeys.map((key) => [key, missing.includes(key) ? '' : 'eA=='])),
});
const { preflight } = en.install;

describe('data of an earlier install', () => {
  test.each([
    ['none', [], 'pass', preflight.dataNone],
    ['with all its keys', [database, secretWithout()], 'pass', preflight.dataKept],
    ['without its Secret', [database], 'fail', preflight.secretLost('posthog-env', 'posthog-pg')],
    [
      'without a key that cannot be made anew',
      [database, secretWithout('SECRET_KEY')],
      'fail',
      preflight.keysLost('posthog-env', 'SECRET_KEY', 'posthog-pg'),
    ],
    ['without a key that can', [database, secretWithout('CLICKHOUSE_PASSWORD')], 'pass', preflight.dataKept],
    ['a Secret alone, without a key', [secretWithout('SECRET_KEY')], 'pass', preflight.dataNone],
  ] as const)('%s', async (_, objects, verdict, message) => {
    const subject = { answers: defaultAnswers } as unknown as PreflightSubject;
    const { outside } = outsideOf(new LivingCluster(...objects));
    const found = await checks['data']?.(outside, subject, new AbortController().signal);
    expect([found?.verdict, found?.message(en)]).toEqual([verdict, message]);
  });
});

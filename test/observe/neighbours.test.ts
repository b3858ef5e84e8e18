import { expect, test } from 'vitest';
import { rootCause } from '../../source/observe/cause.ts';
import { componentHealth } from '../../source/observe/health.ts';
import { observe } from '../../source/observe/observer.ts';
import type { KubeObject } from '../../source/stack/types.ts';
import { LivingCluster } from '../support/living-cluster.ts';
import { testContext } from '../support/test-context.ts';
import { deployment, ownedBy, pod } from './objects.ts';

const job = (app: string, name: string, type: string, creationTimestamp: string): KubeObject =>
  ownedBy(app, {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, creationTimestamp, labels: { 'posthog-sealos/component': 'migrate' } },
    status: { conditions: [{ type, status: 'True' }] },
  });

test('an instance beside it whose name begins the same is not taken for a part of it', async () => {
  const unready = { readyReplicas: 0, availableReplicas: 0 };
  const missing = { state: { waiting: { reason: 'ErrImagePull', message: 'manifest unknown' } } };
  const cluster = new LivingCluster(
    ownedBy('posthog', deployment('plugins', 'posthog-plugins', unready)),
    ownedBy('posthog-2', pod('plugins', 'posthog-2-plugins-a', [{ ...missing, restartCount: 7 }])),
    job('posthog', 'posthog-migrate-11111111', 'Complete', '2026-01-01T00:00:00Z'),
    job('posthog-2', 'posthog-2-migrate-22222222', 'Failed', '2026-01-02T00:00:00Z'),
  );
  const stop = new AbortController();
  const observer = observe(cluster.asCluster(), { app: 'posthog', clock: testContext().clock, signal: stop.signal });
  await observer.ready;
  const snapshot = observer.snapshot();
  stop.abort();
  expect(componentHealth('plugins', snapshot).restarts).toBe(0);
  expect(componentHealth('migrate', snapshot).state).toBe('ready');
  expect(rootCause('plugins', snapshot, { phaseStartedAt: 0 })?.id).not.toBe('image-missing');
});

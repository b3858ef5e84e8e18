/** What the console reads of a part or an object, from what it has seen already. */
import { describe, expect, test } from 'vitest';
import type { Cluster } from '../../source/cluster/types.ts';
import { read } from '../../source/commands/console/reading.ts';
import type { OpenOutside } from '../../source/commands/session.ts';
import type { Reading } from '../../source/console/actions.ts';
import type { ObjectName } from '../../source/observe/inventory.ts';
import type { ComponentId } from '../../source/stack/types.ts';
import { deployment, snapshotOf } from '../observe/objects.ts';
import { seen, thing } from '../support/instance.ts';

/** A cluster that tells logs and nothing else: whoever asks for more, asks twice. */
const cluster = {
  logText: async (pod: string, { container = '' }) => {
    if (pod.includes('plugins')) throw new Error('container is waiting to start');
    return `${pod} ${container} says\n`;
  },
} as unknown as Cluster;
const never = new AbortController().signal;
const reading = async (what: Reading, of: ComponentId | ObjectName, snapshot = seen.snapshot) =>
  (await read({ cluster } as OpenOutside, 'posthog', what, of, snapshot, never)).join('\n');

describe('YAML', () => {
  test('hides the values of a Secret, and leaves the bookkeeping out', async () => {
    const secret = thing('Secret', 'posthog-secrets', 'instance', { data: { KEY: 'aHVudGVyMg==' } });
    const live = { ...secret, metadata: { ...secret.metadata, managedFields: [{ manager: 'somebody' }] } };
    const yaml = await reading('yaml', { kind: 'Secret', name: 'posthog-secrets' }, snapshotOf({ Secret: [live] }));
    expect(yaml).toMatch(/^apiVersion: v1\nkind: Secret\nmetadata:\n/);
    expect(yaml).toContain('KEY: "(hidden)"');
    expect(yaml).not.toMatch(/aHVudGVyMg|managedFields|somebody/);
  });

  test('hides values of variables whose names are secret, of an object and of its part', async () => {
    const env = [
      { name: 'REDIS_PASSWORD', value: 'hunter2' },
      { name: 'SITE_URL', value: 'https://example.com' },
    ];
    const object = deployment('plugins', 'posthog-plugins', {}, { template: { spec: { containers: [{ env }] } } });
    const snapshot = snapshotOf({ Deployment: [object] });
    for (const of of ['plugins', { kind: 'Deployment', name: 'posthog-plugins' }] as const) {
      const yaml = await reading('yaml', of, snapshot);
      expect(yaml).toContain('https://example.com');
      expect(yaml).not.toContain('hunter2');
    }
  });

  test('of what has gone is nothing', async () => {
    expect(await reading('yaml', { kind: 'Service', name: 'gone' })).toBe('');
  });
});

describe('the log', () => {
  test('of a pod is its own, and says why there is none', async () => {
    const pod = 'posthog-7c9f6d8b5-x2x4q';
    expect(await reading('log', { kind: 'Pod', name: pod })).toBe(`${pod} main says`);
    const waiting = { kind: 'Pod', name: 'posthog-plugins-6d8f7c9b5d-abcde' } as const;
    expect(await reading('log', waiting)).toBe('container is waiting to start');
  });

  test('of a pod that has gone is nothing', async () => {
    expect(await reading('log', { kind: 'Pod', name: 'gone' })).toBe('');
  });
});

test('events and details of an object are about it', async () => {
  const web = { kind: 'Pod', name: 'posthog-7c9f6d8b5-x2x4q' } as const;
  const events = await reading('events', web);
  expect(events).toMatch(/^2026-01-01T11:50:12Z {2}Pod\/posthog-7c9f6d8b5-x2x4q {2}Started: Started container web$/m);
  expect(events).not.toContain('BackOff');
  expect(await reading('describe', web)).toMatch(/^Pod\/posthog-7c9f6d8b5-x2x4q {2}Running\n {2}created /);
  expect(await reading('describe', 'plugins')).toContain('Deployment/posthog-plugins');
});

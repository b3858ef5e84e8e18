import { expect, test } from 'vitest';
import type { Cluster, ListOptions, LogOptions } from '../../source/cluster/types.ts';
import { lastLines } from '../../source/observe/last-lines.ts';
import type { ComponentId, KubeObject } from '../../source/stack/types.ts';

const running = { state: { running: {} } };
const ended = { state: { terminated: {} } };
const pod = (name: string, created: string, status: object): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, creationTimestamp: created },
  status,
});

async function read(part: ComponentId, pods: readonly KubeObject[], text = 'one\n') {
  const asked: unknown[] = [];
  const cluster = {
    list: async (_: object, { labelSelector }: ListOptions) => {
      asked.push(labelSelector);
      return { resourceVersion: '1', items: pods };
    },
    logText: async (name: string, { container, tailLines }: LogOptions) => {
      asked.push(`${name}/${container} ${tailLines}`);
      return text;
    },
  } as unknown as Cluster;
  return { lines: await lastLines(cluster, 'shop', part, 3, AbortSignal.timeout(1000)), asked };
}

test('the newest pod that runs is read, whatever order the server has', async () => {
  const { asked } = await read('web', [
    pod('new', '2026-01-02T00:00:00Z', { containerStatuses: [{ name: 'web', ...running }] }),
    pod('old', '2026-01-01T00:00:00Z', { containerStatuses: [{ name: 'web', ...running }] }),
    pod('ended', '2026-01-03T00:00:00Z', { containerStatuses: [{ name: 'web', ...ended }] }),
  ]);
  expect(asked).toEqual(['posthog-sealos/instance=shop,posthog-sealos/component=web', 'new/web 3']);
});

test('an init container is read while it runs', async () => {
  const { asked } = await read('web', [
    pod('a', '2026-01-01T00:00:00Z', {
      initContainerStatuses: [{ name: 'wait', ...running }],
      containerStatuses: [{ name: 'web', state: { waiting: {} } }],
    }),
  ]);
  expect(asked.at(-1)).toBe('a/wait 3');
});

test('databases have no label of ours', async () => {
  expect((await read('redis', [])).asked).toEqual(['app.kubernetes.io/instance=shop-redis']);
});

test('nothing is read while nothing runs', async () => {
  const { lines, asked } = await read('web', [
    pod('a', '2026-01-01T00:00:00Z', { containerStatuses: [{ name: 'web', ...ended }] }),
  ]);
  expect(lines).toBeUndefined();
  expect(asked).toHaveLength(1);
});

test('of lines in JSON only what they say is kept; empty ones are left out', async () => {
  const pods = [pod('a', '2026-01-01T00:00:00Z', { containerStatuses: [{ name: 'web', ...running }] })];
  const { lines } = await read('web', pods, '{"event":"ready","level":"info"}\n\n  plain \n');
  expect(lines).toEqual(['ready', 'plain']);
});

test('what opens something is hidden', async () => {
  const pods = [pod('web', '2026-01-01T00:00:00Z', { containerStatuses: [{ name: 'web', ...running }] })];
  const { lines } = await read('web', pods, 'connecting to redis://:hunter2@redis:6379\n{"msg":"token=abcdef"}\n');
  expect(lines).toEqual(['connecting to redis://:(hidden)@redis:6379', 'token=(hidden)']);
});

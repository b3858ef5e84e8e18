/** Which logs are read of a component that was changed, how much of them, and what it comes to where they cannot be. */
import { expect, test } from 'vitest';
import type { LogOptions } from '../../../source/cluster/types.ts';
import { logErrorsSince } from '../../../source/operate/scale/log-errors.ts';
import type { KubeObject } from '../../../source/stack/types.ts';
import { snapshotOf } from '../../observe/objects.ts';
import { TestClock } from '../../support/test-clock.ts';

const running = { state: { running: {} } };
const pod = (name: string, second: number, containerStatuses: readonly object[]): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    labels: { 'posthog-sealos/component': 'ingestion' },
    creationTimestamp: `2026-11-23T10:00:${String(second).padStart(2, '0')}Z`,
  },
  status: { initContainerStatuses: [{ name: 'init', ...running }], containerStatuses },
});
const started = (name: string, second = 0) => pod(name, second, [{ name: 'main', ...running }]);
const failed = (msg: string) => `2026-11-23T20:55:00Z {"level":"error","msg":"${msg}"}\n`;

async function read(pods: readonly KubeObject[], text: (pod: string) => Promise<string>, agoMs = 61_500) {
  const asked: (readonly [string, LogOptions])[] = [];
  const clock = new TestClock();
  const cluster = {
    logText: (name: string, { signal: _, ...options }: LogOptions = {}) => {
      asked.push([name, options]);
      return text(name);
    },
  };
  const snapshot = snapshotOf({ Pod: pods });
  const errors = logErrorsSince('ingestion', agoMs, { cluster, clock, snapshot }, new AbortController().signal);
  for (let second = 0; second < 4; second += 1) await clock.pass(1_000);
  return { errors: await errors, asked };
}

test('the end of each log since it was changed is read, by the clock of the node, and no init container', async () => {
  const pods = [started('a'), pod('b', 1, [{ name: 'main', state: { waiting: {} } }])];
  const { errors, asked } = await read(pods, async () => failed('no answer'));
  expect(asked).toEqual([
    ['a', { container: 'main', sinceSeconds: 62, tailLines: 500, limitBytes: 131_072, timestamps: true }],
  ]);
  expect(errors).toEqual({ count: 1, alike: 1, message: 'no answer' });
});

test('of many pods, the newest', async () => {
  const pods = Array.from({ length: 12 }, (_, index) => started(`p${index}`, index));
  const { asked } = await read(pods, async () => '');
  expect(asked.map(([name]) => name)).toEqual(['p11', 'p10', 'p9', 'p8', 'p7', 'p6', 'p5', 'p4']);
});

test.each([
  ['may not be read', () => Promise.reject(new Error('pods/log is forbidden'))],
  ['is empty', async () => ''],
] as const satisfies readonly (readonly [string, () => Promise<string>])[])(
  'a log that %s says nothing, and does not hide another',
  async (_, none) => {
    const text = (name: string): Promise<string> => (name === 'a' ? none() : Promise.resolve(failed('no answer')));
    expect((await read([started('a'), started('b')], text)).errors).toMatchObject({ count: 1 });
    expect((await read([started('a')], text)).errors).toBeUndefined();
  },
);

/** The last words of what crashes: whose are asked for, when, and when it is told that more of them are known. */
import { expect, test } from 'vitest';
import type { Cluster } from '../../source/cluster/types.ts';
import { crashLines, lastWords } from '../../source/observe/crash-lines.ts';
import { settle } from '../support/test-clock.ts';
import { crashed, pod, snapshotOf } from './objects.ts';

/** A cluster whose nodes answer when the test says so. */
function asking(after?: Promise<unknown>) {
  const asked: string[] = [];
  const answers = new Map<string, (text: string) => void>();
  const cluster = {
    logText: (name: string) => {
      asked.push(name);
      return new Promise<string>((resolve) => answers.set(name, resolve));
    },
  } as unknown as Cluster;
  const lines = crashLines(cluster, new AbortController().signal, after);
  return { lines, asked, answer: (name: string, text: string) => answers.get(name)?.(text) };
}
const crashing = (...names: readonly string[]) =>
  snapshotOf({ Pod: names.map((name) => pod('web', name, [crashed(2)])) });

test('of many pods of a part, a few are asked for theirs, and each once', async () => {
  const { lines, asked, answer } = asking();
  const crowd = crashing('a', 'b', 'c', 'd', 'e');
  lines.addTo(crowd);
  lines.addTo(crowd);
  await settle();
  expect(asked).toEqual(['a', 'b', 'c']);
  answer('a', 'FATAL: no');
  await settle();
  expect([...lines.addTo(crowd).crashLines]).toEqual([['a/main/2', 'FATAL: no']]);
  await settle();
  expect(asked).toEqual(['a', 'b', 'c']);
});

test('those of every other part are asked for, too', async () => {
  const { lines, asked } = asking();
  const others = [pod('worker', 'w', [crashed(1)]), pod('plugins', 'p', [{ ready: true, restartCount: 4 }])];
  lines.addTo(snapshotOf({ Pod: [...crashing('a', 'b', 'c', 'd').objects.Pod, ...others] }));
  await settle();
  expect(asked.toSorted()).toEqual(['a', 'b', 'c', 'w']);
});

test('whoever looks again is told when more is known than at the last look', async () => {
  const { lines, answer } = asking();
  expect(lines.next()).toBeUndefined();
  lines.addTo(crashing('a', 'b'));
  let told = 0;
  lines.next()?.then(() => told++);
  await settle();
  expect(told).toBe(0);
  answer('a', 'FATAL: no');
  await settle();
  expect(told).toBe(1);
  // Nobody has looked since.
  lines.next()?.then(() => told++);
  await settle();
  expect(told).toBe(2);
  lines.addTo(crashing('a', 'b'));
  lines.next()?.then(() => told++);
  await settle();
  expect(told).toBe(2);
  answer('b', 'FATAL: no');
  await lines.asked();
  lines.addTo(crashing('a', 'b'));
  expect(lines.next()).toBeUndefined();
});

test('whoever watches for weeks does not keep the words of every crash', async () => {
  const { lines, answer } = asking();
  const named = (run: number) => `run-${run}`;
  for (let run = 0; run < 502; run += 1) {
    lines.addTo(crashing(named(run)));
    await Promise.resolve();
    await Promise.resolve();
    answer(named(run), 'FATAL: no');
    await lines.asked();
  }
  const { crashLines: known } = lines.addTo(crashing());
  expect([known.size, known.has('run-1/main/2'), known.has('run-2/main/2')]).toEqual([500, false, true]);
});

test('nothing is asked for before what comes first is over, however it ends', async () => {
  const first = Promise.withResolvers<void>();
  const { lines, asked } = asking(first.promise);
  lines.addTo(crashing('a'));
  await settle();
  expect(asked).toEqual([]);
  first.reject(new Error('nobody looks any more'));
  await settle();
  expect(asked).toEqual(['a']);
});

test('last words give nothing away that opens something', () => {
  expect(lastWords('ERROR: cannot reach postgres://posthog:hunter2@pg:5432/posthog')).toBe(
    'ERROR: cannot reach postgres://posthog:(hidden)@pg:5432/posthog',
  );
  expect(lastWords(`FATAL: ${'x'.repeat(380)} PASSWORD=hunter2`)).not.toContain('hunter2');
});

/** Where a part has crashed last, as its pods tell it. */
import { expect, test } from 'vitest';
import { type Crash, lastCrash } from '../../source/observe/crashes.ts';
import { at, crashed, deployment, pod, snapshotOf } from './objects.ts';

const ended = (secondsAgo: number, exitCode = 1) => ({
  terminated: {
    exitCode,
    reason: exitCode === 0 ? 'Completed' : 'Error',
    finishedAt: new Date(at - secondsAgo * 1000).toISOString(),
  },
});
const running = { ready: true, state: { running: {} } };
const of = (restart: number, name = 'web-a', container = 'main'): Crash => ({ pod: name, container, restart });

test.each<[string, readonly object[], Crash | undefined]>([
  ['one that has never ended', [running], undefined],
  ['one that waits to run anew', [crashed(3)], of(3)],
  ['one that has just ended', [{ restartCount: 3, state: ended(1), lastState: ended(60) }], of(3)],
  ['one that runs again', [{ ...running, restartCount: 3, lastState: ended(60) }], of(2)],
  ['one that has recovered', [{ ...running, restartCount: 3, lastState: ended(601) }], undefined],
  ['one that ends well, but should not', [{ restartCount: 3, state: { waiting: {} }, lastState: ended(9, 0) }], of(3)],
  ['one that has done its work', [{ restartCount: 2, state: ended(9, 0), lastState: ended(60) }], undefined],
  [
    'the last one of several',
    [
      { name: 'one', restartCount: 1, state: ended(30) },
      { name: 'other', restartCount: 5, state: ended(20) },
    ],
    of(5, 'web-a', 'other'),
  ],
])('%s', (_, containers, crash) => {
  expect(
    lastCrash('web', snapshotOf({ Pod: [pod('web', 'web-a', containers), pod('worker', 'worker-a', [crashed(9)])] })),
  ).toEqual(crash);
});

test.each([
  ['is told for a while', 60, of(0, 'web-old')],
  ['has been made up for', 601, undefined],
])('what has ended for good where others have taken its place %s', (_, secondsAgo, crash) => {
  const old = pod('web', 'web-old', [{ state: ended(secondsAgo, 137) }], { status: { phase: 'Failed' } });
  const Pod = [old, pod('web', 'web-b', [running])];
  expect(lastCrash('web', snapshotOf({ Deployment: [deployment('web', 'posthog')], Pod }))).toEqual(crash);
  // As long as the part is not ready, nobody has made up for it.
  expect(lastCrash('web', snapshotOf({ Pod }))).toEqual(of(0, 'web-old'));
});

test('pods on their way out have crashed for the last time', () => {
  const Pod = [pod('web', 'web-a', [crashed(3)], { deleted: true }), pod('web', 'web-b', [running])];
  expect(lastCrash('web', snapshotOf({ Pod }))).toBeUndefined();
});

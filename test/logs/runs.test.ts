/** The runs of containers, from what is told of their pods: early, late and again. */
import { expect, test } from 'vitest';
import type { LiveRun } from '../../source/logs/tail/run.ts';
import { Runs } from '../../source/logs/tail/runs.ts';
import type { KubeObject } from '../../source/stack/types.ts';

interface State {
  readonly restarts?: number;
  readonly exitCode?: number;
  readonly lastExitCode?: number;
}

function podOf({ restarts = 0, exitCode, lastExitCode }: State = {}): KubeObject {
  const ended = (code: number) => ({ terminated: { exitCode: code, reason: 'Error' } });
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web-a', uid: '1', labels: { 'posthog-sealos/component': 'web' } },
    status: {
      containerStatuses: [
        {
          name: 'web',
          restartCount: restarts,
          state: exitCode === undefined ? { running: {} } : ended(exitCode),
          ...(lastExitCode === undefined ? {} : { lastState: ended(lastExitCode) }),
        },
      ],
    },
  };
}

function seeing() {
  const seen: LiveRun[] = [];
  const request = { app: 'posthog', components: ['web'] } as const;
  const runs = new Runs({ request, onRun: (live) => seen.push(live) });
  const known = () => seen.map(({ run, place, end }) => [run.restart, place, end?.exitCode]);
  return { runs, seen, known };
}

test('each is told once, with where its log is and how it ended', () => {
  const { runs, known } = seeing();
  for (const pod of [podOf(), podOf(), podOf({ restarts: 1, lastExitCode: 3 }), podOf()]) runs.see(pod);
  expect(known()).toEqual([
    [0, 'previous', 3],
    [1, 'here', undefined],
  ]);
  runs.see(podOf({ restarts: 3, lastExitCode: 4 }));
  expect(known()).toEqual([
    [0, 'gone', 3],
    [1, 'gone', undefined],
    [3, 'here', undefined],
  ]);
});

test('how one ended is known once, whatever becomes of its pod', () => {
  const { runs, known } = seeing();
  runs.see(podOf());
  runs.see(podOf({ exitCode: 3 }));
  runs.remove(podOf());
  expect(known()).toEqual([[0, 'pod-gone', 3]]);
});

test('of a pod that is gone nothing begins anew, however late it is told', () => {
  const { runs, known } = seeing();
  runs.see(podOf());
  runs.remove(podOf());
  runs.see(podOf({ restarts: 1, lastExitCode: 3 }));
  runs.list([podOf()]);
  expect(known()).toEqual([[0, 'pod-gone', undefined]]);
});

/** Containers that end by themselves, and their last words. */
import type { Say } from '../messages/index.ts';
import type { ComponentId, KubeObject } from '../stack/types.ts';
import { componentHealth } from './health.ts';
import { type ContainerStatus, containersOf, podsOf, timeOf } from './lookups.ts';
import { maskedLine } from './masked.ts';
import {
  type Finding,
  ofContainer,
  type Placed,
  patienceMs,
  patientRestarts,
  placed,
  restartsOf,
  type Scene,
} from './scene.ts';
import type { FixId, Snapshot } from './types.ts';

export const lastEnd = ({ state, lastState }: ContainerStatus) => state?.terminated ?? lastState?.terminated;

/** Containers that ended by themselves and are not running again for good; only once what they need is there. */
export function crashed(scene: Scene): readonly Placed[] {
  const { unready, options, snapshot } = scene;
  if (unready.length > 0) return [];
  const patient = snapshot.at - options.phaseStartedAt < patienceMs;
  return placed(scene).filter(({ container }) => {
    const { ready = false, restartCount = 0, state } = container;
    const end = lastEnd(container);
    if (!end || (end.exitCode === 0 && end.reason === 'Completed' && restartCount === 0)) return false;
    if (ready && state?.running) return false;
    return restartCount >= patientRestarts || (restartCount >= 1 && !patient);
  });
}

/** How an end by itself is found in the logs. */
export interface Crash {
  readonly pod: string;
  readonly container: string;
  /** Of the run that ended, from 0. */
  readonly restart: number;
}

/**
 * A container that runs for so long after it has crashed has recovered: its node forgets the crash then, too (kubelet's
 * back-off). One that does not run again has been made up for where its part is ready without it.
 */
const recoveredMs = 600_000;

/** The last one of a container of the component that has not recovered from it. What has done its work has not crashed. */
export function lastCrash(id: ComponentId, snapshot: Snapshot): Crash | undefined {
  const { state: part } = componentHealth(id, snapshot);
  const crashes = podsOf(id, snapshot).flatMap((pod) =>
    containersOf(pod).flatMap((container) => {
      const { name, restartCount = 0, state } = container;
      const end = lastEnd(container);
      if (!end || (state?.terminated && end.exitCode === 0)) return [];
      const at = timeOf(end.finishedAt);
      if ((state?.running || part === 'ready') && snapshot.at - at > recoveredMs) return [];
      // One that runs, runs anew; one that waits to, has the log of the run that ended.
      const restart = state?.running ? restartCount - 1 : restartCount;
      return [{ at, crash: { pod: pod.metadata.name, container: name, restart } }];
    }),
  );
  return crashes.toSorted((one, other) => other.at - one.at)[0]?.crash;
}

/** A crash whose last words fit. The words come from the previous container's log, where somebody fetched it. */
export function crashSaying(scene: Scene, words: RegExp, message: Say, fix: FixId | undefined): Finding | undefined {
  for (const { pod, container } of crashed(scene)) {
    const line = wordsOf(scene.snapshot, pod, container) ?? maskedLine(lastEnd(container)?.message ?? '');
    if (!words.test(line)) continue;
    const end = lastEnd(container);
    return {
      message,
      evidence: [
        ofContainer(
          pod,
          container,
          `exit ${end?.exitCode ?? '?'}, ${restartsOf(container)}${line === '' ? '' : `: ${line}`}`,
        ),
      ],
      ...(fix ? { fix } : {}),
    };
  }
  return undefined;
}

/** The last words of its last crash that are known: those of the newest are still being fetched for a moment. */
function wordsOf({ crashLines }: Snapshot, pod: KubeObject, container: ContainerStatus): string | undefined {
  const { restartCount = 0 } = container;
  for (let run = restartCount; run > 0 && run > restartCount - remembered; run -= 1) {
    const words = crashLines.get(crashKey(pod, { ...container, restartCount: run }));
    if (words) return words;
  }
  return undefined;
}

/** In so many runs a busy machine may fall behind with fetching. */
const remembered = 20;

/** What was heard of the pods of a Job, which are gone once it has failed for good. */
export function wordsOfJob({ crashLines }: Snapshot, job: string): string | undefined {
  return [...crashLines].findLast(([key, words]) => words !== '' && key.startsWith(`${job}-`))?.[1];
}

/** Under which a crash's last line is kept. */
function crashKey(pod: KubeObject, { name, restartCount = 0 }: ContainerStatus): string {
  return `${pod.metadata.name}/${name}/${restartCount}`;
}

/** The pods of a part crash for the same reason: what a few of them say is enough, however many there are. */
const mostAsked = 3;

/** Crashes whose last words nobody has fetched yet, among the first few of the component. */
export function unheardCrashes(
  id: ComponentId,
  snapshot: Snapshot,
): readonly { readonly pod: string; readonly container: string; readonly key: string }[] {
  return podsOf(id, snapshot)
    .flatMap((pod) => containersOf(pod).map((container) => ({ pod, container })))
    .filter(({ container: { restartCount = 0, ready } }) => restartCount > 0 && ready !== true)
    .slice(0, mostAsked)
    .map(({ pod, container }) => ({
      pod: pod.metadata.name,
      container: container.name,
      key: crashKey(pod, container),
    }))
    .filter(({ key }) => !snapshot.crashLines.has(key));
}

/** What a part says right now: the end of its log, for whoever waits for it. */
import type { Cluster } from '../cluster/types.ts';
import type { ComponentId, KubeObject } from '../stack/types.ts';
import { readableLine } from '../text/escape.ts';
import { messageIn } from './crash-lines.ts';
import { containersOf } from './lookups.ts';
import { maskedLine } from './masked.ts';
import { selectorOf } from './sources/ready-pod.ts';

const limitBytes = 4096;

/** Of its newest pod that runs; the messages alone, as people read them, without what opens something. Undefined while none runs. @throws ApiError, ConnectionError */
export async function lastLines(
  cluster: Cluster,
  app: string,
  part: ComponentId,
  count: number,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  const { items } = await cluster.list(
    { apiVersion: 'v1', kind: 'Pod' },
    { labelSelector: selectorOf(part, app), signal },
  );
  const running = items.toSorted(byAge).flatMap(runningIn).at(-1);
  if (!running) return undefined;
  const text = await cluster.logText(running.pod, {
    container: running.container,
    tailLines: count,
    limitBytes,
    signal,
  });
  return text
    .split('\n')
    .map((line) => maskedLine(readableLine(messageIn(line.trim()))))
    .filter(Boolean);
}

const byAge = (a: KubeObject, b: KubeObject): number =>
  String(a.metadata.creationTimestamp).localeCompare(String(b.metadata.creationTimestamp));

/** Init containers come first: what runs last is what the pod is at. */
const runningIn = (pod: KubeObject) =>
  containersOf(pod)
    .filter(({ state }) => state?.running)
    .map(({ name }) => ({ pod: pod.metadata.name, container: name }));

/** Lines of a log with their times, as Kubernetes writes them. */
import { ComponentLog } from '../../source/logs/record.ts';
import type { Run } from '../../source/logs/types.ts';

const runs = new Map<string, Run>();

/** The same one for the same name, by identity. */
export function podOf(pod: string): Run {
  const run = runs.get(pod) ?? { component: 'web', pod, container: 'web', kind: 'app', restart: 0 };
  runs.set(pod, run);
  return run;
}

const stampOf = (ms: number): string => `${new Date(ms).toISOString().slice(0, -1)}000000Z`;

/** One line a second. */
export const bytesOf = (...texts: readonly string[]): Buffer =>
  Buffer.from(texts.map((text, second) => `${stampOf(second * 1000)} ${text}\n`).join(''));

export function logOf(...texts: readonly string[]): ComponentLog {
  const log = new ComponentLog('web');
  log.add(podOf('a'), bytesOf(...texts));
  return log;
}

export const manyLines = (count: number, text: (index: number) => string): readonly string[] =>
  Array.from({ length: count }, (_, index) => text(index));

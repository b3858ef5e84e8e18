/** Fetches the last words of containers that crashed, once each, in the background. */
import type { Cluster } from '../cluster/types.ts';
import { componentIds } from '../stack/types.ts';
import { readableLine } from '../text/escape.ts';
import { unheardCrashes } from './crashes.ts';
import { maskedLine } from './masked.ts';
import { News } from './news.ts';
import type { Snapshot } from './types.ts';

const tailLines = 40;
const limitBytes = 16_384;
const longestLine = 400;
const keptWords = 500;
/** What names an error. The last line of a log is often only what came after it. */
const telling = /\b(FATAL|CRITICAL|ERROR|Error|Exception|Traceback|panicked|WRONGPASS|NOAUTH|refused|denied|failed)\b/;

export interface CrashLines {
  /** The snapshot with the words known so far; asks for those that are not. */
  addTo(snapshot: Snapshot): Snapshot;
  /** Resolves when everything asked for so far is known. */
  asked(): Promise<void>;
  /** Resolves when more words are known than the last snapshot had; undefined while none are asked for. */
  next(): Promise<void> | undefined;
}

/** @param after nothing is fetched before it is settled: something else comes first */
export function crashLines(cluster: Cluster, signal: AbortSignal, after?: Promise<unknown>): CrashLines {
  const known = new Map<string, string>();
  const asked = new Map<string, Promise<void>>();
  const news = new News();
  const fetch = async (pod: string, container: string, key: string) => {
    await after?.catch(() => {});
    // The previous container's log; where that is gone already, the current one's.
    const read = (previous: boolean) => cluster.logText(pod, { container, previous, tailLines, limitBytes, signal });
    const text = await read(true)
      .catch(() => read(false))
      .catch(() => '');
    known.set(key, lastWords(text));
    news.tell();
    // Whoever watches for weeks must not keep the words of every crash.
    const [oldest] = known.keys();
    if (known.size <= keptWords || oldest === undefined) return;
    known.delete(oldest);
    asked.delete(oldest);
  };
  return {
    addTo(snapshot) {
      news.read();
      const told = { ...snapshot, crashLines: known };
      for (const { pod, container, key } of componentIds.flatMap((id) => unheardCrashes(id, told))) {
        if (asked.has(key)) continue;
        asked.set(key, fetch(pod, container, key));
      }
      return told;
    },
    async asked() {
      await Promise.all(asked.values());
    },
    next() {
      const isAsking = asked.size > known.size;
      return isAsking || !news.isRead ? news.next() : undefined;
    },
  };
}

/** The line that says why: the last that names an error, else the last that is not empty. What opens something is hidden. */
export function lastWords(text: string): string {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  const chosen = lines.findLast((line) => telling.test(line)) ?? lines.at(-1) ?? '';
  return maskedLine(readableLine(messageIn(chosen)).slice(0, 4 * longestLine)).slice(0, longestLine);
}

/** What a line of JSON says, as the components' loggers write it (stack-spec J): the rest of it tells nobody why. */
export function messageIn(line: string): string {
  if (!line.startsWith('{')) return line;
  try {
    const { msg, message, event } = JSON.parse(line) as Readonly<Record<string, unknown>>;
    const said = [msg, message, event].find((each) => typeof each === 'string' && each !== '');
    return typeof said === 'string' ? said : line;
  } catch {
    return line;
  }
}

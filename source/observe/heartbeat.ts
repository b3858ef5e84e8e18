/**
 * Asks the server now and then whether it is still there, and whether the streams still tell what happens. A connection
 * that is cut without a word (a laptop that slept, a NAT that forgot) looks like a cluster where nothing happens, and
 * watches notice it only after a minute and a half.
 */
import type { Cluster } from '../cluster/types.ts';
import type { Clock } from '../context.ts';
import type { KubeObject } from '../stack/types.ts';

/** Milliseconds between two questions, and after which no answer is one. */
const everyMs = 10_000;
const patienceMs = 10_000;

const pods = { apiVersion: 'v1', kind: 'Pod' };

export interface Hearing {
  /** What is held otherwise than the server has it: a name for each such thing and the state that it is held in. */
  behind(pods: readonly KubeObject[]): ReadonlySet<string>;
  /** Told each time that no answer came, or that a stream kept quiet about what had happened before the last question. */
  onSilence(): void;
}

/** Until the signal aborts. Pods stand for all that is watched: most of what happens, happens to them. */
export async function heartbeat(
  cluster: Pick<Cluster, 'list'>,
  clock: Clock,
  hearing: Hearing,
  signal: AbortSignal,
): Promise<void> {
  let behind: ReadonlySet<string> = new Set();
  while (!signal.aborted) {
    await clock.sleep(everyMs, signal).catch(() => {});
    if (signal.aborted) return;
    const asked = new AbortController();
    const until = AbortSignal.any([signal, asked.signal]);
    const answer = cluster.list(pods, { metadataOnly: true, signal: until }).then(
      ({ items }) => hearing.behind(items),
      // Any answer is one, also a refusal.
      () => (until.aborted ? undefined : new Set<string>()),
    );
    const late = clock.sleep(patienceMs, until).then(
      () => undefined,
      () => new Set<string>(),
    );
    const now = await Promise.race([answer, late]);
    asked.abort();
    if (signal.aborted) return;
    // What is late by a moment has come until the next question.
    if (now === undefined || [...now].some((each) => behind.has(each))) hearing.onSilence();
    behind = now ?? new Set();
  }
}

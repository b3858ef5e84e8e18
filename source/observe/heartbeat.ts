/**
 * Asks the server now and then whether it is still there. A connection that is cut without a word (a laptop that slept, a
 * NAT that forgot) looks like a cluster where nothing happens, and watches notice it only after a minute and a half.
 */
import type { Cluster } from '../cluster/types.ts';
import type { Clock } from '../context.ts';

/** Milliseconds between two questions, and after which no answer is one. */
const everyMs = 10_000;
const patienceMs = 10_000;

/** Until the signal aborts. @param onSilence is told each time that no answer came */
export async function heartbeat(
  cluster: Cluster,
  clock: Clock,
  onSilence: () => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(everyMs, signal).catch(() => {});
    if (signal.aborted) return;
    const asked = new AbortController();
    const until = AbortSignal.any([signal, asked.signal]);
    // Any answer is one, also a refusal.
    const answer = cluster.get({ apiVersion: 'v1', kind: 'ResourceQuota', name: 'heartbeat' }, { signal: until }).then(
      () => true,
      () => !until.aborted,
    );
    const late = clock.sleep(patienceMs, until).then(
      () => false,
      () => true,
    );
    if (!(await Promise.race([answer, late])) && !signal.aborted) onSilence();
    asked.abort();
  }
}

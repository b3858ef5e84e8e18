/** Proof that an instance really takes events: sent at the door, read back at the end, every hop between named. */
import type { Outside } from '../contract.ts';
import type { NoteEvent, ProofEvent } from '../events.ts';
import { consumerHop, consumersHop, rowHop, setupHop } from './clickhouse.ts';
import { configHop, flagsHop } from './flags.ts';
import { decide, type Hop } from './hop.ts';
import { Pods } from './pods.ts';
import { connectionHop, dnsHop, publicWebHop } from './public.ts';
import { captureHop, ingestionHop, topicHop } from './queue.ts';
import { replayHop } from './replay.ts';
import { insideEntry, type ProofTarget, publicEntry, type Run, readCredentials, startRun } from './run.ts';
import { accountHop, definitionsHop, queryHop, webHop } from './web.ts';
import { workerHop } from './worker.ts';

export type { ProofTarget } from './run.ts';

export interface Proven {
  readonly proven: boolean;
  /** Of the admin's project: what SDKs send with, public by nature. */
  readonly projectKey?: string;
}

const defaultRetryMs = 600_000;

const way: readonly Hop[] = [dnsHop, connectionHop, publicWebHop];

/** What can be told before anybody has signed up (stack-spec H.1); an event of no project ends at ingestion. */
const withoutAdmin: readonly Hop[] = [
  webHop,
  consumersHop,
  setupHop,
  captureHop('inside', false),
  topicHop('inside'),
  ingestionHop('inside', false),
  replayHop('inside', false),
  flagsHop('inside', false),
  configHop('inside', false),
  ...way,
  captureHop('public', false),
  replayHop('public', false),
  flagsHop('public', false),
  configHop('public', false),
];

/** stack-spec H.3, inside and then as a visitor comes. */
const withAdmin: readonly Hop[] = [
  webHop,
  setupHop,
  accountHop,
  captureHop('inside', true),
  topicHop('inside'),
  ingestionHop('inside', true),
  consumerHop('inside'),
  rowHop('inside'),
  queryHop('inside'),
  definitionsHop,
  flagsHop('inside', true),
  configHop('inside', true),
  replayHop('inside', true),
  workerHop,
  ...way,
  captureHop('public', true),
  topicHop('public'),
  ingestionHop('public', true),
  consumerHop('public'),
  rowHop('public'),
  queryHop('public'),
  flagsHop('public', true),
  configHop('public', true),
  replayHop('public', true),
];

/** Hops in the order they are tried. */
export const hopsOf = (admin: boolean): readonly Hop[] => (admin ? withAdmin : withoutAdmin);

/**
 * One event a hop, once its retries are decided, and notes on what a hop waits for meanwhile; returns whether all of it is proven, which takes an admin.
 * A hop whose forerunner failed is told as not tried, with a warning: the failure is the forerunner's.
 * Leaves behind only what it sent: events named `sealos_probe` and a short recording. Throws only when aborted or
 * when the Secrets cannot be read.
 */
export async function* prove(
  outside: Outside,
  target: ProofTarget,
  signal: AbortSignal,
): AsyncGenerator<ProofEvent | NoteEvent, Proven> {
  const { cluster, context } = outside;
  const credentials = await readCredentials(outside, target, signal);
  const pods = new Pods(cluster, target.app);
  const client = outside.publicHttp(target.url);
  const shared: Pick<Run, 'pods' | 'credentials' | 'account'> = { pods, credentials, account: {} };
  const runs: Readonly<Record<Hop['leg'], Run>> = {
    inside: startRun(outside, target, { ...shared, leg: 'inside', entry: insideEntry(pods, target) }),
    public: startRun(outside, target, { ...shared, leg: 'public', entry: publicEntry(client) }),
  };
  /** Hop -> the failed hop that keeps it from passing; a failed one stands for itself. */
  const failed = new Map<string, string>();
  let settledBy: number | undefined;
  try {
    for (const hop of hopsOf(target.admin)) {
      const root = hop.needs.map((id) => failed.get(id)).find((id) => id !== undefined);
      if (root !== undefined) {
        failed.set(hop.id, root);
        yield { type: 'proof', hop: hop.id, ok: false, warning: true, ms: 0, message: (t) => t.proof.notTried(root) };
        continue;
      }
      const now = context.clock.monotonic();
      if (hop.leg === 'public') settledBy ??= now + (target.retryMs ?? defaultRetryMs);
      const event = yield* decide(hop, runs[hop.leg], context.clock, (settledBy ?? now) - now, signal);
      if (!event.ok) failed.set(hop.id, hop.id);
      yield event;
    }
  } finally {
    await Promise.all([pods.close(), client.close()]);
  }
  const projectKey = shared.account.project?.token;
  return { proven: target.admin && failed.size === 0, ...(projectKey === undefined ? {} : { projectKey }) };
}

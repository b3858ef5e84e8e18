/** Session recordings: taken, stored in the bucket, and readable again (stack-spec H.1; H.3, hop 9). */
import { answerOf, hopId, json, logHint, sending, unexpected } from './answers.ts';
import { query } from './clickhouse.ts';
import type { Fault, Hop, Leg, Outcome } from './hop.ts';
import { grown } from './marks.ts';
import { places } from './pods.ts';
import { accepted, notYetRead, readMarks, tokenOf } from './queue.ts';
import type { Run } from './run.ts';
import { snapshotBody } from './snapshot.ts';
import { field } from './text.ts';

const snapshotTopic = 'session_recording_snapshot_item_events';
const group = 'session-recordings-blob-v2';

const replayMs = 120_000;
/** A batch is stored after 10 s; what is not there long after that was dropped, and is sent again. */
const sendAgainMs = 30_000;
/**
 * The ingester drops recordings of projects it does not know to record, and asks for those only every 5 minutes
 * (its TeamService). A project that was made just before is therefore waited for.
 */
const refreshMs = 330_000;

const block = ['key', 'start_byte', 'end_byte'] as const;

/** Follows a snapshot to its end where there is a project that records, else to the ingester, which drops it. */
export const replayHop = (leg: Leg, withAccount: boolean): Hop => ({
  id: hopId(leg, 'replay'),
  leg,
  needs: sending(leg, 'replay', withAccount),
  timeoutMs: replayMs,
  settles: leg === 'public',
  async run(run, signal) {
    const refused = await sendWhenDue(run, signal);
    if (refused) return refused;
    const project = run.account.project;
    const waiting = await notYetTaken(run, signal);
    if (project === undefined) return waiting ?? { ok: true, message: (t) => t.proof.ok.replayTaken };
    if (project.recording === false)
      return waiting ?? { ok: true, message: (t) => t.proof.ok.replayTaken, warning: (t) => t.proof.hint.recordingOff };
    const outcome = await readBack(run, project.id, signal);
    return outcome.ok ? outcome : (waiting ?? outcome);
  },
});

async function sendWhenDue(run: Run, signal: AbortSignal): Promise<Fault | undefined> {
  const { clock } = run.outside.context;
  const { snapshotSentAt: sentAt } = run.found;
  if (sentAt !== undefined && clock.monotonic() - sentAt < sendAgainMs) return undefined;
  run.found.beforeSnapshot ??= await readMarks(run, signal);
  const body = snapshotBody(run.probe, tokenOf(run), run.target.url, clock.now());
  const response = await run.entry.send('replay', { method: 'POST', path: '/s/', headers: json, body }, signal);
  if (response.status !== 200 || !accepted(answerOf(response))) return unexpected(run, 'replay-capture', response);
  run.found.snapshotSentAt = clock.monotonic();
  return undefined;
}

/** Judged by the first snapshot: what is sent again later, or by others, waits anew. */
async function notYetTaken(run: Run, signal: AbortSignal): Promise<Fault | undefined> {
  const now = await readMarks(run, signal);
  const before = run.found.beforeSnapshot ?? now;
  if (run.found.snapshotArrived === undefined) {
    if (grown(snapshotTopic, before, now) === 0) {
      return {
        ok: false,
        message: (t) => t.proof.fault.notQueued(snapshotTopic),
        hint: logHint(run, 'replay-capture'),
      };
    }
    run.found.snapshotArrived = now;
  }
  const waiting = notYetRead(group, snapshotTopic, before, run.found.snapshotArrived, now);
  return waiting && { ...waiting, hint: logHint(run, 'replay-ingestion') };
}

async function readBack(run: Run, project: number, signal: AbortSignal): Promise<Outcome> {
  const { sessionId } = run.probe;
  const recording = `/api/projects/${project}/recordings/${sessionId}`;
  const headers = { 'x-internal-api-secret': run.credentials.internalApiSecret };
  const rows = Number(
    await query(run, `SELECT count() FROM posthog.session_replay_events WHERE session_id='${sessionId}'`, signal),
  );
  if (!(rows >= 1))
    return {
      ok: false,
      message: (t) => t.proof.fault.notStored,
      hint: logHint(run, 'replay-ingestion'),
      limitMs: refreshMs,
    };

  const listed = await run.pods.request(places.recordings, { path: `${recording}/blocks`, headers }, signal);
  const blocks = field(answerOf(listed), 'blocks') ?? answerOf(listed);
  if (listed.status !== 200 || !Array.isArray(blocks)) return unexpected(run, 'recording-api', listed);
  const [first] = blocks;
  if (first === undefined)
    return { ok: false, message: (t) => t.proof.fault.noBlocks, hint: logHint(run, 'recording-api') };

  const where = new URLSearchParams([
    ...block.map((key) => [key, String(field(first, key))]),
    ['decompress', 'true'],
  ] as [string, string][]);
  const played = await run.pods.request(places.recordings, { path: `${recording}/block?${where}`, headers }, signal);
  if (played.status !== 200 || played.body.trim() === '') return unexpected(run, 'recording-api', played);
  return { ok: true, message: (t) => t.proof.ok.replay };
}

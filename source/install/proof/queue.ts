/** From the SDK's request to what ingestion hands on: capture, broker, ingestion (stack-spec H.3, hops 1 to 3). */

import { type Marks, parseMarks } from '../../observe/backlog/marks.ts';
import { answerOf, hopId, json, logHint, needing, sending, unexpected } from './answers.ts';
import type { Fault, Hop, Leg } from './hop.ts';
import { behind, grown } from './marks.ts';
import { places } from './pods.ts';
import type { Run } from './run.ts';
import { field } from './text.ts';

const eventTopic = 'events_plugin_ingestion';
export const processedTopic = 'clickhouse_events_json';
const ingestionGroup = 'clickhouse-ingestion';

const answerMs = 60_000;
const eventMs = 180_000;
/** An event of no project is dropped at once, so nothing but reading it has to be waited for (stack-spec H.1: 30 s once it runs). */
const droppedMs = 60_000;

/** The broker's marks, now. */
export async function readMarks(run: Run, signal: AbortSignal): Promise<Marks> {
  const response = await run.pods.request(places.broker, { path: '/public_metrics' }, signal);
  if (response.status !== 200) throw new Error(`kafka: /public_metrics: ${response.status}`);
  return parseMarks(response.body);
}

/** The project's key; without an admin one that belongs to nobody, which capture takes and ingestion drops. */
export function tokenOf(run: Run): string {
  return run.account.project?.token ?? run.probe.strangeToken;
}

/** Sends the event. A repeated try sends it again: an answer that was lost says nothing about the event. */
export const captureHop = (leg: Leg, withAccount: boolean): Hop => ({
  id: hopId(leg, 'capture'),
  leg,
  needs: sending(leg, 'capture', withAccount),
  timeoutMs: answerMs,
  settles: leg === 'public',
  async run(run, signal) {
    run.found.beforeEvent ??= await readMarks(run, signal);
    const { event, id, distinctId } = run.probe;
    const body = JSON.stringify({
      api_key: tokenOf(run),
      event,
      distinct_id: distinctId,
      properties: { probe_id: id },
    });
    const response = await run.entry.send('capture', { method: 'POST', path: '/i/v0/e/', headers: json, body }, signal);
    if (response.status !== 200 || !accepted(answerOf(response))) return unexpected(run, 'capture', response);
    const { url } = run.target;
    return {
      ok: true,
      message: (t) => (leg === 'public' ? t.proof.ok.capturePublic(`${url}/i/v0/e/`) : t.proof.ok.capture),
    };
  },
});

/** capture says `{"status":1}`, newer ones `{"status":"Ok"}`. */
export function accepted(answer: unknown): boolean {
  const status = field(answer, 'status');
  return status === 1 || status === 'Ok';
}

export const topicHop = (leg: Leg): Hop => ({
  id: hopId(leg, 'topic'),
  leg,
  needs: needing(leg, 'topic', 'capture'),
  timeoutMs: answerMs,
  async run(run, signal) {
    const now = await readMarks(run, signal);
    if (grown(eventTopic, before(run), now) === 0) {
      return { ok: false, message: (t) => t.proof.fault.notQueued(eventTopic), hint: logHint(run, 'capture') };
    }
    run.found.arrived = now;
    return { ok: true, message: (t) => t.proof.ok.topic(eventTopic) };
  },
});

export const ingestionHop = (leg: Leg, withAccount: boolean): Hop => ({
  id: hopId(leg, 'ingestion'),
  leg,
  needs: needing(leg, 'ingestion', 'topic'),
  timeoutMs: withAccount ? eventMs : droppedMs,
  async run(run, signal) {
    const now = await readMarks(run, signal);
    const waiting = notYetRead(ingestionGroup, eventTopic, before(run), run.found.arrived ?? now, now);
    if (waiting) return { ...waiting, hint: logHint(run, 'ingestion') };
    if (withAccount && grown(processedTopic, before(run), now) === 0) {
      return { ok: false, message: (t) => t.proof.fault.notProcessed, hint: logHint(run, 'ingestion') };
    }
    run.found.passedOn = now;
    return { ok: true, message: (t) => (withAccount ? t.proof.ok.ingestion : t.proof.ok.ingestionDropped) };
  },
});

function before(run: Run): Marks {
  return run.found.beforeEvent ?? { topics: new Map(), groups: new Map(), members: new Map() };
}

/** What is wrong while a group has not read what arrived in a topic since `before`; undefined when it has. */
export function notYetRead(group: string, topic: string, before: Marks, arrived: Marks, now: Marks): Fault | undefined {
  const left = behind(group, topic, before, arrived, now);
  if (left === 0) return undefined;
  const started = now.groups.get(group)?.has(topic) === true;
  return {
    ok: false,
    message: (t) => (started ? t.proof.fault.behind(group, left) : t.proof.fault.neverRead(group, topic)),
  };
}

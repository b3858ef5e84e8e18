/** Feature flags and the SDKs' configuration (stack-spec H.1; H.3, hop 8). */
import { answerOf, hopId, isHtml, json, sending, unexpected } from './answers.ts';
import type { Hop, Leg } from './hop.ts';
import { tokenOf } from './queue.ts';
import { field } from './text.ts';

const answerMs = 60_000;

/** With a project: flags and configuration come. Without: the service refuses the strange key, for which it has asked its database. */
export const flagsHop = (leg: Leg, withAccount: boolean): Hop => ({
  id: hopId(leg, 'flags'),
  leg,
  needs: sending(leg, 'flags', withAccount),
  timeoutMs: answerMs,
  settles: leg === 'public',
  async run(run, signal) {
    const path = withAccount ? '/flags/?v=2&config=true' : '/flags/?v=2';
    const body = JSON.stringify({ api_key: tokenOf(run), distinct_id: run.probe.distinctId });
    const response = await run.entry.send('flags', { method: 'POST', path, headers: json, body }, signal);
    const answer = answerOf(response);
    if (!withAccount) {
      if (response.status !== 401 || answer === undefined) return unexpected(run, 'feature-flags', response);
      return { ok: true, message: (t) => t.proof.ok.flagsRefuse };
    }
    if (response.status !== 200 || answer === undefined) return unexpected(run, 'feature-flags', response);
    if (run.account.project?.recording && !isObject(field(answer, 'sessionRecording'))) {
      return { ok: false, message: (t) => t.proof.fault.configStale, hint: (t) => t.proof.hint.sync(run.target.app) };
    }
    return { ok: true, message: (t) => t.proof.ok.flags };
  },
});

/** With a project: its configuration. Without: an empty 404, which only hypercache gives; a page would be web's. */
export const configHop = (leg: Leg, withAccount: boolean): Hop => ({
  id: hopId(leg, 'config'),
  leg,
  needs: sending(leg, 'config', withAccount),
  timeoutMs: answerMs,
  settles: leg === 'public',
  async run(run, signal) {
    const response = await run.entry.send('hypercache', { path: `/array/${tokenOf(run)}/config` }, signal);
    if (!withAccount) {
      if (response.status !== 404 || isHtml(response) || response.body.trim() !== '')
        return unexpected(run, 'feature-flags', response);
      return { ok: true, message: (t) => t.proof.ok.configRefuse };
    }
    if (response.status === 404 && response.body.trim() === '') {
      return { ok: false, message: (t) => t.proof.fault.configMissing, hint: (t) => t.proof.hint.sync(run.target.app) };
    }
    if (response.status !== 200 || !isObject(answerOf(response))) return unexpected(run, 'feature-flags', response);
    return { ok: true, message: (t) => t.proof.ok.config };
  },
});

const isObject = (value: unknown) => value !== null && typeof value === 'object';

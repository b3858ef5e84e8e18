/** The web tier: its own checks, the admin's project, and what users would see (stack-spec H.1; H.3, hops 6 and 7). */
import type { HttpRequest } from '../../cluster/types.ts';
import { ownSecrets } from '../../stack/render.ts';
import { answerOf, hopId, logHint, needing, unexpected } from './answers.ts';
import type { Hop, Leg } from './hop.ts';
import type { Project, Run } from './run.ts';
import { field } from './text.ts';

const startMs = 180_000;
const eventMs = 180_000;

/** Parts that `/_preflight` names (posthog-stack 1.3). */
const preflightParts = ['django', 'redis', 'plugins', 'celery', 'clickhouse', 'kafka', 'db', 'object_storage'] as const;

/** Web answers, and everything behind it answers web. Worker and plugins may need minutes after a start. */
export const webHop: Hop = {
  id: 'web',
  leg: 'inside',
  needs: [],
  timeoutMs: startMs,
  async run(run, signal) {
    const ask = (path: string) => run.entry.send('web', { path }, signal);
    const health = await ask('/_health');
    if (health.status !== 200) return unexpected(run, 'web', health);
    const ready = await ask('/_readyz');
    const checks = answerOf(ready);
    if (checks === undefined) return unexpected(run, 'web', ready);
    const preflight = await ask('/_preflight');
    const parts = answerOf(preflight);
    if (preflight.status !== 200 || parts === undefined) return unexpected(run, 'web', preflight);
    const down = [
      ...Object.entries(checks as object)
        .filter(([, fine]) => fine === false)
        .map(([name]) => name),
      ...preflightParts.filter((name) => field(parts, name) === false),
    ];
    if (ready.status === 200 && down.length === 0) return { ok: true, message: (t) => t.proof.ok.web };
    return { ok: false, message: (t) => t.proof.fault.parts([...new Set(down)].join(', ')), hint: logHint(run, 'web') };
  },
};

/** A request as the admin, by the kept key. */
export function asAdmin(run: Run, request: HttpRequest, signal: AbortSignal) {
  const headers = {
    authorization: `Bearer ${run.credentials.apiKey ?? ''}`,
    accept: 'application/json',
    ...request.headers,
  };
  return run.entry.send('web', { ...request, headers }, signal);
}

/** The project that the probe is sent to. */
export const accountHop: Hop = {
  id: 'account',
  leg: 'inside',
  needs: [],
  timeoutMs: 60_000,
  async run(run, signal) {
    const secret = ownSecrets(run.target.app).admin;
    if (run.credentials.apiKey === undefined) {
      return { ok: false, limitMs: 0, message: (t) => t.proof.fault.noKey(secret), hint: (t) => t.proof.hint.newKey };
    }
    const response = await asAdmin(run, { path: '/api/users/@me/' }, signal);
    if (response.status === 401 || response.status === 403) {
      return {
        ok: false,
        limitMs: 0,
        message: (t) => t.proof.fault.keyRefused(secret),
        hint: (t) => t.proof.hint.newKey,
      };
    }
    const team = field(answerOf(response), 'team');
    const id = field(team, 'id');
    const token = field(team, 'api_token');
    if (typeof id !== 'number' || typeof token !== 'string') return unexpected(run, 'web', response);
    const name = run.clean(String(field(team, 'name') ?? id));
    const project: Project = { id, token, name, recording: await recordingOf(run, id, signal) };
    run.account.project = project;
    return { ok: true, message: (t) => t.proof.ok.account(name) };
  },
};

async function recordingOf(run: Run, project: number, signal: AbortSignal): Promise<boolean | undefined> {
  const response = await asAdmin(run, { path: `/api/projects/${project}/` }, signal);
  const recording = field(answerOf(response), 'session_recording_opt_in');
  return typeof recording === 'boolean' ? recording : undefined;
}

/** What the user would see in the product: the events API goes through HogQL, and that through PersonHog. */
export const queryHop = (leg: Leg): Hop => ({
  id: hopId(leg, 'query'),
  leg,
  needs: needing(leg, 'query', 'row'),
  timeoutMs: eventMs,
  settles: leg === 'public',
  async run(run, signal) {
    const { event, id } = run.probe;
    const response = await asAdmin(
      run,
      { path: `/api/projects/${run.account.project?.id}/events/?event=${event}` },
      signal,
    );
    const results = field(answerOf(response), 'results');
    if (response.status === 500)
      return { ok: false, message: (t) => t.proof.fault.queryFailed, hint: logHint(run, 'personhog') };
    if (response.status !== 200 || !Array.isArray(results)) return unexpected(run, 'web', response);
    if (!results.some((row) => field(row, 'event') === event && field(row, 'properties', 'probe_id') === id)) {
      return { ok: false, message: (t) => t.proof.fault.notListed, hint: logHint(run, 'web') };
    }
    return { ok: true, message: (t) => t.proof.ok.query };
  },
});

/** The pick lists of the product know the event; only inside, because the name stays known. */
export const definitionsHop: Hop = {
  id: 'definitions',
  leg: 'inside',
  needs: ['ingestion'],
  timeoutMs: eventMs,
  async run(run, signal) {
    const { event } = run.probe;
    const response = await asAdmin(
      run,
      { path: `/api/projects/${run.account.project?.id}/event_definitions/?search=${event}` },
      signal,
    );
    const results = field(answerOf(response), 'results');
    if (response.status !== 200 || !Array.isArray(results)) return unexpected(run, 'web', response);
    if (!results.some((row) => field(row, 'name') === event)) {
      return { ok: false, message: (t) => t.proof.fault.undefinedEvent(event), hint: logHint(run, 'property-defs') };
    }
    return { ok: true, message: (t) => t.proof.ok.definitions };
  },
};

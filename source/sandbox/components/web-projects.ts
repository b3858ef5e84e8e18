/** What the product shows of a project: its settings, events and their definitions. */
import { json, type WebRequest, type WebResponse } from './host.ts';
import type { User } from './web-accounts.ts';
import type { Backend } from './web-backend.ts';

export async function answerProject(
  backend: Backend,
  request: WebRequest,
  user: User,
  id: number,
  rest: string,
): Promise<WebResponse> {
  if (rest === '') return settings(backend, request, id);
  if (rest.startsWith('events')) return events(backend, request.query.get('event') ?? '', user);
  if (!rest.startsWith('event_definitions')) return json(404, { detail: 'Endpoint not found.' });
  const like = `%${request.query.get('search') ?? ''}%`;
  const found = await backend.sql((sql) =>
    sql.query('SELECT name FROM posthog_eventdefinition WHERE team_id = $1 AND name LIKE $2', [id, like]),
  );
  return json(200, { count: found.length, results: found });
}

async function settings(backend: Backend, { method, body }: WebRequest, id: number): Promise<WebResponse> {
  if (method === 'PATCH') {
    const { session_recording_opt_in: recording } = JSON.parse(body) as { session_recording_opt_in?: boolean };
    if (recording !== undefined)
      await backend.sql((sql) =>
        sql.query('UPDATE posthog_team SET session_recording_opt_in = $1 WHERE id = $2', [recording, id]),
      );
  }
  const [team] = await backend.sql((sql) =>
    sql.query('SELECT id, name, api_token, session_recording_opt_in FROM posthog_team WHERE id = $1', [id]),
  );
  return team
    ? json(200, {
        ...team,
        id: Number(team['id']),
        session_recording_opt_in: Boolean(team['session_recording_opt_in']),
      })
    : json(404, { detail: 'Not found.' });
}

/** Every query of the product asks PersonHog for group types first (stack-spec A). */
async function events(backend: Backend, event: string, user: User): Promise<WebResponse> {
  const [name = '', port = '50052'] = backend.env('PERSONHOG_ADDR').split(':');
  if (name === '') throw new Error('personhog client not configured');
  await backend.host.text(name, Number(port));
  // Queries by key and queries of the user interface go as users of their own (posthog-stack 3.2).
  const body = await backend.clickhouse(
    `SELECT event, distinct_id, timestamp, properties FROM posthog.events WHERE event='${event.replace(/[^\w$-]/g, '')}' FORMAT JSONEachRow`,
    user.byKey ? 'API' : 'APP',
  );
  const results = body
    .split('\n')
    .filter(Boolean)
    .map((row) => JSON.parse(row) as { properties: string })
    .map((row) => ({ ...row, properties: JSON.parse(row.properties) as object }));
  return json(200, { next: null, results });
}

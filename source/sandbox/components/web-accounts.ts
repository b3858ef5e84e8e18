/** Who may do what in the web tier: the first signup, sessions, keys. */
import { json, type WebRequest, type WebResponse } from './host.ts';
import type { Backend } from './web-backend.ts';

export interface User {
  readonly id: number;
  readonly byKey: boolean;
}

export async function hasOrganization(backend: Backend): Promise<boolean> {
  return (await backend.sql((sql) => sql.query('SELECT 1 FROM posthog_organization LIMIT 1'))).length > 0;
}

/**
 * Refuses a request of a browser that comes from another site, or whose Secure cookies would not have been sent. Texts:
 * stack-spec I, rule 42.
 */
export function crossSite(backend: Backend, { headers }: WebRequest): WebResponse | undefined {
  const site = backend.env('SITE_URL');
  const refuse = (why: string) =>
    json(403, { type: 'authentication_error', code: 'permission_denied', detail: `CSRF Failed: ${why}` });
  if (headers['x-forwarded-proto'] !== 'https' && site.startsWith('https:'))
    return refuse('CSRF verification failed. Request aborted.');
  const { origin, referer = '' } = headers;
  if (origin !== undefined && origin !== site)
    return refuse(`Origin checking failed - ${origin} does not match any trusted origins.`);
  const cookie = /posthog_csrftoken=([^;]+)/.exec(headers['cookie'] ?? '')?.[1];
  return cookie && cookie === headers['x-csrftoken'] && (referer === site || referer.startsWith(`${site}/`))
    ? undefined
    : refuse('CSRF verification failed. Request aborted.');
}

export async function signUp(backend: Backend, { body }: WebRequest): Promise<WebResponse> {
  const {
    email = '',
    password = '',
    first_name: name = '',
    organization_name: organization = '',
  } = JSON.parse(body) as Record<string, string>;
  if (await hasOrganization(backend))
    return json(403, { type: 'permission_denied', detail: 'New organizations cannot be created in this instance.' });
  if (password.length < 8)
    return json(400, {
      type: 'validation_error',
      code: 'password_too_short',
      attr: 'password',
      detail: 'This password is too short.',
    });
  const id = await backend.sql(async (sql) => {
    const [org] = await sql.query('INSERT INTO posthog_organization (name) VALUES ($1) RETURNING id', [organization]);
    const [made] = await sql.query(
      'INSERT INTO posthog_user (email, password, first_name) VALUES ($1, md5($2), $3) RETURNING id',
      [email, password, name],
    );
    await sql.query('INSERT INTO posthog_team (name, api_token, organization_id) VALUES ($1, $2, $3)', [
      'Default project',
      `phc_${backend.host.randomHex(22).slice(0, 43)}`,
      org?.['id'],
    ]);
    return Number(made?.['id']);
  });
  return json(
    201,
    { id, email, first_name: name, redirect_url: '/' },
    { 'set-cookie': await openSession(backend, id) },
  );
}

export async function logIn(backend: Backend, { body }: WebRequest): Promise<WebResponse> {
  const { email = '', password = '' } = JSON.parse(body) as Record<string, string>;
  const [found] = await backend.sql((sql) =>
    sql.query('SELECT id FROM posthog_user WHERE email = $1 AND password = md5($2)', [email, password]),
  );
  if (!found)
    return json(400, { type: 'validation_error', code: 'invalid_credentials', detail: 'Invalid email or password.' });
  return json(200, { success: true }, { 'set-cookie': await openSession(backend, Number(found['id'])) });
}

async function openSession(backend: Backend, user: number): Promise<string> {
  const session = backend.host.randomHex(16);
  await backend.sql((sql) =>
    sql.query('INSERT INTO django_session (session_key, user_id) VALUES ($1, $2)', [session, user]),
  );
  return `sessionid=${session}; Path=/; HttpOnly; Secure; SameSite=Lax`;
}

/** Whom a key or a session belongs to. */
export async function userOf(backend: Backend, { headers }: WebRequest): Promise<User | undefined> {
  const key = /^Bearer (phx_\w+)$/.exec(headers['authorization'] ?? '')?.[1];
  const session = /sessionid=(\w+)/.exec(headers['cookie'] ?? '')?.[1];
  if (key) {
    const [found] = await backend.sql((sql) =>
      sql.query('SELECT user_id FROM posthog_personalapikey WHERE secure_value = md5($1)', [key]),
    );
    return found && { id: Number(found['user_id']), byKey: true };
  }
  if (!session) return undefined;
  const [found] = await backend.sql((sql) =>
    sql.query('SELECT user_id FROM django_session WHERE session_key = $1', [session]),
  );
  return found && { id: Number(found['user_id']), byKey: false };
}

export async function whoAmI(backend: Backend, id: number): Promise<object> {
  const [[user], [team]] = await backend.sql(async (sql) => [
    await sql.query('SELECT email, first_name FROM posthog_user WHERE id = $1', [id]),
    await sql.query('SELECT id, name, api_token FROM posthog_team ORDER BY id LIMIT 1'),
  ]);
  return {
    uuid: String(id),
    ...user,
    team: team && { id: Number(team['id']), name: team['name'], api_token: team['api_token'] },
  };
}

/** Personal API keys: made, listed, taken back; the value is told once. */
export async function answerKeys(
  backend: Backend,
  { method, body, path }: WebRequest,
  user: number,
): Promise<WebResponse> {
  if (method === 'POST') {
    const { label = '' } = JSON.parse(body) as { label?: string };
    const value = `phx_${backend.host.randomHex(24)}`;
    const [made] = await backend.sql((sql) =>
      sql.query(
        'INSERT INTO posthog_personalapikey (label, secure_value, user_id) VALUES ($1, md5($2), $3) RETURNING id',
        [label, value, user],
      ),
    );
    return json(201, { id: String(made?.['id']), label, value });
  }
  if (method === 'DELETE') {
    await backend.sql((sql) =>
      sql.query('DELETE FROM posthog_personalapikey WHERE id = $1', [Number(path.split('/')[3])]),
    );
    return { status: 204, body: '' };
  }
  const keys = await backend.sql((sql) =>
    sql.query('SELECT id, label FROM posthog_personalapikey WHERE user_id = $1', [user]),
  );
  return json(
    200,
    keys.map((key) => ({ ...key, id: String(key['id']) })),
  );
}

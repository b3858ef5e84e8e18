/** The web tier: probes, preflight, the first signup, keys and what the product lists. */

import { Exit, type Host, json, need, plain, type Sql, type WebRequest, type WebResponse } from './host.ts';
import { django as log } from './logs.ts';
import { queueAt } from './queue.ts';
import { bucketOf, withRedis, withSql } from './stores.ts';

/** Of the group WEB, what the process refuses to start without (posthog-stack 1.1). */
const required = [
  'SECRET_KEY',
  'ENCRYPTION_SALT_KEYS',
  'DATABASE_URL',
  'REDIS_URL',
  'KAFKA_HOSTS',
  'CLICKHOUSE_HOST',
  'SITE_URL',
];
const drainMarker = '/tmp/posthog_prestop';
const heartbeatKey = 'POSTHOG_HEARTBEAT';
const silentAfterS = 300;

export function needWebEnv(host: Host): void {
  for (const name of required)
    need(
      host,
      name,
      (missing) =>
        `django.core.exceptions.ImproperlyConfigured: The environment var "${missing}" is required to run this application`,
    );
  if (host.env['ENCRYPTION_SALT_KEYS']?.length === 32) return;
  host.log('ENCRYPTION_SALT_KEYS must be exactly 32 bytes long');
  throw new Exit(1);
}

export async function runWeb(host: Host): Promise<void> {
  needWebEnv(host);
  const web = new Web(host);
  await host.serve(8000, (request) => web.answer(request));
  await host.serve(8001, async () => plain(200, ''));
  host.log('[INFO] Starting granian (main PID: 1)');
  host.log('[INFO] Listening at: http://0.0.0.0:8000');
}

class Web {
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  #env(name: string): string {
    return this.#host.env[name] ?? '';
  }

  #sql<T>(use: (sql: Sql) => Promise<T>): Promise<T> {
    return withSql(this.#host, this.#env('DATABASE_URL'), use);
  }

  async answer(request: WebRequest): Promise<WebResponse> {
    const { path } = request;
    try {
      if (path === '/_livez') return json(200, { http: true });
      if (path === '/_readyz') return await this.#ready(request.query.get('role'));
      if (path === '/_health')
        return (await this.#migrated()) ? plain(200, 'ok') : plain(503, 'Migrations are not up to date');
      if (path === '/_preflight' || path === '/_preflight/') return json(200, await this.#preflight());
      if (path.startsWith('/api/')) return await this.#api(request);
      return this.#page(request);
    } catch (error) {
      log(this.#host, 'error', (error as Error).message, { exception: (error as Error).stack });
      return json(500, { type: 'server_error', detail: 'A server error occurred.' });
    }
  }

  async #ready(role: string | null): Promise<WebResponse> {
    const draining = (await this.#host.read(drainMarker)) !== undefined;
    const checks = {
      http: true,
      postgres: await this.#check(() => this.#sql((sql) => sql.query('SELECT 1'))),
      cache: await this.#check(() => this.#redis('PING')),
      ...(role === 'web'
        ? {}
        : {
            clickhouse: await this.#check(() => this.#clickhouse('SELECT 1')),
            postgres_migrations_uptodate: await this.#migrated(),
            celery_broker: await this.#check(() => this.#redis('PING')),
          }),
    };
    return json(!draining && Object.values(checks).every(Boolean) ? 200 : 503, checks);
  }

  async #check(ask: () => Promise<unknown>): Promise<boolean> {
    return ask().then(
      (answer) => answer !== false,
      () => false,
    );
  }

  #redis(...words: readonly string[]): Promise<unknown> {
    return withRedis(this.#host, this.#env('REDIS_URL'), (redis) => redis.command(...words));
  }

  async #clickhouse(sql: string): Promise<string> {
    const headers = {
      'x-clickhouse-user': this.#env('CLICKHOUSE_USER'),
      'x-clickhouse-key': this.#env('CLICKHOUSE_PASSWORD'),
    };
    const { status, body } = await this.#host.fetch(`http://${this.#env('CLICKHOUSE_HOST')}:8123/`, {
      method: 'POST',
      headers,
      body: sql,
    });
    if (status !== 200) throw new Error(body);
    return body;
  }

  #migrated(): Promise<boolean> {
    return this.#check(
      async () =>
        (await this.#sql((sql) => sql.query("SELECT 1 FROM django_migrations WHERE name = 'stub_complete'"))).length >
        0,
    );
  }

  /** Plugins are asked themselves: a dead process cannot look alive. */
  async #preflight(): Promise<object> {
    const plugins = await this.#check(
      async () => (await this.#host.fetch(`${this.#env('CDP_API_URL')}/_health`, { timeoutMs: 3_000 })).status === 200,
    );
    const celery = await this.#check(
      async () => this.#host.now() / 1000 - Number(await this.#redis('GET', heartbeatKey)) < silentAfterS,
    );
    const initiated = await this.#hasOrganization().catch(() => false);
    return {
      django: true,
      redis: await this.#check(() => this.#redis('PING')),
      plugins,
      celery,
      clickhouse: await this.#check(() => this.#clickhouse('SELECT 1')),
      kafka: await this.#check(() => queueAt(this.#host, this.#env('KAFKA_HOSTS')).topics()),
      db: await this.#check(() => this.#sql((sql) => sql.query('SELECT 1'))),
      initiated,
      can_create_org: !initiated,
      cloud: false,
      realm: 'hosted-clickhouse',
      email_service_available: this.#env('EMAIL_HOST') !== '',
      object_storage: await this.#check(() => bucketOf(this.#host, 'OBJECT_STORAGE').head()),
    };
  }

  async #hasOrganization(): Promise<boolean> {
    return (await this.#sql((sql) => sql.query('SELECT 1 FROM posthog_organization LIMIT 1'))).length > 0;
  }

  #page(request: WebRequest): WebResponse {
    const page = { 'content-type': 'text/html; charset=utf-8' };
    const csrf = /posthog_csrftoken=/.test(request.headers['cookie'] ?? '')
      ? {}
      : { 'set-cookie': `posthog_csrftoken=${this.#host.randomHex(16)}; Path=/; Secure; SameSite=Lax` };
    return {
      status: 200,
      headers: { ...page, ...csrf },
      body: '<!DOCTYPE html><html><head><title>PostHog</title></head><body></body></html>',
    };
  }

  async #api(request: WebRequest): Promise<WebResponse> {
    const { path, method } = request;
    const user = await this.#user(request);
    if (method !== 'GET' && !user?.byKey) {
      const refused = this.#crossSite(request);
      if (refused) return refused;
    }
    if (path === '/api/signup/' && method === 'POST') return this.#signup(request);
    if (path === '/api/login/' && method === 'POST') return this.#login(request);
    if (!user)
      return json(401, {
        type: 'authentication_error',
        code: 'not_authenticated',
        detail: 'Authentication credentials were not provided.',
      });
    if (path === '/api/users/@me/') return json(200, await this.#me(user.id));
    if (path.startsWith('/api/personal_api_keys/')) return this.#keys(request, user.id);
    const project = /^\/api\/(?:projects|environments)\/(\d+)\/(.*)$/.exec(path);
    return project
      ? this.#project(request, Number(project[1]), project[2] as string)
      : json(404, { detail: 'Endpoint not found.' });
  }

  /** Text: stack-spec I, rule 42. */
  #crossSite({ headers }: WebRequest): WebResponse | undefined {
    const cookie = /posthog_csrftoken=([^;]+)/.exec(headers['cookie'] ?? '')?.[1];
    const sameSite = headers['referer']?.startsWith(this.#env('SITE_URL')) ?? false;
    return cookie && cookie === headers['x-csrftoken'] && sameSite
      ? undefined
      : json(403, { type: 'authentication_error', detail: 'CSRF Failed: CSRF verification failed. Request aborted.' });
  }

  async #signup({ body }: WebRequest): Promise<WebResponse> {
    const {
      email = '',
      password = '',
      first_name: name = '',
      organization_name: organization = '',
    } = JSON.parse(body) as Record<string, string>;
    if (await this.#hasOrganization())
      return json(403, { type: 'permission_denied', detail: 'New organizations cannot be created in this instance.' });
    if (password.length < 8)
      return json(400, {
        type: 'validation_error',
        code: 'password_too_short',
        attr: 'password',
        detail: 'This password is too short.',
      });
    const id = await this.#sql(async (sql) => {
      const [org] = await sql.query('INSERT INTO posthog_organization (name) VALUES ($1) RETURNING id', [organization]);
      const [made] = await sql.query(
        'INSERT INTO posthog_user (email, password, first_name) VALUES ($1, md5($2), $3) RETURNING id',
        [email, password, name],
      );
      await sql.query('INSERT INTO posthog_team (name, api_token, organization_id) VALUES ($1, $2, $3)', [
        'Default project',
        `phc_${this.#host.randomHex(22).slice(0, 43)}`,
        org?.['id'],
      ]);
      return Number(made?.['id']);
    });
    return json(201, { id, email, first_name: name, redirect_url: '/' }, { 'set-cookie': await this.#session(id) });
  }

  async #login({ body }: WebRequest): Promise<WebResponse> {
    const { email = '', password = '' } = JSON.parse(body) as Record<string, string>;
    const [found] = await this.#sql((sql) =>
      sql.query('SELECT id FROM posthog_user WHERE email = $1 AND password = md5($2)', [email, password]),
    );
    if (!found)
      return json(400, { type: 'validation_error', code: 'invalid_credentials', detail: 'Invalid email or password.' });
    return json(200, { success: true }, { 'set-cookie': await this.#session(Number(found['id'])) });
  }

  async #session(user: number): Promise<string> {
    const session = this.#host.randomHex(16);
    await this.#sql((sql) =>
      sql.query('INSERT INTO django_session (session_key, user_id) VALUES ($1, $2)', [session, user]),
    );
    return `sessionid=${session}; Path=/; HttpOnly; Secure; SameSite=Lax`;
  }

  async #user({ headers }: WebRequest): Promise<{ readonly id: number; readonly byKey: boolean } | undefined> {
    const key = /^Bearer (phx_\w+)$/.exec(headers['authorization'] ?? '')?.[1];
    const session = /sessionid=(\w+)/.exec(headers['cookie'] ?? '')?.[1];
    if (key) {
      const [found] = await this.#sql((sql) =>
        sql.query('SELECT user_id FROM posthog_personalapikey WHERE secure_value = md5($1)', [key]),
      );
      return found && { id: Number(found['user_id']), byKey: true };
    }
    if (!session) return undefined;
    const [found] = await this.#sql((sql) =>
      sql.query('SELECT user_id FROM django_session WHERE session_key = $1', [session]),
    );
    return found && { id: Number(found['user_id']), byKey: false };
  }

  async #me(id: number): Promise<object> {
    const [[user], [team]] = await this.#sql(async (sql) => [
      await sql.query('SELECT email, first_name FROM posthog_user WHERE id = $1', [id]),
      await sql.query('SELECT id, name, api_token FROM posthog_team ORDER BY id LIMIT 1'),
    ]);
    return {
      uuid: String(id),
      ...user,
      team: team && { id: Number(team['id']), name: team['name'], api_token: team['api_token'] },
    };
  }

  async #keys({ method, body, path }: WebRequest, user: number): Promise<WebResponse> {
    if (method === 'POST') {
      const { label = '' } = JSON.parse(body) as { label?: string };
      const value = `phx_${this.#host.randomHex(24)}`;
      const [made] = await this.#sql((sql) =>
        sql.query(
          'INSERT INTO posthog_personalapikey (label, secure_value, user_id) VALUES ($1, md5($2), $3) RETURNING id',
          [label, value, user],
        ),
      );
      return json(201, { id: String(made?.['id']), label, value });
    }
    if (method === 'DELETE') {
      await this.#sql((sql) =>
        sql.query('DELETE FROM posthog_personalapikey WHERE id = $1', [Number(path.split('/')[3])]),
      );
      return { status: 204, body: '' };
    }
    const keys = await this.#sql((sql) =>
      sql.query('SELECT id, label FROM posthog_personalapikey WHERE user_id = $1', [user]),
    );
    return json(
      200,
      keys.map((key) => ({ ...key, id: String(key['id']) })),
    );
  }

  async #project(request: WebRequest, id: number, rest: string): Promise<WebResponse> {
    if (rest === '') {
      if (request.method === 'PATCH') {
        const { session_recording_opt_in: recording } = JSON.parse(request.body) as {
          session_recording_opt_in?: boolean;
        };
        if (recording !== undefined)
          await this.#sql((sql) =>
            sql.query('UPDATE posthog_team SET session_recording_opt_in = $1 WHERE id = $2', [recording, id]),
          );
      }
      const [team] = await this.#sql((sql) =>
        sql.query('SELECT id, name, api_token, session_recording_opt_in FROM posthog_team WHERE id = $1', [id]),
      );
      return team ? json(200, { ...team, id: Number(team['id']) }) : json(404, { detail: 'Not found.' });
    }
    if (rest.startsWith('events')) return this.#events(request.query.get('event') ?? '');
    if (rest.startsWith('event_definitions')) {
      const found = await this.#sql((sql) =>
        sql.query('SELECT name FROM posthog_eventdefinition WHERE team_id = $1 AND name LIKE $2', [
          id,
          `%${request.query.get('search') ?? ''}%`,
        ]),
      );
      return json(200, { count: found.length, results: found });
    }
    return json(404, { detail: 'Endpoint not found.' });
  }

  /** Every query of the product asks PersonHog for group types first (stack-spec A). */
  async #events(event: string): Promise<WebResponse> {
    const [name = '', port = '50052'] = this.#env('PERSONHOG_ADDR').split(':');
    if (name === '') throw new Error('personhog client not configured');
    await this.#host.text(name, Number(port));
    const rows = (
      await this.#clickhouse(
        `SELECT event, distinct_id, timestamp, properties FROM posthog.events WHERE event='${event.replace(/[^\w$-]/g, '')}' FORMAT JSONEachRow`,
      )
    )
      .split('\n')
      .filter(Boolean);
    const results = rows
      .map((row) => JSON.parse(row) as { properties: string })
      .map((row) => ({ ...row, properties: JSON.parse(row.properties) as object }));
    return json(200, { next: null, results });
  }
}

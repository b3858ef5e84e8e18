/** The web tier: probes, preflight, pages, and who answers the rest. */
import { type Host, json, plain, type WebRequest, type WebResponse } from './host.ts';
import { django as log } from './logs.ts';
import { brokerAnswers } from './queue.ts';
import { bucketOf } from './stores.ts';
import { answerKeys, crossSite, hasOrganization, logIn, signUp, userOf, whoAmI } from './web-accounts.ts';
import { type Backend, backendOf, needWebEnv, works } from './web-backend.ts';
import { answerProject } from './web-projects.ts';

const drainMarker = '/tmp/posthog_prestop';
const heartbeatKey = 'POSTHOG_HEARTBEAT';
const silentAfterS = 300;

export async function runWeb(host: Host): Promise<void> {
  needWebEnv(host);
  const backend = backendOf(host);
  await host.serve(8000, (request) => answer(backend, request));
  await host.serve(8001, async () => plain(200, ''));
  host.log('[INFO] Starting granian (main PID: 1)');
  host.log('[INFO] Listening at: http://0.0.0.0:8000');
}

async function answer(backend: Backend, request: WebRequest): Promise<WebResponse> {
  const { path } = request;
  try {
    if (path === '/_livez') return json(200, { http: true });
    if (path === '/_readyz') return await ready(backend, request.query.get('role'));
    if (path === '/_health')
      return (await works(() => migrated(backend))) ? plain(200, 'ok') : plain(503, 'Migrations are not up to date');
    if (path === '/_preflight' || path === '/_preflight/') return json(200, await preflight(backend));
    if (path.startsWith('/api/')) return await api(backend, request);
    return page(backend, request);
  } catch (error) {
    log(backend.host, 'error', (error as Error).message, { exception: (error as Error).stack });
    return json(500, { type: 'server_error', code: 'error', detail: 'A server error occurred.' });
  }
}

/** Which checks belong to which role: posthog-stack 1.3. */
async function ready(backend: Backend, role: string | null): Promise<WebResponse> {
  const postgres = () => backend.sql((sql) => sql.query('SELECT 1'));
  const checks: Readonly<Record<string, () => Promise<unknown>>> = {
    http: async () => true,
    postgres,
    ...(role === 'worker' ? {} : { cache: () => backend.redis('PING') }),
    ...(role === 'web'
      ? {}
      : { clickhouse: () => backend.clickhouse('SELECT 1'), celery_broker: () => backend.redis('PING') }),
    ...(role === null ? { postgres_flags: postgres, postgres_migrations_uptodate: () => migrated(backend) } : {}),
  };
  const results = Object.fromEntries(
    await Promise.all(Object.entries(checks).map(async ([name, check]) => [name, await works(check)] as const)),
  );
  const draining = (await backend.host.read(drainMarker)) !== undefined;
  return json(!draining && Object.values(results).every(Boolean) ? 200 : 503, results);
}

async function migrated({ sql }: Backend): Promise<boolean> {
  const found = await sql((each) => each.query("SELECT 1 FROM django_migrations WHERE name = 'stub_complete'"));
  return found.length > 0;
}

async function preflight(backend: Backend): Promise<object> {
  const { host, env } = backend;
  // Plugins are asked themselves: a dead process cannot look alive.
  const plugins = async () => (await host.fetch(`${env('CDP_API_URL')}/_health`, { timeoutMs: 3_000 })).status === 200;
  const celery = async () => host.now() / 1000 - Number(await backend.redis('GET', heartbeatKey)) < silentAfterS;
  const initiated = await works(() => hasOrganization(backend));
  return {
    django: true,
    redis: await works(() => backend.redis('PING')),
    plugins: await works(plugins),
    celery: await works(celery),
    clickhouse: await works(() => backend.clickhouse('SELECT 1')),
    kafka: await works(() => brokerAnswers(host, env('KAFKA_HOSTS'))),
    db: await works(() => backend.sql((sql) => sql.query('SELECT 1'))),
    initiated,
    can_create_org: !initiated,
    cloud: false,
    realm: 'hosted-clickhouse',
    email_service_available: env('EMAIL_HOST') !== '',
    object_storage: await works(() => bucketOf(host, 'OBJECT_STORAGE').head()),
  };
}

/** Whatever is nothing else is the single page of the product. */
function page({ host }: Backend, { headers }: WebRequest): WebResponse {
  const csrf = /posthog_csrftoken=/.test(headers['cookie'] ?? '')
    ? {}
    : { 'set-cookie': `posthog_csrftoken=${host.randomHex(16)}; Path=/; Secure; SameSite=Lax` };
  return {
    status: 200,
    headers: { 'content-type': 'text/html; charset=utf-8', ...csrf },
    body: '<!DOCTYPE html><html><head><title>PostHog</title></head><body></body></html>',
  };
}

async function api(backend: Backend, request: WebRequest): Promise<WebResponse> {
  const { path, method } = request;
  const user = await userOf(backend, request);
  const refused = method === 'GET' || user?.byKey ? undefined : crossSite(backend, request);
  if (refused) return refused;
  if (path === '/api/signup/' && method === 'POST') return signUp(backend, request);
  if (path === '/api/login/' && method === 'POST') return logIn(backend, request);
  if (!user)
    return json(401, {
      type: 'authentication_error',
      code: 'not_authenticated',
      detail: 'Authentication credentials were not provided.',
    });
  if (path === '/api/users/@me/') return json(200, await whoAmI(backend, user.id));
  if (path.startsWith('/api/personal_api_keys/')) return answerKeys(backend, request, user.id);
  const project = /^\/api\/(?:projects|environments)\/(\d+)\/(.*)$/.exec(path);
  return project
    ? answerProject(backend, request, user, Number(project[1]), project[2] as string)
    : json(404, { detail: 'Endpoint not found.' });
}

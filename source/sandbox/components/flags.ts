/** feature-flags and hypercache: small services that know projects by their key. */
import { type Host, json, need, plain, type WebResponse } from './host.ts';
import { rustNested as log } from './logs.ts';
import { withRedis, withSql } from './stores.ts';

const cors = { 'access-control-allow-origin': '*' };

interface Team {
  readonly id: number;
  readonly session_recording_opt_in: boolean;
}

export async function teamOf(host: Host, databaseUrl: string, token: string): Promise<Team | undefined> {
  const rows = await withSql(host, databaseUrl, (sql) =>
    sql.query('SELECT id, session_recording_opt_in FROM posthog_team WHERE api_token = $1', [token]),
  );
  return rows[0] as unknown as Team | undefined;
}

/** What SDKs are told to do (stack-spec H.3, hop 8). */
const configOf = (token: string, team: Team) => ({
  token,
  sessionRecording: team.session_recording_opt_in ? { endpoint: '/s/' } : false,
  heatmaps: true,
  capturePerformance: false,
});

export async function runFlags(host: Host): Promise<void> {
  const complain = (name: string) => `thread 'main' panicked at feature_flags: missing environment variable ${name}`;
  const database = need(host, 'READ_DATABASE_URL', complain, 101);
  const redis = need(host, 'REDIS_URL', complain, 101);
  need(host, 'MAXMIND_DB_PATH', complain, 101);
  await host.serve(3001, async (request): Promise<WebResponse> => {
    if (request.path === '/_readiness' || request.path === '/_startup') return plain(200, 'ready');
    if (request.path === '/_liveness') return plain(200, 'ok');
    if (!/^\/(flags|decide)\/?$/.test(request.path)) return json(404, { detail: 'not found' }, cors);
    try {
      await withRedis(host, redis, (client) => client.command('PING'));
      const { api_key: key = '', token = key } = JSON.parse(request.body || '{}') as {
        api_key?: string;
        token?: string;
      };
      const team = await teamOf(host, database, token);
      // Text: stack-spec H.1.
      if (!team)
        return json(
          401,
          { type: 'authentication_error', code: 'invalid_api_key', detail: 'API key is invalid or has expired' },
          cors,
        );
      const config = request.query.get('config') === 'true' ? configOf(token, team) : {};
      return json(200, { flags: {}, errorsWhileComputingFlags: false, ...config }, cors);
    } catch (error) {
      log(host, 'error', (error as Error).message, 'feature_flags::api');
      return json(503, { type: 'server_error', code: 'service_unavailable', detail: 'dependency unavailable' }, cors);
    }
  });
  log(host, 'info', 'listening on 0.0.0.0:3001');
}

/** SDK configuration, as the sync of the web tier has put it into Redis. */
const configKey = (token: string) => `cache/team_tokens/${token}/array/config.json`;

export async function runHypercache(host: Host): Promise<void> {
  const redis = need(
    host,
    'REDIS_URL',
    (name) => `thread 'main' panicked at hypercache: missing environment variable ${name}`,
    101,
  );
  await host.serve(3002, async ({ path }): Promise<WebResponse> => {
    if (path === '/_readiness' || path === '/_liveness') return plain(200, 'ok');
    const token = /^\/array\/([\w-]+)\/config(?:\.js)?$/.exec(path)?.[1];
    const found =
      token &&
      (await withRedis(host, redis, (client) => client.command('GET', configKey(token))).catch(() => undefined));
    if (typeof found === 'string')
      return {
        status: 200,
        headers: { 'content-type': 'application/json', 'cache-control': 'public, max-age=300' },
        body: found,
      };
    if (/^\/(api\/)?surveys/.test(path)) return json(200, { surveys: [] }, cors);
    return { status: 404, body: '' };
  });
  log(host, 'info', 'listening on 0.0.0.0:3002', 'hypercache_server');
}

/** What `RemoteConfig.sync(force=True)` does: every project's configuration anew. */
export async function syncRemoteConfig(host: Host, databaseUrl: string, redisUrl: string): Promise<number> {
  const teams = (await withSql(host, databaseUrl, (sql) =>
    sql.query('SELECT id, api_token, session_recording_opt_in FROM posthog_team'),
  )) as unknown as (Team & { api_token: string })[];
  await withRedis(host, redisUrl, async (client) => {
    for (const team of teams)
      await client.command('SET', configKey(team.api_token), JSON.stringify(configOf(team.api_token, team)));
  });
  return teams.length;
}

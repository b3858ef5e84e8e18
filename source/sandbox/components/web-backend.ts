/** What every process of the web image reaches: the stores, with the image's own environment. */
import { Exit, type Host, need, type Sql } from './host.ts';
import { withRedis, withSql } from './stores.ts';

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

/** Ends a process that was started without its environment. */
export function needWebEnv(host: Host): void {
  for (const name of required)
    need(
      host,
      name,
      (missing) =>
        `django.core.exceptions.ImproperlyConfigured: The environment var "${missing}" is required to run this application`,
    );
  if (host.env['ENCRYPTION_SALT_KEYS']?.length === 32) return;
  // Text: stack-spec I, rule 41.
  host.log('ENCRYPTION_SALT_KEYS must be exactly 32 bytes long');
  throw new Exit(1);
}

export interface Backend {
  readonly host: Host;
  env(name: string): string;
  sql<T>(use: (sql: Sql) => Promise<T>): Promise<T>;
  redis(...words: readonly string[]): Promise<unknown>;
  /** As a user of ClickHouse whose name and password are in `CLICKHOUSE_<user>_USER` and `_PASSWORD`; without one as the admin. */
  clickhouse(sql: string, user?: 'API' | 'APP'): Promise<string>;
}

export function backendOf(host: Host): Backend {
  const env = (name: string) => host.env[name] ?? '';
  return {
    host,
    env,
    sql: (use) => withSql(host, env('DATABASE_URL'), use),
    redis: (...words) => withRedis(host, env('REDIS_URL'), (redis) => redis.command(...words)),
    async clickhouse(sql, user) {
      // Only one half of a pair falls back to the admin too (stack-spec B.2).
      const own =
        user !== undefined && env(`CLICKHOUSE_${user}_USER`) !== '' && env(`CLICKHOUSE_${user}_PASSWORD`) !== '';
      const prefix = own ? `CLICKHOUSE_${user}` : 'CLICKHOUSE';
      const headers = { 'x-clickhouse-user': env(`${prefix}_USER`), 'x-clickhouse-key': env(`${prefix}_PASSWORD`) };
      const url = `http://${env('CLICKHOUSE_HOST')}:8123/`;
      const { status, body } = await host.fetch(url, { method: 'POST', headers, body: sql });
      if (status !== 200) throw new Error(body.trim());
      return body;
    },
  };
}

/** Whether something works, for checks that only say yes or no. */
export async function works(ask: () => Promise<unknown>): Promise<boolean> {
  return ask().then(
    (answer) => answer !== false,
    () => false,
  );
}

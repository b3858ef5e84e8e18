/** The worker: says in Redis that it lives. */
import { Exit, type Host } from './host.ts';
import { django as log } from './logs.ts';
import { patiently, withRedis, withSql } from './stores.ts';
import { needWebEnv } from './web.ts';

const beatMs = 5_000;

export async function runWorker(host: Host): Promise<void> {
  needWebEnv(host);
  const redis = host.env['REDIS_URL'] ?? '';
  const complain = (error: Error) =>
    log(host, 'error', `consumer: Cannot connect to redis: ${error.message}. Trying again...`);
  try {
    await patiently(host, 20, () => withRedis(host, redis, (client) => client.command('PING')), complain);
    await patiently(
      host,
      20,
      () => withSql(host, host.env['DATABASE_URL'] ?? '', (sql) => sql.query('SELECT 1')),
      (error) => log(host, 'error', error.message),
    );
  } catch {
    throw new Exit(1);
  }
  host.log(' -------------- celery@worker v5.3.4 (emerald-rush)');
  host.log(
    '[config] .> app: posthog  .> transport: redis  .> concurrency: ' +
      (host.env['WEB_CONCURRENCY'] ?? '1') +
      ' (prefork)',
  );
  log(host, 'info', 'beat: Starting...');
  while (!host.ending.aborted) {
    await withRedis(host, redis, (client) =>
      client.command('SET', 'POSTHOG_HEARTBEAT', String(Math.floor(host.now() / 1000))),
    ).catch(complain);
    await host.sleep(beatMs);
  }
}

/** The worker: says in Redis that it lives. */
import { Exit, type Host } from './host.ts';
import { django as log } from './logs.ts';
import { brokerAnswers } from './queue.ts';
import { patiently } from './stores.ts';
import { backendOf, needWebEnv } from './web-backend.ts';

const beatMs = 5_000;

export async function runWorker(host: Host): Promise<void> {
  needWebEnv(host);
  const { env, redis, sql, clickhouse } = backendOf(host);
  const complainRedis = (error: Error) =>
    log(host, 'error', `consumer: Cannot connect to redis: ${error.message}. Trying again...`);
  const complain = (error: Error) => log(host, 'error', error.message);
  try {
    await patiently(host, 20, () => redis('PING'), complainRedis);
    await patiently(host, 20, () => sql((each) => each.query('SELECT 1')), complain);
    await patiently(host, 20, () => clickhouse('SELECT 1'), complain);
    await patiently(host, 20, () => brokerAnswers(host, env('KAFKA_HOSTS')), complain);
  } catch {
    throw new Exit(1);
  }
  host.log(' -------------- celery@worker v5.3.4 (emerald-rush)');
  host.log(`[config] .> app: posthog  .> transport: redis  .> concurrency: ${env('WEB_CONCURRENCY') || '1'} (prefork)`);
  log(host, 'info', 'beat: Starting...');
  await beat(host, (...words) => redis(...words).catch(complainRedis));
}

/** Says again and again that it lives. */
export async function beat(host: Host, redis: (...words: readonly string[]) => Promise<unknown>): Promise<void> {
  while (!host.ending.aborted) {
    await redis('SET', 'POSTHOG_HEARTBEAT', String(Math.floor(host.now() / 1000)));
    await host.idle(beatMs);
  }
}

/** The worker: says in Redis that it lives. */
import { Exit, type Host } from './host.ts';
import { django as log } from './logs.ts';
import { brokerAnswers } from './queue.ts';
import { patiently, withRedis } from './stores.ts';
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

/** The template's worker, whose image is not known: it says that it lives, and that is all. */
export async function runForeignWorker(host: Host): Promise<void> {
  const { REDIS_HOST = '', REDIS_PASSWORD = '' } = host.env;
  const url = `redis://:${encodeURIComponent(REDIS_PASSWORD)}@${REDIS_HOST}:6379/`;
  await beat(host, (...words) => withRedis(host, url, (redis) => redis.command(...words)).catch(() => {}));
}

/** Whether a container of an image that is not known runs a worker. */
export const isForeignWorker = (command: readonly string[]): boolean =>
  /\bcelery\b.*\bworker\b/.test(command.join(' '));

async function beat(host: Host, redis: (...words: readonly string[]) => Promise<unknown>): Promise<void> {
  while (!host.ending.aborted) {
    await redis('SET', 'POSTHOG_HEARTBEAT', String(Math.floor(host.now() / 1000)));
    await host.idle(beatMs);
  }
}

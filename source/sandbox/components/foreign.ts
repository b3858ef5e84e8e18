/** Programs of the one-click template, whose images are not known: only as much of them as is noticed from outside. */
import { type Host, plain } from './host.ts';
import { withRedis } from './stores.ts';
import { beat } from './worker.ts';

/** By what is called. */
const programs: readonly (readonly [called: RegExp, run: (host: Host) => Promise<void>])[] = [
  [/\bcelery\b.*\bworker\b/, runWorker],
  [/\bdocker-server\b/, runWeb],
];

/** Does nothing where nothing is known of what was called. */
export async function runForeign(host: Host): Promise<void> {
  const command = host.argv.join(' ');
  await programs.find(([called]) => called.test(command))?.[1](host);
}

async function runWorker(host: Host): Promise<void> {
  const { REDIS_HOST = '', REDIS_PASSWORD = '' } = host.env;
  const url = `redis://:${encodeURIComponent(REDIS_PASSWORD)}@${REDIS_HOST}:6379/`;
  await beat(host, (...words) => withRedis(host, url, (redis) => redis.command(...words)).catch(() => {}));
}

async function runWeb(host: Host): Promise<void> {
  await host.serve(8000, async ({ path }) => (path === '/_health' ? plain(200, 'ok') : plain(404, 'Not Found')));
}

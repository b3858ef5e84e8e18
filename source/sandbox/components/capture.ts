/** capture, for events and for recordings: takes what SDKs send and puts it into the queue. */
import { type Host, json, need, plain, type WebResponse } from './host.ts';
import { rustFlat as log } from './logs.ts';
import { queueAt } from './queue.ts';
import { withRedis } from './stores.ts';

const cors = { 'access-control-allow-origin': '*', 'access-control-allow-methods': 'GET, POST, OPTIONS' };
const eventPaths = /^\/(e|capture|batch|track|engage|i\/v0\/e|i\/v1\/analytics\/events)\/?$/;

interface Sent {
  readonly api_key?: string;
  readonly token?: string;
  readonly event?: string;
  readonly distinct_id?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly batch?: readonly Sent[];
}

export async function runCapture(host: Host): Promise<void> {
  const complain = (name: string) => `Error: failed to load configuration: missing environment variable ${name}`;
  const brokers = need(host, 'KAFKA_HOSTS', complain);
  const topic = need(host, 'KAFKA_TOPIC', complain);
  const redis = need(host, 'REDIS_URL', complain);
  const recordings = host.env['CAPTURE_MODE'] === 'recordings';
  const queue = queueAt(host, brokers);
  const healthy = () =>
    queue.topics().then(
      () => true,
      () => false,
    );

  await host.serve(3000, async (request): Promise<WebResponse> => {
    const { path, method } = request;
    if (path === '/_readiness' || path === '/') return plain(200, 'capture');
    // The sink must report; without the broker the process is ended and tried again (posthog-stack 1.3).
    if (path === '/_liveness') return (await healthy()) ? plain(200, 'ok') : plain(500, 'sink is not healthy');
    if (path === '/metrics') return plain(200, '');
    if (method === 'OPTIONS') return { status: 204, headers: cors, body: '' };
    if (!(recordings ? /^\/s\/?$/ : eventPaths).test(path) || method !== 'POST')
      return json(404, { detail: 'not found' }, cors);
    return take(request.body, request.headers['x-forwarded-for']?.split(',')[0] ?? request.remoteAddress);
  });

  const take = async (body: string, ip: string): Promise<WebResponse> => {
    let sent: readonly Sent[];
    try {
      const parsed = JSON.parse(body) as Sent | readonly Sent[];
      const all = Array.isArray(parsed) ? (parsed as readonly Sent[]) : [parsed as Sent];
      sent = all.flatMap((each) =>
        (each.batch ?? [each]).map((one) => ({ api_key: each.api_key ?? each.token ?? '', ...one })),
      );
    } catch {
      return json(400, { type: 'validation_error', code: 'invalid_payload', detail: 'failed to parse request' }, cors);
    }
    // Only the shape of a token is checked here.
    if (sent.length === 0 || sent.some(({ api_key = '' }) => !/^[\w-]{8,}$/.test(api_key))) {
      return json(
        401,
        { type: 'authentication_error', code: 'invalid_api_key', detail: 'Project API key invalid.' },
        cors,
      );
    }
    try {
      for (const each of sent) {
        const key = String(recordings ? each.properties?.['$session_id'] : each.distinct_id);
        await queue.produce(
          topic,
          JSON.stringify({ token: each.api_key, ip, now: new Date(host.now()).toISOString(), data: each }),
          key,
        );
      }
      return json(200, { status: 1 }, cors);
    } catch (error) {
      log(host, 'error', `failed to produce event: ${(error as Error).message}`, 'capture::sinks::kafka');
      return json(503, { type: 'server_error', code: 'sink_unavailable', detail: 'temporarily unavailable' }, cors);
    }
  };

  await withRedis(host, redis, (client) => client.command('PING')).catch((error: Error) =>
    log(host, 'warning', `redis: ${error.message}`),
  );
  log(host, 'info', 'listening on 0.0.0.0:3000');
}

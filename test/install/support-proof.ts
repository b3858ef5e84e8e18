/** A PostHog in memory behind a fake cluster and a fake public address: whole unless a test breaks a part of it. */
import { Duplex } from 'node:stream';
import type { Cluster, ExecResult, HttpRequest, HttpResponse } from '../../source/cluster/types.ts';
import type { Outside } from '../../source/install/contract.ts';
import { clusters, namedCollections } from '../../source/install/proof/clickhouse.ts';
import { objectName } from '../../source/stack/components.ts';
import type { ComponentId, KubeObject } from '../../source/stack/types.ts';

export const app = 'posthog';
export const host = 'posthog.example.test';
export const url = `https://${host}`;

/** What may be broken, one word a part; the hop that must say so stands in the tests. */
export type Part =
  | 'capture'
  | 'queue'
  | 'ingestion'
  | 'processing'
  | 'clickhouse'
  | 'row'
  | 'city'
  | 'personhog'
  | 'listing'
  | 'definitions'
  | 'flags'
  | 'recording-flag'
  | 'config'
  | 'replay-queue'
  | 'replay-ingestion'
  | 'replay-lag'
  | 'replay-store'
  | 'replay-blocks'
  | 'replay-block'
  | 'heartbeat'
  | 'plugins'
  | 'assignment'
  | 'function'
  | 'cluster';

export interface Sent {
  /** Component of the pod, or `public`. */
  readonly via: string;
  readonly port: number;
  readonly request: HttpRequest;
}

type Handler = (sent: Sent) => HttpResponse | undefined;

export const answer = (status: number, body: unknown = '', headers: HttpResponse['headers'] = {}): HttpResponse =>
  typeof body === 'string'
    ? { status, headers, body }
    : { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };

export const page = (status: number): HttpResponse =>
  answer(status, '<!DOCTYPE html><html></html>', { 'content-type': 'text/html; charset=utf-8' });

const fromBase64 = (text: string) => Buffer.from(text, 'base64').toString('utf8');
const toBase64 = (text: string) => Buffer.from(text, 'utf8').toString('base64');

export class World {
  readonly broken = new Set<Part>();
  /** Looked at before the world itself answers; throwing is a broken connection. */
  override: Handler = () => undefined;
  addresses: readonly string[] = ['192.0.2.10'];
  readonly sent: Sent[] = [];
  readonly executed: (readonly string[])[] = [];
  readonly stdins: string[] = [];
  readonly slept: number[] = [];
  readonly notReady = new Set<ComponentId>();
  readonly secrets = new Map<string, Record<string, string>>();
  readonly applied: KubeObject[] = [];
  now = 1_000_000;
  closed = 0;

  /** First user; undefined until somebody signed up. */
  user: { email: string; password: string; verified: boolean } | undefined;
  recording = false;
  mail = false;
  readonly keys = new Map<string, { id: string; label: string; scopes: readonly string[] }>();

  readonly #marks = new Map<string, number>([
    ['events_plugin_ingestion', 40],
    ['clickhouse_events_json', 30],
    ['session_recording_snapshot_item_events', 7],
  ]);
  readonly #committed = new Map<string, number>();
  readonly #events: { event: string; probeId: string; via: string }[] = [];
  readonly #sessions = new Set<string>();
  #random = 1;

  constructor() {
    this.secrets.set(`${app}-env`, {
      CLICKHOUSE_PASSWORD: 'clickhouse-password',
      INTERNAL_API_SECRET: 'internal-secret',
    });
    this.secrets.set(`${app}-redis-conn-credential`, { password: 'redis-password' });
  }

  /** As if ensureAdmin had been there. */
  withAdmin(): this {
    this.user = { email: 'a@example.test', password: 'kept-password', verified: true };
    this.recording = true;
    this.keys.set('phx_kept', { id: 'key-0', label: 'posthog-sealos proof', scopes: [] });
    this.secrets.set(`${app}-admin`, { email: 'a@example.test', password: 'kept-password', 'api-key': 'phx_kept' });
    return this;
  }

  readonly outside: Outside = {
    cluster: this.#cluster(),
    context: {
      env: {},
      clock: {
        monotonic: () => this.now,
        now: () => 1_700_000_000_000 + this.now,
        sleep: (ms, signal) => {
          if (signal?.aborted) return Promise.reject(signal.reason as Error);
          this.slept.push(ms);
          this.now += ms;
          return Promise.resolve();
        },
      },
      randomBytes: (count) => Uint8Array.from({ length: count }, () => this.#byte()),
      random: () => 0.5,
      holder: { host: 'test', pid: 1, alive: () => true },
      version: '0.0.0',
    },
    publicHttp: () => this.#client('public', 443),
    lookup: () => Promise.resolve(this.addresses),
  };

  #byte(): number {
    this.#random = (this.#random * 75 + 74) % 65_537;
    return this.#random & 0xff;
  }

  #cluster(): Cluster {
    const implemented: Partial<Cluster> = {
      namespace: 'ns-test',
      get: async ({ kind, name }) => {
        const values = kind === 'Secret' ? this.secrets.get(name) : undefined;
        if (!values) return undefined;
        const data = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, toBase64(value)]));
        return { apiVersion: 'v1', kind, metadata: { name }, data } as never;
      },
      list: async (_, { labelSelector = '' } = {}) => ({
        resourceVersion: '1',
        items: this.#pods(labelSelector) as never,
      }),
      apply: async (object) => {
        this.applied.push(object);
        const data = (object as unknown as { data: Record<string, string> }).data;
        this.secrets.set(
          object.metadata.name,
          Object.fromEntries(Object.entries(data).map(([key, value]) => [key, fromBase64(value)])),
        );
        return object as never;
      },
      exec: async (_, command, options): Promise<ExecResult> => {
        this.executed.push(command);
        if (options?.stdin !== undefined) {
          this.stdins.push(options.stdin);
          if (this.user) this.user.verified = true;
        }
        return { exitCode: 0, stdout: '', stderr: '' };
      },
      portForward: async () => this.#redis(),
      podHttp: (pod, port) => this.#client(componentOfPod(pod), port),
    };
    return implemented as Cluster;
  }

  #pods(selector: string): KubeObject[] {
    const component = selector.match(/posthog-sealos\/component=([a-z-]+)/)?.[1] as ComponentId | undefined;
    const names = component
      ? [`${objectName(component, app)}-0`]
      : [`${app}-redis-redis-sentinel-0`, `${app}-redis-redis-0`];
    const id = component ?? 'redis';
    const status = { conditions: [{ type: 'Ready', status: this.notReady.has(id) ? 'False' : 'True' }] };
    return names.map((name) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, status }));
  }

  #client(via: string, port: number) {
    return {
      request: async (request: HttpRequest): Promise<HttpResponse> => {
        request.signal?.throwIfAborted();
        const sent = { via, port, request };
        this.sent.push(sent);
        return this.override(sent) ?? this.#answer(sent);
      },
      close: async () => {
        this.closed++;
      },
    };
  }

  #answer(sent: Sent): HttpResponse {
    const path = new URL(sent.request.path, url).pathname;
    if (sent.port === 9644) return answer(200, this.#metrics());
    if (sent.port === 8123) return answer(200, this.#sql(sent.request.body ?? ''));
    if (sent.port === 6738) return this.#recordings(sent.request);
    if (path === '/i/v0/e/') return this.#capture(sent);
    if (path === '/s/') return this.#replay(sent);
    if (path.startsWith('/flags')) return this.#flags(sent.request);
    if (path.startsWith('/array/')) return this.#config(path);
    return this.#web(sent.request, path);
  }

  #grow(topic: string, ...groups: string[]): void {
    const mark = (this.#marks.get(topic) ?? 0) + 1;
    this.#marks.set(topic, mark);
    for (const group of groups) this.#committed.set(`${group} ${topic}`, mark);
  }

  #capture({ via, request }: Sent): HttpResponse {
    if (this.broken.has('capture')) return answer(503, 'kafka is away');
    const {
      api_key: token,
      event,
      properties,
    } = JSON.parse(request.body ?? '') as { api_key: string; event: string; properties: { probe_id: string } };
    if (this.broken.has('queue')) return answer(200, { status: 1 });
    this.#grow('events_plugin_ingestion', ...(this.broken.has('ingestion') ? [] : ['clickhouse-ingestion']));
    if (token !== 'phc_project' || this.broken.has('ingestion') || this.broken.has('processing'))
      return answer(200, { status: 1 });
    this.#grow(
      'clickhouse_events_json',
      'property-defs-rs',
      ...(this.broken.has('clickhouse') ? [] : ['clickhouse_events_json_ws']),
    );
    if (!this.broken.has('clickhouse')) this.#events.push({ event, probeId: properties.probe_id, via });
    return answer(200, { status: 1 });
  }

  #replay({ request }: Sent): HttpResponse {
    const [snapshot] = JSON.parse(request.body ?? '') as [{ api_key: string; properties: { $session_id: string } }];
    if (this.broken.has('replay-queue')) return answer(200, { status: 1 });
    const topic = 'session_recording_snapshot_item_events';
    const group = 'session-recordings-blob-v2';
    const readBefore = this.#marks.get(topic) ?? 0;
    this.#grow(topic, ...(this.broken.has('replay-ingestion') ? [] : [group]));
    if (this.broken.has('replay-lag')) this.#committed.set(`${group} ${topic}`, readBefore);
    const stored =
      snapshot.api_key === 'phc_project' &&
      this.recording &&
      !this.broken.has('replay-store') &&
      !this.broken.has('replay-ingestion');
    if (stored) this.#sessions.add(snapshot.properties.$session_id);
    return answer(200, { status: 1 });
  }

  #flags(request: HttpRequest): HttpResponse {
    if (this.broken.has('flags')) return answer(503, 'database is away');
    const { api_key: token } = JSON.parse(request.body ?? '') as { api_key: string };
    if (token !== 'phc_project') return answer(401, { detail: 'API key is invalid or has expired' });
    return answer(200, {
      flags: {},
      sessionRecording: this.recording && !this.broken.has('recording-flag') ? { endpoint: '/s/' } : false,
    });
  }

  #config(path: string): HttpResponse {
    if (path !== '/array/phc_project/config' || this.broken.has('config')) return answer(404);
    return answer(200, { token: 'phc_project' });
  }

  #recordings({ path, headers }: HttpRequest): HttpResponse {
    if (headers?.['x-internal-api-secret'] !== 'internal-secret') return answer(401, { error: 'unauthorized' });
    const session = path.split('/')[5] ?? '';
    const blocks =
      this.#sessions.has(session) && !this.broken.has('replay-blocks')
        ? [{ key: 'session_recordings/1', start_byte: 0, end_byte: 99 }]
        : [];
    if (path.endsWith('/blocks')) return answer(200, { blocks });
    const readable =
      path.includes('key=session_recordings%2F1&start_byte=0&end_byte=99&decompress=true') &&
      !this.broken.has('replay-block');
    return readable ? answer(200, '["window",{"type":4}]\n') : answer(500, { error: 'Failed to fetch block from S3' });
  }

  #sql(sql: string): string {
    const probe = sql.match(/probe_id'\)='([0-9a-f-]{36})'/)?.[1];
    if (sql.startsWith('SELECT count() FROM posthog.events'))
      return String(this.broken.has('row') ? 0 : this.#events.filter(({ probeId }) => probeId === probe).length);
    if (sql.startsWith('SELECT properties FROM posthog.events'))
      return JSON.stringify({ properties: JSON.stringify(this.broken.has('city') ? {} : { $geoip_city_name: 'Ulm' }) });
    if (sql.includes('posthog.session_replay_events'))
      return String(this.#sessions.has(sql.match(/session_id='([^']+)'/)?.[1] ?? '') ? 1 : 0);
    if (sql.includes('system.functions')) return this.broken.has('function') ? '14' : '21';
    if (sql.includes('system.named_collections')) return namedCollections.join('\n');
    if (sql.includes('system.clusters'))
      return clusters.filter((name) => !(name === 'sessions' && this.broken.has('cluster'))).join('\n');
    if (sql.includes('system.kafka_consumers')) return this.#consumers();
    throw new Error(`not understood: ${sql}`);
  }

  #consumers(): string {
    const table = (name: string, topics: string[], exception = '') =>
      JSON.stringify({ database: 'posthog', table: name, num_messages_read: 1, exception, topics });
    const idle = this.broken.has('assignment') ? [table('kafka_groups', [])] : [];
    return [
      table(
        'kafka_events_json',
        ['clickhouse_events_json'],
        this.broken.has('clickhouse') ? 'Broker transport failure' : '',
      ),
      table('kafka_events_json', []),
      ...idle,
    ].join('\n');
  }

  #metrics(): string {
    const marks = [...this.#marks].flatMap(([topic, mark]) => [
      `redpanda_kafka_max_offset{redpanda_namespace="kafka",redpanda_topic="${topic}",redpanda_partition="0"} 11.000000`,
      `redpanda_kafka_max_offset{redpanda_namespace="kafka",redpanda_topic="${topic}",redpanda_partition="1"} ${mark}.000000`,
    ]);
    const committed = [...this.#committed].map(([key, mark]) => {
      const [group, topic] = key.split(' ');
      return `redpanda_kafka_consumer_group_committed_offset{redpanda_group="${group}",redpanda_partition="1",redpanda_topic="${topic}"} ${mark}.000000`;
    });
    return ['# HELP redpanda_kafka_max_offset Latest readable offset', ...marks, ...committed, ''].join('\n');
  }

  #web(request: HttpRequest, path: string): HttpResponse {
    const route = `${request.method ?? 'GET'} ${path}`;
    if (route === 'GET /_health') return answer(200, 'ok');
    if (route === 'GET /_readyz') return answer(200, { http: true, postgres: true, clickhouse: true });
    if (route === 'GET /_preflight') return answer(200, this.#preflight());
    if (route === 'GET /login')
      return answer(200, '<html></html>', { 'set-cookie': ['posthog_csrftoken=csrf-1; Path=/; Secure', 'other=1'] });
    if (request.method && request.method !== 'GET' && !this.#mayWrite(request))
      return answer(403, { detail: 'CSRF verification failed' });
    if (route === 'POST /api/signup/') return this.#signUp(request);
    if (route === 'POST /api/login/') return this.#logIn(request);
    if (!this.#isUser(request)) return answer(401, { detail: 'Authentication credentials were not provided.' });
    if (route === 'GET /api/users/@me/')
      return answer(200, {
        email: this.user?.email,
        team: { id: 1, api_token: 'phc_project', name: 'Default project' },
      });
    if (route === 'GET /api/projects/1/') return answer(200, { id: 1, session_recording_opt_in: this.recording });
    if (route === 'PATCH /api/projects/1/') {
      this.recording = (
        JSON.parse(request.body ?? '') as { session_recording_opt_in: boolean }
      ).session_recording_opt_in;
      return answer(200, { id: 1 });
    }
    if (path.startsWith('/api/personal_api_keys/')) return this.#apiKeys(request, path);
    if (route === 'GET /api/projects/1/events/') return this.#list();
    if (route === 'GET /api/projects/1/event_definitions/')
      return answer(200, { results: this.broken.has('definitions') ? [] : [{ name: 'sealos_probe' }] });
    return page(404);
  }

  #preflight(): unknown {
    const parts = ['django', 'redis', 'celery', 'clickhouse', 'kafka', 'db', 'object_storage'].map((part) => [
      part,
      true,
    ]);
    return {
      ...Object.fromEntries(parts),
      plugins: !this.broken.has('plugins'),
      initiated: this.user !== undefined,
      can_create_org: this.user === undefined,
    };
  }

  #mayWrite({ headers = {} }: HttpRequest): boolean {
    const token = headers['cookie']?.match(/posthog_csrftoken=([^;]+)/)?.[1];
    const fromSite =
      headers['referer'] === `${url}/login` && headers['host'] === host && headers['x-forwarded-proto'] === 'https';
    return token !== undefined && headers['x-csrftoken'] === token && fromSite;
  }

  #isUser({ headers = {} }: HttpRequest): boolean {
    const bearer = headers['authorization']?.replace('Bearer ', '');
    if (bearer !== undefined) return this.keys.has(bearer);
    return headers['cookie']?.includes('sessionid=session-1') === true;
  }

  #signUp(request: HttpRequest): HttpResponse {
    if (this.user) return answer(403, { detail: 'New organizations cannot be created in this instance.' });
    const { email, password } = JSON.parse(request.body ?? '') as { email: string; password: string };
    if (password.length < 8)
      return answer(400, { type: 'validation_error', attr: 'password', detail: `${password} is too short` });
    this.user = { email, password, verified: !this.mail };
    return answer(201, { email }, this.mail ? {} : { 'set-cookie': 'sessionid=session-1; HttpOnly; Path=/' });
  }

  #logIn(request: HttpRequest): HttpResponse {
    const { email, password } = JSON.parse(request.body ?? '') as { email: string; password: string };
    if (email !== this.user?.email || password !== this.user.password)
      return answer(400, { code: 'invalid_credentials' });
    if (!this.user.verified) return answer(400, { code: 'not_verified' });
    return answer(
      200,
      { success: true },
      { 'set-cookie': ['sessionid=session-1; Path=/', 'posthog_csrftoken=csrf-2; Path=/'] },
    );
  }

  #apiKeys(request: HttpRequest, path: string): HttpResponse {
    if (request.method === 'DELETE') {
      for (const [value, { id }] of this.keys) if (path === `/api/personal_api_keys/${id}/`) this.keys.delete(value);
      return answer(204);
    }
    if (request.method !== 'POST') return answer(200, [...this.keys.values()]);
    const { label, scopes } = JSON.parse(request.body ?? '') as { label: string; scopes: string[] };
    const value = `phx_${this.keys.size}_${this.sent.length}`;
    this.keys.set(value, { id: `key-${this.sent.length}`, label, scopes });
    return answer(201, { value, label });
  }

  #list(): HttpResponse {
    if (this.broken.has('personhog')) return answer(500, { detail: 'personhog client not configured' });
    const listed = this.broken.has('listing') ? [] : this.#events;
    return answer(200, {
      results: listed.map(({ event, probeId }) => ({ event, properties: { probe_id: probeId } })).reverse(),
    });
  }

  #redis(): Duplex {
    const age = this.broken.has('heartbeat') ? 400 : 12;
    const bulk = (text: string) => `$${text.length}\r\n${text}\r\n`;
    return new Duplex({
      read() {},
      write(chunk: Buffer, _encoding, done) {
        const asked = chunk.toString();
        const allowed = asked.includes('redis-password');
        const replies = [
          allowed ? '+OK\r\n' : '-WRONGPASS invalid username-password pair\r\n',
          `*2\r\n${bulk('1700000000')}${bulk('12')}`,
          bulk(String(1_700_000_000 - age)),
          ...Array.from({ length: 12 }, () => ':2\r\n'),
        ].join('');
        // In two pieces, as a network may deliver it.
        this.push(Buffer.from(replies.slice(0, 9)));
        this.push(Buffer.from(replies.slice(9)));
        done();
      },
    });
  }
}

function componentOfPod(pod: string): string {
  const suffix = pod.replace(new RegExp(`^${app}-?`), '').replace(/-?\d+$/, '');
  return suffix === '' ? 'web' : suffix;
}

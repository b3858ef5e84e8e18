/** The node image in its four modes: CDP (plugins), ingestion, replay ingestion, recording API. */
import { teamOf } from './flags.ts';
import { Exit, type Host, json, need, plain, type WebResponse } from './host.ts';
import { node as log } from './logs.ts';
import { consume, type Message, queueAt } from './queue.ts';
import { bucketOf, patiently, withRedis, withSql } from './stores.ts';

/** The slots this generation reads; one left unset dials a host named `kafka` and never starts (stack-spec B.2). */
const brokerSlots = [
  'CONSUMER',
  'PRODUCER',
  'METRICS_PRODUCER',
  'MONITORING_PRODUCER',
  'CDP_PRODUCER',
  'WARPSTREAM_PRODUCER',
  'INGESTION_PRODUCER',
  'WAREHOUSE_PRODUCER',
];
const redisSlots = ['CDP_REDIS_HOST', 'LOGS_REDIS_HOST', 'TRACES_REDIS_HOST', 'SESSION_RECORDING_API_REDIS_HOST'];

interface Captured {
  readonly token: string;
  readonly ip: string;
  readonly now: string;
  readonly data: {
    readonly event?: string;
    readonly distinct_id?: string;
    readonly properties?: Readonly<Record<string, unknown>>;
  };
}

export async function runNode(host: Host): Promise<void> {
  const complain = (name: string) =>
    JSON.stringify({ level: 'error', time: host.now(), msg: `[MAIN] ${name} must be set` });
  const database = need(host, 'DATABASE_URL', complain);
  const salt = need(host, 'ENCRYPTION_SALT_KEYS', complain);
  if (salt.length !== 32) {
    log(host, 'error', 'ENCRYPTION_SALT_KEYS must be 32 bytes');
    throw new Exit(1);
  }
  const mode = host.env['PLUGIN_SERVER_MODE'];
  if (mode === undefined || mode === 'ingestion-v2-combined') await needDatabaseOfPlaces(host);
  await connectRedis(host);
  await connectKafka(host);
  await insist(
    host,
    () => withSql(host, database, (sql) => sql.query('SELECT 1')),
    (error) => `Postgres: ${error.message}`,
  );

  const answer = await modes(host, database, mode);
  // Node listens only when all services of its mode have started (posthog-stack 1.3).
  await host.serve(6738, async (request) => {
    if (request.path === '/_health' || request.path === '/_ready') return json(200, { status: 'ok', checks: {} });
    if (request.path === '/_metrics' || request.path === '/metrics') return plain(200, '');
    return (await answer(request)) ?? json(404, { error: 'not found' });
  });
  log(host, 'info', '🚀 All systems go');
}

type Answer = (request: {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
}) => Promise<WebResponse | undefined>;
const nothing: Answer = async () => undefined;

async function modes(host: Host, database: string, mode: string | undefined): Promise<Answer> {
  if (mode === 'ingestion-v2-combined') return ingestion(host, database);
  if (mode === 'recordings-blob-ingestion-v2') return recordings(host, database);
  if (mode === 'recording-api') return recordingApi(host);
  void consume(
    host,
    host.env['KAFKA_HOSTS'] ?? '',
    'cdp-processed-events-consumer',
    ['clickhouse_events_json'],
    async () => {},
    (error) => log(host, 'error', error.message),
  );
  return nothing;
}

async function needDatabaseOfPlaces(host: Host): Promise<void> {
  const file = host.env['MMDB_FILE_LOCATION'] ?? '';
  if ((await host.read(file)) !== undefined) return;
  // Text: stack-spec I, rule 32.
  log(host, 'error', `ENOENT: no such file or directory, open '${file}'`, { code: 'ENOENT' });
  throw new Exit(1);
}

/** Gives up after some tries with the words of stack-spec I, rule 2, and code 0: only restarting brings it back. */
async function connectRedis(host: Host): Promise<void> {
  for (const slot of [...redisSlots, 'REDIS_URL']) {
    const url = host.env[slot] ?? '';
    try {
      await patiently(
        host,
        5,
        () => withRedis(host, url, (redis) => redis.command('PING')),
        (error) => log(host, 'error', `Redis error encountered! host: ${hostOf(url)} ${error.message}`),
      );
    } catch {
      log(host, 'error', 'Enough of this, I quit!');
      throw new Exit(0);
    }
  }
  log(host, 'info', 'Connected to Redis!');
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : url;
}

async function connectKafka(host: Host): Promise<void> {
  log(host, 'info', 'Connecting to Kafka...');
  const unset = brokerSlots.find((slot) => !host.env[`KAFKA_${slot}_METADATA_BROKER_LIST`]);
  // Text: stack-spec I, rule 27. It hangs for ever.
  while (unset !== undefined) {
    if (host.ending.aborted) throw new Exit(0);
    log(host, 'error', "rdkafka: Failed to resolve 'kafka:9092': Name or service not known");
    await host.sleep(5_000);
  }
  const queue = queueAt(host, host.env['KAFKA_CONSUMER_METADATA_BROKER_LIST'] ?? '');
  const needed = ['events_plugin_ingestion', 'clickhouse_events_json'];
  await insist(
    host,
    async () => {
      const topics = await queue.topics();
      const missing = needed.find((topic) => !topics.includes(topic));
      if (missing) throw new Error(`Broker: Unknown topic or partition (${missing})`);
    },
    (error) => `rdkafka: ${error.message}`,
  );
}

/** Tries for a minute, then ends with code 0, as the real process does when what it needs stays away (posthog-stack 1.5). */
async function insist(host: Host, work: () => Promise<unknown>, complaint: (error: Error) => string): Promise<void> {
  try {
    await patiently(host, 60, work, (error) => log(host, 'error', complaint(error)));
  } catch {
    throw new Exit(0);
  }
}

/** Events of known projects get a person and a place and go on to ClickHouse; the others are dropped. */
async function ingestion(host: Host, database: string): Promise<Answer> {
  const brokers = host.env['KAFKA_HOSTS'] ?? '';
  const queue = queueAt(host, brokers);
  const take = async ({ value }: Message) => {
    const { token, ip, now, data } = JSON.parse(value) as Captured;
    const team = await teamOf(host, database, token);
    if (!team) return;
    const person = `${team.id}:${data.distinct_id}`;
    await withSql(host, database, (sql) =>
      sql.query(
        'INSERT INTO posthog_person (uuid, team_id, last_seen_at) VALUES ($1, $2, now()) ON CONFLICT (uuid) DO UPDATE SET last_seen_at = now()',
        [person, team.id],
      ),
    );
    const place = /^(10|127|192\.168|172\.(1[6-9]|2\d|3[01]))\./.test(ip)
      ? {}
      : { $geoip_city_name: 'Nowhere', $geoip_country_code: 'ZZ' };
    const event = {
      uuid: host.randomHex(16),
      event: data.event,
      team_id: team.id,
      distinct_id: data.distinct_id,
      timestamp: now,
      person_id: person,
      properties: JSON.stringify({ ...data.properties, $ip: ip, ...place }),
    };
    await queue.produce('clickhouse_events_json', JSON.stringify(event), String(data.distinct_id));
  };
  const complain = (error: Error) => log(host, 'error', error.message);
  const look = async () => {};
  const groups = [
    ['clickhouse-ingestion', 'events_plugin_ingestion', take],
    ['clickhouse-ingestion-overflow', 'events_plugin_ingestion_overflow', take],
    ['clickhouse-ingestion-historical', 'events_plugin_ingestion_historical', take],
    // What they make of it is not simulated, only that it is read.
    ['heatmaps_ingestion', 'heatmaps_ingestion', look],
    ['client_iwarnings_ingestion', 'client_iwarnings_ingestion', look],
  ] as const;
  for (const [group, topic, work] of groups) void consume(host, brokers, group, [topic], work, complain);
  return nothing;
}

const prefix = 'session_recordings';
const keyOf = (team: number, session: string) => `${prefix}/${team}/${session}.jsonl`;

async function recordings(host: Host, database: string): Promise<Answer> {
  const bucket = bucketOf(host, 'SESSION_RECORDING_V2_S3');
  await insist(
    host,
    async () => {
      if (!(await bucket.head())) throw new Error('NoSuchBucket');
    },
    (error) => `S3: ${error.message}`,
  );
  const brokers = host.env['KAFKA_HOSTS'] ?? '';
  const queue = queueAt(host, brokers);
  void consume(
    host,
    brokers,
    'session-recordings-blob-v2',
    ['session_recording_snapshot_item_events'],
    async ({ value }) => {
      const { token, data } = JSON.parse(value) as Captured;
      const team = await teamOf(host, database, token);
      if (!team?.session_recording_opt_in) return;
      const session = String(data.properties?.['$session_id']);
      const lines = ((data.properties?.['$snapshot_data'] ?? []) as readonly unknown[])
        .map((item) => JSON.stringify([data.properties?.['$window_id'], item]))
        .join('\n');
      await bucket.put(keyOf(team.id, session), lines);
      await queue.produce(
        'clickhouse_session_replay_events',
        JSON.stringify({ session_id: session, team_id: team.id, block_length: lines.length }),
        session,
      );
    },
    (error) => log(host, 'error', error.message),
  );
  return nothing;
}

async function recordingApi(host: Host): Promise<Answer> {
  const secret = need(host, 'INTERNAL_API_SECRET', (name) =>
    JSON.stringify({ level: 'error', time: host.now(), msg: `[RECORDING-API] ${name} must be set` }),
  );
  const bucket = bucketOf(host, 'SESSION_RECORDING_V2_S3');
  return async ({ path, query, headers }) => {
    const match = /^\/api\/projects\/(\d+)\/recordings\/([\w-]+)\/(blocks|block)$/.exec(path);
    if (!match) return undefined;
    if (headers['x-internal-api-secret'] !== secret) return json(401, { error: 'unauthorized' });
    const key = keyOf(Number(match[1]), match[2] as string);
    const stored = await bucket.get(match[3] === 'blocks' ? key : (query.get('key') ?? ''));
    if (match[3] === 'blocks')
      return json(200, {
        blocks: stored === undefined ? [] : [{ key, start_byte: 0, end_byte: Math.max(0, stored.length - 1) }],
      });
    return stored === undefined
      ? json(404, { error: 'Error fetching block from S3' })
      : { status: 200, headers: { 'content-type': 'application/jsonl' }, body: stored };
  };
}

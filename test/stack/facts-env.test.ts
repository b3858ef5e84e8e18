/** The environment of every container (stack-spec B.2, B.4 to B.8), as the process sees it. */
import { describe, expect, it } from 'vitest';
import { sizeNames } from '../../source/stack/types.ts';
import { type Container, containersOf, envNames, envValue, objectsOf } from './fixtures/objects.ts';

const kafka = 'posthog-kafka:9092';
const clickhouseHost = 'posthog-clickhouse-0.posthog-clickhouse.ns-abcd1234.svc.cluster.local';
const own = (key: string) => `<posthog-env:${key}>`;
const bucket = (key: string) => `<object-storage-key-abcd1234-posthog:${key}>`;
const pgPart = (key: string) => `<posthog-pg-conn-credential:${key}>`;
const databaseUrl = `postgres://${pgPart('username')}:${pgPart('password')}@${pgPart('host')}:${pgPart('port')}/posthog`;
const redisPassword = '<posthog-redis-conn-credential:password>';
const redisHost = 'posthog-redis-redis.ns-abcd1234.svc';
const redisUrl = `redis://:${redisPassword}@${redisHost}:6379/`;

type Env = Readonly<Record<string, string>>;
const same = (value: string, ...names: readonly string[]): Env =>
  Object.fromEntries(names.map((name) => [name, value]));
const secrets = (...keys: readonly string[]): Env => Object.fromEntries(keys.map((key) => [key, own(key)]));

const pg: Env = { DATABASE_URL: databaseUrl };
const redis: Env = { REDIS_PASSWORD: redisPassword, REDIS_URL: redisUrl };
const clickhouse: Env = {
  CLICKHOUSE_HOST: clickhouseHost,
  CLICKHOUSE_DATABASE: 'posthog',
  CLICKHOUSE_SECURE: 'false',
  CLICKHOUSE_VERIFY: 'false',
  CLICKHOUSE_USER: 'posthog',
  CLICKHOUSE_PASSWORD: own('CLICKHOUSE_PASSWORD'),
};
const clickhouseUsers: Env = {
  CLICKHOUSE_API_USER: 'api',
  CLICKHOUSE_APP_USER: 'app',
  CLICKHOUSE_BILLING_USER: 'billing',
  CLICKHOUSE_DICT_READER_USER: 'dict_reader',
  ...secrets(
    'CLICKHOUSE_API_PASSWORD',
    'CLICKHOUSE_APP_PASSWORD',
    'CLICKHOUSE_BILLING_PASSWORD',
    'CLICKHOUSE_DICT_READER_PASSWORD',
  ),
  CLICKHOUSE_LOGS_CLUSTER_HOST: clickhouseHost,
  CLICKHOUSE_LOGS_CLUSTER_PORT: '9000',
  CLICKHOUSE_LOGS_CLUSTER_SECURE: 'false',
  CLICKHOUSE_LOGS_CLUSTER_USER: 'posthog',
  CLICKHOUSE_LOGS_CLUSTER_PASSWORD: own('CLICKHOUSE_PASSWORD'),
  CLICKHOUSE_LOGS_DATABASE: 'posthog',
};
const s3: Env = {
  OBJECT_STORAGE_ENABLED: 'true',
  OBJECT_STORAGE_ENDPOINT: `http://${bucket('internal')}`,
  OBJECT_STORAGE_PUBLIC_ENDPOINT: `https://${bucket('external')}`,
  OBJECT_STORAGE_BUCKET: bucket('bucket'),
  OBJECT_STORAGE_REGION: 'us-east-1',
  OBJECT_STORAGE_FORCE_PATH_STYLE: 'true',
  OBJECT_STORAGE_ACCESS_KEY_ID: bucket('accessKey'),
  OBJECT_STORAGE_SECRET_ACCESS_KEY: bucket('secretKey'),
};
const s3Replay: Env = {
  SESSION_RECORDING_V2_S3_ENABLED: 'true',
  SESSION_RECORDING_V2_S3_ENDPOINT: `http://${bucket('internal')}`,
  SESSION_RECORDING_V2_S3_BUCKET: bucket('bucket'),
  SESSION_RECORDING_V2_S3_PREFIX: 'session_recordings',
  SESSION_RECORDING_V2_S3_REGION: 'us-east-1',
  SESSION_RECORDING_V2_S3_FORCE_PATH_STYLE: 'true',
  SESSION_RECORDING_V2_S3_TIMEOUT_MS: '120000',
  SESSION_RECORDING_V2_S3_ACCESS_KEY_ID: bucket('accessKey'),
  SESSION_RECORDING_V2_S3_SECRET_ACCESS_KEY: bucket('secretKey'),
};
const web: Env = {
  ...pg,
  ...redis,
  ...clickhouse,
  ...clickhouseUsers,
  ...s3,
  ...s3Replay,
  ...same(databaseUrl, 'PERSONS_DB_WRITER_URL', 'PERSONS_DB_READER_URL'),
  KAFKA_HOSTS: kafka,
  DEPLOYMENT: 'hobby',
  SITE_URL: 'https://posthog.example.com',
  ...secrets('SECRET_KEY', 'ENCRYPTION_SALT_KEYS', 'INTERNAL_API_SECRET', 'AGENT_INTERNAL_SIGNING_KEY'),
  ...same(
    'true',
    'IS_BEHIND_PROXY',
    'TRUST_ALL_PROXIES',
    'DISABLE_SECURE_SSL_REDIRECT',
    'SECURE_COOKIES',
    'OTEL_SDK_DISABLED',
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: '',
  OPT_OUT_CAPTURE: 'true',
  LOGGING_FORMATTER_NAME: 'json',
  API_QUERIES_PER_TEAM: '{"1": 100}',
  FLAGS_REDIS_ENABLED: 'false',
  CDP_API_URL: 'http://posthog-plugins:6738',
  RECORDING_API_URL: 'http://posthog-recording-api:6738',
  FEATURE_FLAGS_SERVICE_URL: 'http://posthog-feature-flags:3001',
  CAPTURE_INTERNAL_URL: 'http://posthog-capture:3000/capture',
  PERSONHOG_ADDR: 'posthog-personhog:50052',
  PERSONHOG_ENABLED: 'true',
  SKIP_ASYNC_MIGRATIONS_SETUP: '1',
  POSTHOG_SKIP_MIGRATION_CHECKS: '1',
};
const brokerSlots = `
  CONSUMER PRODUCER METRICS_PRODUCER MONITORING_PRODUCER CDP_PRODUCER WARPSTREAM_PRODUCER INGESTION_PRODUCER
  WAREHOUSE_PRODUCER DEFAULT_PRODUCER WARPSTREAM_INGESTION_PRODUCER WARPSTREAM_LOGS_PRODUCER
  WARPSTREAM_METRICS_PRODUCER WARPSTREAM_CALCULATED_EVENTS_PRODUCER WARPSTREAM_CYCLOTRON_PRODUCER
  INGESTION_UPSTREAM_PRODUCER INGESTION_DOWNSTREAM_PRODUCER INGESTION_SESSIONREPLAY_PRODUCER
`
  .trim()
  .split(/\s+/);
const kafkaNode = {
  KAFKA_HOSTS: kafka,
  ...same(kafka, ...brokerSlots.map((slot) => `KAFKA_${slot}_METADATA_BROKER_LIST`)),
};
const redisNode: Env = {
  ...same(redisUrl, 'CDP_REDIS_HOST', 'LOGS_REDIS_HOST', 'TRACES_REDIS_HOST', 'SESSION_RECORDING_API_REDIS_HOST'),
  ...same('6379', 'CDP_REDIS_PORT', 'LOGS_REDIS_PORT', 'TRACES_REDIS_PORT', 'SESSION_RECORDING_API_REDIS_PORT'),
  ...same('false', 'LOGS_REDIS_TLS', 'TRACES_REDIS_TLS'),
  COOKIELESS_REDIS_HOST: '',
  REDIS_POOL_MIN_SIZE: '1',
  REDIS_POOL_MAX_SIZE: '3',
};
const node: Env = {
  ...pg,
  ...same(databaseUrl, 'PERSONS_DATABASE_URL', 'BEHAVIORAL_COHORTS_DATABASE_URL', 'CYCLOTRON_DATABASE_URL'),
  POSTGRES_CONNECTION_POOL_SIZE: '5',
  ...redis,
  ...redisNode,
  ...kafkaNode,
  ...clickhouse,
  ...secrets('SECRET_KEY', 'ENCRYPTION_SALT_KEYS', 'INTERNAL_API_SECRET'),
  SITE_URL: 'https://posthog.example.com',
  MMDB_FILE_LOCATION: '/code/share/GeoLite2-City.mmdb',
  CAPTURE_INTERNAL_URL: 'http://posthog-capture:3000/capture',
  INTERNAL_API_BASE_URL: 'http://posthog:8000',
  OTEL_EXPORTER_OTLP_ENDPOINT: '',
  LOG_LEVEL: 'info',
};
const sink = 'CAPTURE_V1_SINK_MSK_KAFKA_';
const capture: Env = {
  ...redis,
  ADDRESS: '0.0.0.0:3000',
  KAFKA_HOSTS: kafka,
  KAFKA_ERROR_TRACKING_TOPIC: 'ingestion-errortracking-main',
  KAFKA_CLIENT_INGESTION_WARNING_TOPIC: 'client_iwarnings_ingestion',
  KAFKA_PRODUCER_QUEUE_MIB: '64',
  CAPTURE_V1_SINKS: 'msk',
  [`${sink}HOSTS`]: kafka,
  [`${sink}TOPIC_MAIN`]: 'events_plugin_ingestion',
  [`${sink}TOPIC_HISTORICAL`]: 'events_plugin_ingestion_historical',
  [`${sink}TOPIC_OVERFLOW`]: 'events_plugin_ingestion_overflow',
  [`${sink}TOPIC_DLQ`]: 'events_plugin_ingestion_dlq',
  [`${sink}TOPIC_EXCEPTION`]: 'ingestion-errortracking-main',
  [`${sink}TOPIC_HEATMAP`]: 'heatmaps_ingestion',
  [`${sink}TOPIC_CLIENT_INGESTION_WARNING`]: 'client_iwarnings_ingestion',
  RUST_LOG: 'info,rdkafka=warn',
};

/** Container -> all that it must find. */
const expected: Readonly<Record<string, Env>> = {
  posthog: { ...web, GRANIAN_WORKERS: '2', USE_GRANIAN: 'true', NGINX_UNIT_APP_PROCESSES: '2' },
  'posthog-worker': {
    ...web,
    WEB_CONCURRENCY: '2',
    CELERY_MAX_TASKS_PER_CHILD: '200',
    CELERY_MAX_MEMORY_PER_CHILD: '1048576',
  },
  'posthog-migrate': { ...web, ZOOKEEPER_HOST: 'posthog-zookeeper.ns-abcd1234.svc.cluster.local' },
  'posthog-plugins': { ...node, ...s3, ...s3Replay },
  'posthog-ingestion': {
    ...node,
    ...s3,
    PLUGIN_SERVER_MODE: 'ingestion-v2-combined',
    PERSONHOG_ADDR: 'posthog-personhog:50052',
    PERSONHOG_ENABLED: 'true',
  },
  'posthog-replay-ingestion': { ...node, ...s3Replay, PLUGIN_SERVER_MODE: 'recordings-blob-ingestion-v2' },
  'posthog-recording-api': { ...node, ...s3Replay, PLUGIN_SERVER_MODE: 'recording-api' },
  'posthog-capture': { ...capture, CAPTURE_MODE: 'events', KAFKA_TOPIC: 'events_plugin_ingestion' },
  'posthog-replay-capture': {
    ...capture,
    CAPTURE_MODE: 'recordings',
    KAFKA_TOPIC: 'session_recording_snapshot_item_events',
  },
  'posthog-feature-flags': {
    ...redis,
    ADDRESS: '0.0.0.0:3001',
    ...same(
      databaseUrl,
      'WRITE_DATABASE_URL',
      'READ_DATABASE_URL',
      'PERSONS_WRITE_DATABASE_URL',
      'PERSONS_READ_DATABASE_URL',
    ),
    MAXMIND_DB_PATH: '/app/share/GeoLite2-City.mmdb',
    COOKIELESS_REDIS_HOST: `:${redisPassword}@${redisHost}`,
    COOKIELESS_REDIS_PORT: '6379',
    ...secrets('SECRET_KEY'),
    MAX_PG_CONNECTIONS: '5',
    OBJECT_STORAGE_BUCKET: bucket('bucket'),
    OBJECT_STORAGE_REGION: 'us-east-1',
    OBJECT_STORAGE_ENDPOINT: `http://${bucket('internal')}`,
    RUST_LOG: 'info',
  },
  hypercache: {
    ...redis,
    ADDRESS: '0.0.0.0:3002',
    OBJECT_STORAGE_BUCKET: bucket('bucket'),
    OBJECT_STORAGE_REGION: 'us-east-1',
    OBJECT_STORAGE_ENDPOINT: `http://${bucket('internal')}`,
    AWS_ACCESS_KEY_ID: bucket('accessKey'),
    AWS_SECRET_ACCESS_KEY: bucket('secretKey'),
    ENABLE_METRICS: 'true',
    RUST_LOG: 'info',
  },
  'posthog-property-defs': {
    ...pg,
    KAFKA_HOSTS: kafka,
    SKIP_WRITES: 'false',
    SKIP_READS: 'false',
    FILTER_MODE: 'opt-out',
    PERSONHOG_ADDR: 'http://posthog-personhog:50052',
    RUST_LOG: 'info',
  },
  'posthog-personhog': {
    GRPC_ADDRESS: '0.0.0.0:50051',
    PRIMARY_DATABASE_URL: databaseUrl,
    METRICS_PORT: '9100',
    MIN_PG_CONNECTIONS: '1',
    RUST_LOG: 'info',
  },
  router: {
    GRPC_ADDRESS: '0.0.0.0:50052',
    REPLICA_URL: 'http://127.0.0.1:50051',
    ROUTER_MODE: 'replica',
    BACKEND_TIMEOUT_MS: '5000',
    METRICS_PORT: '9101',
    RUST_LOG: 'info',
  },
  'posthog-clickhouse': {
    CLICKHOUSE_SKIP_USER_SETUP: '1',
    CLICKHOUSE_DO_NOT_CHOWN: '1',
    KAFKA_HOSTS: kafka,
    ZOOKEEPER_HOST: 'posthog-zookeeper.ns-abcd1234.svc.cluster.local',
    CLICKHOUSE_USER: 'posthog',
    ...secrets(
      'CLICKHOUSE_PASSWORD',
      'CLICKHOUSE_API_PASSWORD',
      'CLICKHOUSE_APP_PASSWORD',
      'CLICKHOUSE_BILLING_PASSWORD',
      'CLICKHOUSE_DICT_READER_PASSWORD',
    ),
  },
  'posthog-zookeeper': {
    ZOO_STANDALONE_ENABLED: 'true',
    ZOO_AUTOPURGE_PURGEINTERVAL: '1',
    ZOO_AUTOPURGE_SNAPRETAINCOUNT: '3',
    ZOO_4LW_COMMANDS_WHITELIST: 'ruok,srvr,mntr,conf',
    JVMFLAGS: '-Xmx512m',
  },
  'posthog-db-init': {
    PGHOST: pgPart('host'),
    PGPORT: pgPart('port'),
    PGUSER: pgPart('username'),
    PGPASSWORD: pgPart('password'),
  },
  'posthog-kafka-init': { KAFKA_HOSTS: kafka, KAFKA_ADMIN: 'posthog-kafka:9644', RETENTION_BYTES: '1073741824' },
};

function containerNamed(name: string, variant: Parameters<typeof objectsOf>[1] = {}): Container {
  const found = containersOf(objectsOf('small', variant)).find(({ container }) => container.name === name);
  if (!found) throw new Error(`no container ${name}`);
  return found.container;
}

const seen = (container: Container, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, envValue(container, name)]));

describe('environments', () => {
  it('are written down here for every container that has one', () => {
    const withEnv = containersOf(objectsOf('small')).filter(({ container }) => container.env);
    expect(withEnv.map(({ container }) => container.name).sort()).toEqual(Object.keys(expected).sort());
  });

  it.each(Object.entries(expected))('%s finds what it reads', (name, env) => {
    expect(seen(containerNamed(name), Object.keys(env))).toEqual(env);
  });

  it('leave unset what would do harm', () => {
    const names = containersOf(objectsOf('small', { mail: true })).flatMap(({ container }) => envNames(container));
    for (const name of ['ALLOWED_HOSTS', 'LIVESTREAM_HOST', 'CLICKHOUSE_PORT', 'SES_ACCESS_KEY_ID'])
      expect(names).not.toContain(name);
    expect(envNames(containerNamed('posthog-plugins'))).not.toContain('PLUGIN_SERVER_MODE');
    expect(envNames(containerNamed('posthog-plugins'))).not.toContain('PERSONHOG_ADDR');
  });

  it('carry the mail server only when there is one, out of a Secret', () => {
    const names = [
      'EMAIL_HOST',
      'EMAIL_PORT',
      'EMAIL_HOST_USER',
      'EMAIL_HOST_PASSWORD',
      'EMAIL_USE_TLS',
      'EMAIL_DEFAULT_FROM',
    ];
    const keys = ['host', 'port', 'user', 'password', 'tls', 'from'];
    for (const each of ['posthog', 'posthog-worker']) {
      expect(Object.values(seen(containerNamed(each, { mail: true }), names))).toEqual(
        keys.map((key) => `<posthog-mail:${key}>`),
      );
      expect(envNames(containerNamed(each)).filter((name) => name.startsWith('EMAIL_'))).toEqual([]);
    }
  });

  it('take an S3 of the user’s from its Secret, recordings included', () => {
    const given = (key: string) => `<posthog-s3:${key}>`;
    const names = {
      OBJECT_STORAGE_ENDPOINT: given('endpoint'),
      OBJECT_STORAGE_PUBLIC_ENDPOINT: given('publicEndpoint'),
      OBJECT_STORAGE_BUCKET: given('bucket'),
      OBJECT_STORAGE_REGION: given('region'),
      OBJECT_STORAGE_ACCESS_KEY_ID: given('accessKey'),
      OBJECT_STORAGE_SECRET_ACCESS_KEY: given('secretKey'),
      SESSION_RECORDING_V2_S3_ENDPOINT: given('endpoint'),
      SESSION_RECORDING_V2_S3_BUCKET: given('bucket'),
      SESSION_RECORDING_V2_S3_REGION: given('region'),
      SESSION_RECORDING_V2_S3_ACCESS_KEY_ID: given('accessKey'),
      SESSION_RECORDING_V2_S3_SECRET_ACCESS_KEY: given('secretKey'),
    };
    for (const each of [
      'posthog',
      'posthog-worker',
      'posthog-plugins',
      'posthog-replay-ingestion',
      'posthog-recording-api',
    ]) {
      expect(seen(containerNamed(each, { s3: true }), Object.keys(names))).toEqual(names);
    }
    expect(JSON.stringify(objectsOf('small', { s3: true }))).not.toContain('object-storage-key-');
  });

  it('take complete URLs from the Secret when a generated password is not URL-safe', () => {
    const variant = { urls: 'encoded' } as const;
    expect(envValue(containerNamed('posthog', variant), 'DATABASE_URL')).toBe(own('DATABASE_URL'));
    expect(envValue(containerNamed('posthog-plugins', variant), 'CDP_REDIS_HOST')).toBe(own('REDIS_URL'));
    expect(envValue(containerNamed('posthog-feature-flags', variant), 'COOKIELESS_REDIS_HOST')).toBe(
      own('REDIS_AUTHORITY'),
    );
    const composed = containersOf(objectsOf('small', variant)).flatMap(({ container }) =>
      (container.env ?? []).filter(
        ({ value }) => value?.includes('$(PGPASS_)') || value?.includes('$(REDIS_PASSWORD)'),
      ),
    );
    expect(composed).toEqual([]);
  });

  it('send no usage reports unless the user wants to', () => {
    expect(envValue(containerNamed('posthog', { answers: { telemetry: true } }), 'OPT_OUT_CAPTURE')).toBe('false');
  });

  it.each([
    ['trial', { workers: '1', concurrency: '1', pool: '5', queue: '32' }],
    ['small', { workers: '2', concurrency: '2', pool: '5', queue: '64' }],
    ['medium', { workers: '2', concurrency: '4', pool: '10', queue: '256' }],
    ['large', { workers: '4', concurrency: '4', pool: '10', queue: '256' }],
  ] as const)('follow the size %s', (size, numbers) => {
    const all = new Map(containersOf(objectsOf(size)).map(({ container }) => [container.name, container]));
    const read = (name: string, variable: string) => envValue(all.get(name) as Container, variable);
    expect({
      workers: read('posthog', 'GRANIAN_WORKERS'),
      concurrency: read('posthog-worker', 'WEB_CONCURRENCY'),
      pool: read('posthog-ingestion', 'POSTGRES_CONNECTION_POOL_SIZE'),
      queue: read('posthog-capture', 'KAFKA_PRODUCER_QUEUE_MIB'),
    }).toEqual(numbers);
  });

  it.each(sizeNames)('hold text only, each name once, references after what they refer to, in %s', (size) => {
    for (const variant of [{}, { mail: true, s3: true, urls: 'encoded' } as const]) {
      for (const { container } of containersOf(objectsOf(size, variant))) {
        const defined = new Set<string>();
        for (const { name, value, valueFrom } of container.env ?? []) {
          expect(defined, `${container.name} ${name}`).not.toContain(name);
          if (valueFrom === undefined) expect(typeof value, `${container.name} ${name}`).toBe('string');
          for (const [, reference] of (value ?? '').matchAll(/\$\(([^)]+)\)/g))
            expect(defined, `${container.name} ${name}`).toContain(reference);
          defined.add(name);
        }
      }
    }
  });
});

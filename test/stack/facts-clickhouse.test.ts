/** ClickHouse's configuration (stack-spec C), read as XML. */
import { describe, expect, it } from 'vitest';
import { sizeNames } from '../../source/stack/types.ts';
import { type Container, containersOf, envNames, find, objectsOf } from './fixtures/objects.ts';
import { at, type Element, namesAt, parseXml, textAt } from './fixtures/xml.ts';

const objects = objectsOf('small');
const files = (size: (typeof sizeNames)[number]) =>
  find(objectsOf(size), 'ConfigMap', 'posthog-clickhouse-config')['data'] as Readonly<
    Record<'posthog.xml' | 'users.xml', string>
  >;
const server = parseXml(files('small')['posthog.xml']);
const users = parseXml(files('small')['users.xml']);
const host = 'posthog-clickhouse-0.posthog-clickhouse.ns-abcd1234.svc.cluster.local';

describe('the server', () => {
  it('knows nine clusters, each this server by its pod’s name, and no other', () => {
    const clusters = [
      'posthog',
      'posthog_single_shard',
      'posthog_migrations',
      'posthog_writable',
      'posthog_primary_replica',
      'ai_events',
      'aux',
      'ops',
      'sessions',
    ];
    expect(namesAt(server, 'remote_servers')).toEqual(clusters);
    expect(at(server, 'remote_servers')?.attributes).toHaveProperty('replace');
    for (const cluster of clusters) {
      const replica = `remote_servers/${cluster}/shard/replica`;
      expect([
        textAt(server, `${replica}/host`),
        textAt(server, `${replica}/port`),
        textAt(server, `${replica}/user`),
      ]).toEqual([host, '9000', 'posthog']);
      expect(at(server, `${replica}/password`)?.attributes).toEqual({ from_env: 'CLICKHOUSE_PASSWORD' });
    }
    expect(containersOf(objects).find(({ container }) => container.name === 'posthog')?.container.env).toContainEqual({
      name: 'CLICKHOUSE_HOST',
      value: host,
    });
  });

  it('knows nine named collections, each with the brokers of its environment', () => {
    expect(namesAt(server, 'named_collections')).toEqual([
      'msk_cluster',
      ...['ingestion', 'calculated_events', 'replay', 'shared', 'cyclotron', 'logs', 'traces', 'metrics'].map(
        (end) => `warpstream_${end}`,
      ),
    ]);
    for (const { children } of at(server, 'named_collections')?.children ?? []) {
      expect(children.map(({ name, attributes }) => [name, attributes])).toEqual([
        ['kafka_broker_list', { from_env: 'KAFKA_HOSTS' }],
      ]);
    }
  });

  it.each([
    ['tcp_port', '9000'],
    ['zookeeper/node/host', 'posthog-zookeeper.ns-abcd1234.svc.cluster.local'],
    ['zookeeper/node/port', '2181'],
    ['distributed_ddl/path', '/clickhouse/task_queue/ddl'],
    ['macros/shard', '01'],
    ['macros/replica', 'ch1'],
    ['macros/hostClusterType', 'online'],
    ['macros/hostClusterRole', 'data'],
    ['user_defined_executable_functions_config', '/opt/posthog/*_function.xml'],
    ['user_scripts_path', '/opt/posthog/user_scripts/'],
    ['format_schema_path', '/var/lib/clickhouse/format_schemas/'],
    ['custom_settings_prefixes', ''],
    ['logger/level', 'warning'],
    ['logger/console', '1'],
    ['max_server_memory_usage_to_ram_ratio', '0.8'],
    ['background_pool_size', '16'],
    ['background_merges_mutations_concurrency_ratio', '2'],
    ['background_schedule_pool_size', '128'],
    ['background_message_broker_schedule_pool_size', '128'],
    ['backups/allowed_path', '/var/lib/clickhouse/backups/'],
    ['text_log/level', 'information'],
  ])('has %s = %s', (path, value) => expect(textAt(server, path)).toBe(value));

  it('logs to no file, and leaves alone what must stay as the image has it', () => {
    for (const file of ['log', 'errorlog']) expect(at(server, `logger/${file}`)?.attributes).toHaveProperty('remove');
    const names = server.children.map(({ name }) => name);
    for (const name of [
      'https_port',
      'tcp_port_secure',
      'openSSL',
      'mlock_executable',
      'listen_host',
      'crash_log',
      'opentelemetry_span_log',
    ]) {
      expect(names).not.toContain(name);
    }
  });

  it('gives its own logs an end', () => {
    const days = Object.fromEntries(
      server.children
        .filter(({ name }) => name.endsWith('_log'))
        .map((log) => [log.name, /INTERVAL (\d+) DAY/.exec(textAt(log, 'ttl') ?? '')?.[1]]),
    );
    const logs = (count: string, ...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, count]));
    expect(days).toEqual({
      ...logs('12', 'query_log'),
      ...logs(
        '5',
        'query_thread_log',
        'query_views_log',
        'text_log',
        'metric_log',
        'asynchronous_metric_log',
        'session_log',
        'backup_log',
      ),
      ...logs(
        '3',
        'part_log',
        'trace_log',
        'processors_profile_log',
        'asynchronous_insert_log',
        'error_log',
        'query_metric_log',
        'latency_log',
      ),
    });
    // The image has this one commented out, so all of it stands here.
    expect(namesAt(server, 'session_log')).toEqual(
      expect.arrayContaining(['database', 'table', 'partition_by', 'ttl']),
    );
    // A ttl beside an engine is refused.
    expect(server.children.flatMap(({ children }) => children.map(({ name }) => name))).not.toContain('engine');
  });

  it.each([
    ['trial', [512 * 2 ** 20, 0, 50]],
    ['small', [512 * 2 ** 20, 0, 50]],
    ['medium', [2 ** 30, 2 ** 30, 100]],
    ['large', [5 * 2 ** 30, 8 * 2 ** 30, 200]],
  ] as const)('of %s has its caches and concurrency', (size, numbers) => {
    const config = parseXml(files(size)['posthog.xml']);
    expect(
      ['mark_cache_size', 'uncompressed_cache_size', 'max_concurrent_queries'].map((name) =>
        Number(textAt(config, name)),
      ),
    ).toEqual(numbers);
  });
});

describe('the users', () => {
  it.each([
    ['compatibility', '26.3'],
    ['load_balancing', 'random'],
    ['allow_nondeterministic_mutations', '1'],
    ['enable_materialized_cte', '1'],
    ['async_insert', '0'],
    ['optimize_empty_string_comparisons', '0'],
    ['distributed_product_mode', 'global'],
    ['enable_parallel_replicas', '0'],
    ['max_parallel_replicas', '1'],
    ['allow_experimental_window_functions', '1'],
    ['allow_suspicious_low_cardinality_types', '1'],
    ['insert_distributed_sync', '1'],
    ['throw_on_max_partitions_per_insert_block', 'false'],
    ['number_of_mutations_to_throw', '1'],
    ['distributed_ddl_task_timeout', '180'],
  ])('have %s = %s', (setting, value) => expect(textAt(users, `profiles/default/${setting}`)).toBe(value));

  it('derive the other profiles', () => {
    expect(textAt(users, 'profiles/readonly/readonly')).toBe('1');
    expect([textAt(users, 'profiles/api/profile'), textAt(users, 'profiles/app/profile')]).toEqual([
      'default',
      'default',
    ]);
    expect(textAt(users, 'quotas/default/interval/duration')).toBe('3600');
  });

  const flags = [
    'access_management',
    'named_collection_control',
    'show_named_collections',
    'show_named_collections_secrets',
  ];

  it('have an administrator for migrations', () => {
    for (const flag of flags) expect(textAt(users, `users/posthog/${flag}`)).toBe('1');
  });

  it.each([
    ['posthog', 'CLICKHOUSE_PASSWORD', 'default'],
    ['api', 'CLICKHOUSE_API_PASSWORD', 'api'],
    ['app', 'CLICKHOUSE_APP_PASSWORD', 'app'],
    ['billing', 'CLICKHOUSE_BILLING_PASSWORD', 'default'],
    ['dict_reader', 'CLICKHOUSE_DICT_READER_PASSWORD', 'readonly'],
  ])('know %s by a password of the environment', (name, variable, profile) => {
    const user = at(users, `users/${name}`) as Element;
    expect(at(user, 'password')).toMatchObject({ attributes: { from_env: variable }, text: '' });
    expect([textAt(user, 'profile'), textAt(user, 'quota'), textAt(user, 'networks/ip')]).toEqual([
      profile,
      'default',
      '::/0',
    ]);
    const container = containersOf(objects).find((each) => each.container.name === 'posthog-clickhouse')
      ?.container as Container;
    expect(envNames(container)).toContain(variable);
  });

  it('let the user without a password in only from inside the pod, only to read', () => {
    const user = at(users, 'users/default') as Element;
    expect(user.attributes).toHaveProperty('replace');
    expect(at(user, 'networks')?.children.map(({ text }) => text)).toEqual(['127.0.0.1', '::1']);
    expect([textAt(user, 'password'), textAt(user, 'profile'), textAt(user, 'access_management')]).toEqual([
      '',
      'readonly',
      '0',
    ]);
  });

  it.each(['default', 'dict_reader'])('grant %s the two databases and, beside grants, no other right', (name) => {
    const user = at(users, `users/${name}`) as Element;
    expect(at(user, 'grants')?.children.map(({ text }) => text)).toEqual([
      'GRANT SELECT ON default.*',
      'GRANT SELECT ON posthog.*',
    ]);
    // ClickHouse refuses the file when one of these is set beside grants.
    for (const flag of flags) expect(textAt(user, flag) ?? '0').toBe('0');
  });

  it.each(sizeNames)('hold no password in clear in %s', (size) => {
    for (const text of Object.values(files(size))) expect(text).not.toMatch(/<password>[^<]/);
  });
});

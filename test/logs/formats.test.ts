/** Lines as the components write them. Each sample names what prints it. */
import { describe, expect, test } from 'vitest';
import { type Parsed, parseLine } from '../../source/logs/formats.ts';
import type { LogFormat } from '../../source/stack/components.ts';

type Sample = readonly [source: string, LogFormat, line: string, Partial<Parsed>];

const samples: readonly Sample[] = [
  [
    'structlog JSONRenderer, posthog/settings/logs.py',
    'django',
    '{"event": "Health check failed", "timestamp": "2026-11-23T10:00:00.000Z", "logger": "posthog.health", "level": "error", "pid": 7, "tid": 9, "exception": "Traceback…", "team_id": 3}',
    { level: 'error', message: 'Health check failed', fields: { exception: 'Traceback…', team_id: 3 } },
  ],
  [
    'granian access log, --access-log',
    'django',
    '[2026-11-23 20:20:14 +0000] 10.244.0.1 - "GET / HTTP/1.1" 200 6.131',
    { level: undefined, message: '10.244.0.1 - "GET / HTTP/1.1" 200 6.131' },
  ],
  ['granian itself', 'django', '[WARNING] Worker slow', { level: 'warn', message: 'Worker slow' }],
  [
    'pino, nodejs/src/utils/logger.ts',
    'node',
    '{"level":"error","time":1764000000000,"pid":1,"hostname":"p","msg":"[MAIN] Redis error encountered!","error":{"code":"ECONNREFUSED"}}',
    { level: 'error', message: 'Redis error encountered!', fields: { error: { code: 'ECONNREFUSED' } } },
  ],
  ['a hostile one', 'node', '{"level":"__proto__","msg":"x"}', { level: undefined, message: 'x' }],
  ['pino with numbers', 'node', '{"level":40,"time":1,"msg":"slow"}', { level: 'warn', message: 'slow', fields: {} }],
  [
    'tracing-subscriber json().flatten_event(true), rust/capture/src/main.rs',
    'rust-flat',
    '{"timestamp":"2026-11-23T10:00:00Z","level":"INFO","message":"listening on 0.0.0.0:3000","target":"capture::server","threadId":"ThreadId(1)"}',
    { level: 'info', message: 'listening on 0.0.0.0:3000', fields: {} },
  ],
  [
    'tracing-subscriber json(), rust/feature-flags/src/main.rs',
    'rust-nested',
    '{"timestamp":"2026-11-23T10:00:00Z","level":"WARN","fields":{"message":"cache miss","team_id":2},"target":"feature_flags"}',
    { level: 'warn', message: 'cache miss', fields: { team_id: 2 } },
  ],
  [
    'tracing-subscriber fmt, rust/property-defs-rs',
    'tracing',
    '\x1b[2m2026-11-23T10:00:00.123456Z\x1b[0m \x1b[31mERROR\x1b[0m property_defs_rs: cannot connect',
    { level: 'error', message: 'property_defs_rs: cannot connect' },
  ],
  [
    'ClickHouse 26 console log',
    'clickhouse',
    '2026.11.23 10:00:00.123456 [ 77 ] {a-b} <Error> executeQuery: Code: 60. DB::Exception: Unknown table',
    { level: 'error', message: 'executeQuery: Code: 60. DB::Exception: Unknown table' },
  ],
  [
    'Redpanda v25',
    'redpanda',
    'WARN  2026-11-23 10:00:00,123 [shard 0:main] storage - disk.cc:10 - low space',
    { level: 'warn', message: 'storage - disk.cc:10 - low space' },
  ],
  [
    'ZooKeeper log4j pattern',
    'zookeeper',
    '2026-11-23 10:00:00,123 [myid:1] - INFO  [main:QuorumPeerMain@140] - Starting',
    { level: 'info', message: '[main:QuorumPeerMain@140] - Starting' },
  ],
  [
    'Patroni',
    'patroni',
    '2026-11-23 10:00:00,123 INFO: no action. I am (pg-0), the leader with the lock',
    { level: 'info', message: 'no action. I am (pg-0), the leader with the lock' },
  ],
  [
    'PostgreSQL log_line_prefix %m [%p]',
    'patroni',
    '2026-11-23 10:00:00.123 UTC [42] FATAL:  password authentication failed for user "posthog"',
    { level: 'fatal', message: 'password authentication failed for user "posthog"' },
  ],
  [
    'PostgreSQL log_line_prefix %m [%p]: ',
    'patroni',
    '2026-11-23 22:13:42.715 UTC [62]: LOG:  database system is ready to accept connections',
    { level: 'info', message: 'database system is ready to accept connections' },
  ],
  [
    'Redis 7',
    'redis',
    '1:M 23 Nov 2026 10:00:00.123 # WARNING overcommit_memory is set to 0!',
    { level: 'warn', message: 'WARNING overcommit_memory is set to 0!' },
  ],
  [
    'rpk topic create',
    'plain',
    'events_plugin_ingestion  OK',
    { level: undefined, message: 'events_plugin_ingestion  OK' },
  ],
];

describe('a line', () => {
  test.each(samples)('of %s is read', (_, format, line, wanted) => {
    expect(parseLine(line, format)).toMatchObject(wanted);
  });

  test.each<[string, LogFormat, Partial<Parsed>]>([
    ['thread main panicked at src/main.rs', 'plain', { level: 'error' }],
    ['Traceback (most recent call last):', 'django', { level: 'error' }],
    ['2026-11-23 WARNING low', 'plain', { level: 'warn' }],
    ['{"broken": ', 'node', { level: undefined, message: '{"broken": ' }],
    ['[1, 2]', 'node', { message: '[1, 2]' }],
    ['{"level":"info","message":"other"}', 'clickhouse', { level: 'info', message: 'other' }],
    ['{"level":"strange","msg":"m"}', 'node', { level: undefined, message: 'm' }],
    ['10 %\r50 %\r100 %', 'plain', { message: '100 %' }],
    ['done\r', 'plain', { message: 'done' }],
    ['', 'plain', { message: '', level: undefined }],
  ])('%j of %s is taken as it is', (line, format, wanted) => {
    expect(parseLine(line, format)).toMatchObject(wanted);
  });
});

describe('a line of JSON that is too long to be read as a whole', () => {
  const long = 'x'.repeat(100_000);
  /** As the screen reads it. */
  const ends = (line: string, format: LogFormat) => parseLine(line.slice(0, 65_536), format, line.slice(-8192));

  test.each<[string, LogFormat, string, Partial<Parsed>]>([
    [
      'by its beginning',
      'django',
      `{"event": "saved \\"it\\"", "level": "error", "team_id": 3, "data": {"nested": "${long}"}}`,
      { level: 'error', message: 'saved "it"', fields: { team_id: 3 } },
    ],
    [
      'by its end, as pino writes',
      'node',
      `{"level":50,"time":5,"pid":1,"data":{"msg":"no","nested":"${long}"},"a":1,"msg":"[MAIN] failed","b":[2]}`,
      { level: 'error', message: 'failed', fields: { b: [2] } },
    ],
    [
      'by both',
      'django',
      `{"level":"warning","data":{"event":"no","nested":"${long}"},"event":"late"}`,
      { level: 'warn', message: 'late' },
    ],
    [
      'by the beginning of what is long itself',
      'node',
      `{"level":"info","msg":"begins \\n${long}"}`,
      { level: 'info', message: expect.stringMatching(/^begins \nx{8000,8200}$/) },
    ],
    [
      'whatever is cut',
      'node',
      `{"level":"info","msg":"${'\\u00e9'.repeat(20_000)}"}`,
      { level: 'info', message: expect.stringMatching(/^é+$/) },
    ],
  ])('is told %s', (_, format, line, wanted) => {
    expect(ends(line, format)).toMatchObject(wanted);
  });

  test.each([
    [String.raw`\n`, 1, ''],
    [String.raw`\n`, 2, '\n'],
    [String.raw`\u00e9`, 2, ''],
    [String.raw`\u00e9`, 5, ''],
    [String.raw`\u00e9`, 6, 'é'],
    // A backslash that is escaped, as JSON within JSON has them.
    [String.raw`\\`, 1, ''],
    [String.raw`\\`, 2, '\\'],
    [String.raw`\\u12`, 3, String.raw`\u`],
    [String.raw`\\u12`, 5, String.raw`\u12`],
    [String.raw`\\\\`, 3, '\\'],
  ])('is told by whole characters where %s is cut behind %i', (escaped, units, rest) => {
    const begin = '{"level":"info","msg":"';
    const before = 'x'.repeat(8192 - begin.length - units);
    expect(ends(`${begin}${before}${escaped}${long}"}`, 'node')).toMatchObject({
      level: 'info',
      message: before + rest,
    });
  });

  test.each([
    ['what is nested is none of its own', `{"a":{"level":"info","msg":"no","long":"${long}"},"b":{"msg":"no"}}`],
    ['nor is what is quoted', `{"a":["${long}"],"b":"\\"msg\\":\\"no\\"}"}`],
    ['nor a value', `{"a":["${long}"],"b":"msg"}`],
    ['nor what is no JSON', `{a ${long} "msg":"no"`],
  ])('%s', (_, line) => {
    expect(ends(line, 'node').message).toBe(line.slice(0, 65_536));
  });
});

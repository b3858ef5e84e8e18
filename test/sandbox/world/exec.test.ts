/** Commands in the containers of a small install: exit code and output, in the formats of the real programs. */
import { beforeAll, describe, expect, test } from 'vitest';
import { during, install, newSite, outsideOf, type Site } from './support.ts';

let site: Site;
beforeAll(async () => {
  site = newSite();
  await install(site);
});

const run = (pod: string, command: readonly string[], container?: string) => {
  const found = site.cluster.pods().find(({ metadata }) => metadata.name.startsWith(pod));
  const options = container === undefined ? {} : { container };
  return during(site, outsideOf(site).cluster.exec(found.metadata.name, command, options));
};

const [redis, postgres] = ['posthog-redis-redis-0', 'posthog-pg-postgresql-0'];
const [kafka, clickhouse, web] = ['posthog-kafka-0', 'posthog-clickhouse-0', 'posthog-worker'];
const password = 'redis-cli --no-auth-warning -a "$REDIS_PASSWORD"';
const query = 'clickhouse-client --user posthog --password "$CLICKHOUSE_PASSWORD" --query';

describe.each<[pod: string, script: string, code: number, stdout: string | RegExp, stderr?: string | RegExp]>([
  [redis, `${password} PING`, 0, 'PONG\n'],
  [redis, `${password} LLEN celery`, 0, '0\n'],
  [redis, `${password} INFO memory`, 0, /^# Memory\nused_memory:\d+\n/],
  [redis, `${password} CONFIG`, 0, /^ERR unknown command 'CONFIG'/],
  [
    redis,
    `${password} RPUSH q a; ${password} GET q`,
    0,
    '1\nWRONGTYPE Operation against a key holding the wrong kind of value\n\n',
  ],
  [redis, 'constructor', 127, '', 'sh: 1: constructor: not found\n'],
  [redis, 'redis-cli PING', 0, 'NOAUTH Authentication required.\n\n'],
  [
    redis,
    'redis-cli --no-auth-warning -a wrong PING',
    0,
    /NOAUTH/,
    /^AUTH failed: WRONGPASS invalid username-password/,
  ],
  [
    redis,
    'tail -n 1 /data/running.log',
    0,
    /^1:M \d\d \w{3} 2026 \d\d:\d\d:\d\d\.\d{3} \* Ready to accept connections\n$/,
  ],
  [
    redis,
    'date +%z; wc -c < /data/running.log; tail -c +5 /data/running.log | head -c 6',
    0,
    /^\+0000\n5\d\n\d\d \w{3}\n$/,
  ],
  [redis, 'tail -c 12 /data/running.log', 0, 'connections\n'],
  [redis, 'true; head -c 999 /data/running.log | tail -n 1 | wc -c', 0, /^5\d\n$/],
  [redis, 'head -c 999 /data/running.log | tail -n 0 | wc -c', 0, '0\n'],
  [redis, 'tail -c +9 /data/running.log | head -n 1 | wc -c', 0, /^5\d\n$/],
  [postgres, 'psql -U postgres -tAc "SELECT count(*) FROM django_migrations" -d posthog', 0, '2333\n'],
  [
    postgres,
    'psql -c "SELECT datname FROM pg_database WHERE datname = \'posthog\'"',
    0,
    ' datname \n---------\n posthog\n(1 row)\n\n',
  ],
  [postgres, 'psql -tAc "SELECT pg_database_size(\'posthog\')"', 0, /^\d{6,}\n$/],
  [postgres, 'psql -d nowhere -c "SELECT 1"', 2, '', /^psql: error: .*FATAL: {2}database "nowhere" does not exist/],
  [postgres, 'psql -c "SELECT * FROM nowhere_at_all"', 1, '', 'ERROR:  relation "nowhere_at_all" does not exist\n'],
  [postgres, `psql -tAc "SELECT 'a;b'"`, 0, 'a;b\n'],
  [postgres, 'pg_isready', 0, '/var/run/postgresql:5432 - accepting connections\n'],
  [kafka, 'rpk cluster health', 0, /^CLUSTER HEALTH OVERVIEW\n=+\nHealthy: +true\n/],
  [kafka, 'rpk group list', 0, /^BROKER +GROUP +STATE\n[\s\S]*^0 +clickhouse-ingestion +Stable$/m],
  [
    kafka,
    'rpk group describe clickhouse-ingestion',
    0,
    /^GROUP +clickhouse-ingestion\nCOORDINATOR +0\nSTATE +Stable\nBALANCER +cooperative-sticky\nMEMBERS +1\nTOTAL-LAG +0\n\nTOPIC +PARTITION +CURRENT-OFFSET/,
  ],
  [kafka, 'rpk topic list', 0, /^NAME +PARTITIONS +REPLICAS\n[\s\S]*^clickhouse_events_json +4 +1$/m],
  [
    kafka,
    'rpk topic describe clickhouse_events_json -p',
    0,
    /^PARTITION +LEADER[\s\S]*HIGH-WATERMARK\n0 +0 +1 +\[0\] +0 +0\n/,
  ],
  [clickhouse, `${query} "SELECT name, total_space FROM system.disks"`, 0, `default\t${40 * 2 ** 30}\n`],
  [clickhouse, `${query} "SELECT count() FROM system.mutations WHERE NOT is_done"`, 0, '0\n'],
  [clickhouse, `${query} "SELECT count() FROM posthog.events"`, 0, '0\n'],
  [
    clickhouse,
    `${query} "SELECT table FROM system.kafka_consumers FORMAT JSONEachRow"`,
    0,
    /^\{"table":"kafka_events_json"\}\n/,
  ],
  [
    clickhouse,
    'clickhouse-client --user posthog --password wrong --query "SELECT 1"',
    4,
    '',
    /Code: 516\. DB::Exception: Received from localhost:9000/,
  ],
  [clickhouse, `${query} "SELEKT"`, 62, '', /Syntax error/],
  [clickhouse, 'df -h /var/lib/clickhouse', 0, /^Filesystem +Size +Used +Avail +Use% +Mounted on\n\/dev\/vdb +40G/],
  [web, 'python manage.py migrate --check', 0, ''],
  [web, 'python manage.py showmigrations --plan | tail -n 1', 0, '[X]  posthog.2332_stub\n'],
  [web, 'env | grep POSTHOG_MODE; echo "$HOSTNAME"', 0, /^posthog-worker-\S+\n$/],
  [web, 'nothing-there', 127, '', 'sh: 1: nothing-there: not found\n'],
  [web, 'echo out; echo err >&2; exit 7', 7, 'out\n', 'err\n'],
  [web, 'date -u +%FT%TZ', 0, /^2026-01-01T00:\d\d:\d\dZ\n$/],
  [web, 'false && echo no || echo yes', 0, 'yes\n'],
  [web, 'id; whoami', 0, 'uid=0(root) gid=0(root) groups=0(root)\nroot\n'],
])('%s: %s', (pod, script, code, stdout, stderr = '') => {
  test(`ends with ${code}`, async () => {
    const container = pod === redis ? 'redis' : undefined;
    const answer = await run(pod, ['sh', '-c', script], container);
    for (const [said, wanted] of [
      [answer.stdout, stdout],
      [answer.stderr, stderr],
    ] as const)
      if (typeof wanted === 'string') expect(said).toBe(wanted);
      else expect(said).toMatch(wanted);
    expect(answer.exitCode).toBe(code);
  });
});

test('kill 1 ends the container, which starts again', async () => {
  const name = site.cluster.pods().find(({ metadata }) => metadata.name.startsWith('posthog-worker')).metadata.name;
  await run('posthog-worker', ['kill', '1']);
  await site.clock.pass(100);
  await site.cluster.controllers.settled();
  expect(site.cluster.find('v1', 'Pod', name).status.containerStatuses[0].restartCount).toBe(1);
});

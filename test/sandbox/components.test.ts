/** Each component by itself: what it refuses, what it says, and what it does while others are away. */
import { beforeEach, describe, expect, test } from 'vitest';
import { clickhousePassword, newTown, programOf } from './support/stack.ts';
import type { Running, Town } from './support/town.ts';

let town: Town;
beforeEach(() => {
  town = newTown();
});

async function started(name: string, env: Readonly<Record<string, string>> = {}): Promise<Running> {
  const program = programOf(name);
  const running = town.start({ ...program, env: { ...program.env, ...env } });
  await town.until(() => running.log.length > 0 || running.code() !== undefined);
  return running;
}

/** Runs until it ends by itself. */
async function ended(name: string, change: (env: Record<string, string>) => void, argv?: readonly string[]) {
  const program = programOf(name);
  const env = { ...program.env };
  change(env);
  return town.run({ ...program, env, ...(argv ? { argv } : {}) });
}

const rpk = (...words: readonly string[]) =>
  town.run(programOf('posthog-kafka-init', { argv: ['rpk', ...words, '-X', 'brokers=posthog-kafka:9092'] }));
const python = (...words: readonly string[]) => town.run(programOf('posthog-migrate', { argv: ['python', ...words] }));
const migrate = (scope: string) =>
  town.run(programOf('posthog-migrate', { argv: ['./bin/migrate', `--scope=${scope}`] }));

describe('without what it needs, it does not start', () => {
  test.each([
    ['posthog', 'SECRET_KEY', 1, /The environment var "SECRET_KEY" is required/],
    ['posthog', 'SITE_URL', 1, /"SITE_URL" is required/],
    ['posthog-worker', 'REDIS_URL', 1, /"REDIS_URL" is required/],
    ['posthog-plugins', 'DATABASE_URL', 1, /DATABASE_URL must be set/],
    ['posthog-capture', 'KAFKA_TOPIC', 1, /missing environment variable KAFKA_TOPIC/],
    ['posthog-feature-flags', 'MAXMIND_DB_PATH', 101, /panicked.*MAXMIND_DB_PATH/],
    ['hypercache', 'REDIS_URL', 101, /panicked.*REDIS_URL/],
    ['posthog-property-defs', 'KAFKA_HOSTS', 101, /panicked.*KAFKA_HOSTS/],
    ['posthog-personhog', 'PRIMARY_DATABASE_URL', 1, /PRIMARY_DATABASE_URL/],
  ])('%s without %s', async (name, variable, code, words) => {
    const end = await ended(name, (env) => delete env[variable]);
    expect(end.code).toBe(code);
    expect(end.log.join('\n')).toMatch(words);
  });

  test.each(['posthog', 'posthog-plugins'])('%s with a salt of another length', async (name) => {
    const end = await ended(name, (env) => {
      env['ENCRYPTION_SALT_KEYS'] = 'too short';
    });
    expect(end.code).toBe(1);
    expect(end.log.join('\n')).toMatch(/ENCRYPTION_SALT_KEYS .*32 bytes/);
  });

  test('node without the database of places', async () => {
    const end = await ended('posthog-ingestion', () => {});
    expect(end.code).toBe(1);
    expect(end.log[0]).toContain("ENOENT: no such file or directory, open '/code/share/GeoLite2-City.mmdb'");
  });
});

describe('node', () => {
  const placed = (pod: string) => town.files.set(`${pod}:/code/share/GeoLite2-City.mmdb`, 'places');

  test('gives up on Redis with code 0, and says why', async () => {
    placed('posthog-plugins');
    town.redisPassword = 'changed';
    const { code, log } = await ended('posthog-plugins', () => {});
    expect(code).toBe(0);
    expect(log[0]).toMatch(/Redis error encountered! host: posthog-redis-redis\.\S+ WRONGPASS/);
    expect(JSON.parse(log.at(-1) ?? '')).toMatchObject({ level: 'error', msg: '[MAIN] Enough of this, I quit!' });
  });

  test.each(['ECONNREFUSED', 'Unknown topic'])('gives up on a queue that says %s, with code 0', async (words) => {
    placed('posthog-plugins');
    if (words === 'Unknown topic') await started('posthog-kafka');
    // The broker's name is known as soon as there is a Service.
    const { code, log } = await ended('posthog-plugins', () => {});
    expect(code).toBe(0);
    expect(log.at(-1)).toContain(words);
  });

  test('dials a host that is not there while a slot of brokers is unset, and never listens', async () => {
    placed('posthog-plugins');
    const program = programOf('posthog-plugins');
    const { KAFKA_CDP_PRODUCER_METADATA_BROKER_LIST: _, ...env } = program.env;
    const running = town.start({ ...program, env });
    await town.pass(300_000);
    expect(running.code()).toBeUndefined();
    expect(running.log.at(-1)).toContain("Failed to resolve 'kafka:9092'");
    await expect(town.send('posthog-plugins', 6738, '/_ready')).rejects.toThrow('ECONNREFUSED');
  });

  test('waits for what comes late', async () => {
    placed('posthog-plugins');
    const running = await started('posthog-plugins');
    await town.pass(10_000);
    await expect(town.send('posthog-plugins', 6738, '/_ready')).rejects.toThrow('ECONNREFUSED');
    await started('posthog-kafka');
    for (const topic of ['events_plugin_ingestion', 'clickhouse_events_json'])
      await rpk('topic', 'create', topic, '-p', '1', '-r', '1');
    await town.until(() => running.log.some((line) => line.includes('All systems go')));
    expect((await town.send('posthog-plugins', 6738, '/_ready')).status).toBe(200);
  });
});

describe('capture', () => {
  const event = { api_key: `phc_${'x'.repeat(43)}`, event: 'e', distinct_id: 'd' };
  const post = (body: string, path = '/e/') => town.send('posthog-capture', 3000, path, { method: 'POST', body });

  test('is alive only while the queue is, and refuses events meanwhile', async () => {
    await started('posthog-capture');
    expect((await town.send('posthog-capture', 3000, '/_readiness')).status).toBe(200);
    expect((await town.send('posthog-capture', 3000, '/_liveness')).status).toBe(500);
    expect((await post(JSON.stringify(event))).status).toBe(503);
    await started('posthog-kafka');
    expect((await town.send('posthog-capture', 3000, '/_liveness')).status).toBe(200);
    expect(await post(JSON.stringify(event))).toMatchObject({ status: 200, body: '{"status":1}' });
  });

  test.each([
    ['no JSON', '{', 400],
    ['no key', '{"event":"e"}', 401],
    ['a key of another shape', '{"api_key":"?","event":"e"}', 401],
    ['nothing', '[]', 401],
  ])('refuses %s', async (_, body, status) => {
    await started('posthog-capture');
    expect((await post(body)).status).toBe(status);
  });

  test('leaves recordings to the other one, and lets browsers in', async () => {
    await started('posthog-capture');
    expect((await post(JSON.stringify(event), '/s/')).status).toBe(404);
    expect(await town.send('posthog-capture', 3000, '/e/', { method: 'OPTIONS' })).toMatchObject({
      status: 204,
      headers: { 'access-control-allow-origin': '*' },
    });
  });
});

describe('flags and persons', () => {
  test('flags say that a store is away', async () => {
    await started('posthog-feature-flags');
    town.isPostgresDown = true;
    const body = '{"api_key":"phc_x"}';
    expect((await town.send('posthog-feature-flags', 3001, '/flags/', { method: 'POST', body })).status).toBe(503);
  });

  test('PersonHog is ready once its column is there', async () => {
    const replica = await started('posthog-personhog');
    expect((await migrate('postgres')).code).toBe(0);
    expect((await town.send('posthog-personhog', 9100, '/_readiness')).status).toBe(503);
    expect(replica.log.at(-1)).toContain('column "is_deleted" does not exist');
    expect((await python('/scripts/guard.py')).log).toEqual(['Guard columns are there']);
    expect((await town.send('posthog-personhog', 9100, '/_readiness')).status).toBe(200);
  });

  test('property-defs is not alive when it has not read for a minute', async () => {
    await started('posthog-property-defs');
    expect((await town.send('posthog-property-defs', 3301, '/_liveness')).status).toBe(200);
    await town.pass(61_000);
    expect((await town.send('posthog-property-defs', 3301, '/_liveness')).status).toBe(500);
  });
});

describe('ClickHouse', () => {
  const config = 'posthog-clickhouse-0:/etc/clickhouse-server/config.d/posthog.xml';
  const headers = { 'x-clickhouse-user': 'posthog', 'x-clickhouse-key': clickhousePassword };
  const ask = (body: string, as: Readonly<Record<string, string>> = headers) =>
    town.send('posthog-clickhouse-0', 8123, '/', { method: 'POST', headers: as, body });
  const change = (from: string | RegExp, to: string) => {
    const before = town.files.get(config) ?? '';
    const after = before.replace(from, to);
    expect(after).not.toBe(before);
    town.files.set(config, after);
  };
  const prepare = async () => {
    for (const sql of ['SYSTEM FLUSH LOGS', 'CREATE DATABASE IF NOT EXISTS posthog'])
      expect((await ask(sql)).status).toBe(200);
  };

  test.each([
    [/<warpstream_metrics>.*\n/, '', "Code: 669. DB::Exception: There is no named collection 'warpstream_metrics'"],
    [/<aux>[\s\S]*?<\/aux>/, '', "Code: 701. DB::Exception: Requested cluster 'aux' not found"],
    [/<replica>ch1<\/replica>/, '', "Code: 139. DB::Exception: No macro 'replica'"],
    [/<background_pool_size>16/, '<background_pool_size>4', 'Code: 36. DB::Exception: The value of'],
  ])('does not migrate when its configuration lacks %s', async (from, to, words) => {
    change(from, to);
    await started('posthog-zookeeper');
    await started('posthog-clickhouse');
    await prepare();
    const { code, log } = await migrate('clickhouse');
    expect(code).toBe(1);
    expect(log[0]).toContain(words);
    expect(log.slice(1)).toEqual(['Error in migrate_clickhouse', 'Error in ClickHouse migrations, exiting.']);
  });

  test('does not migrate without its log tables, its database, and ZooKeeper', async () => {
    await started('posthog-clickhouse');
    expect((await migrate('clickhouse')).log[0]).toContain('Database posthog does not exist');
    await ask('CREATE DATABASE IF NOT EXISTS posthog');
    expect((await migrate('clickhouse')).log[0]).toContain('Code: 999. Coordination::Exception');
    await started('posthog-zookeeper');
    expect((await migrate('clickhouse')).log[0]).toContain("identifier 'system.crash_log'");
    await ask('SYSTEM FLUSH LOGS');
    expect((await python('manage.py', 'migrate_clickhouse', '--check')).code).toBe(1);
    expect((await migrate('clickhouse')).code).toBe(0);
    const check = await python('manage.py', 'migrate_clickhouse', '--check');
    expect(check).toEqual({ code: 0, log: ['Clickhouse migrations up to date!'] });
  });

  test.each([
    [{ 'x-clickhouse-user': 'posthog', 'x-clickhouse-key': 'wrong' }, 403],
    [{ 'x-clickhouse-user': 'nobody', 'x-clickhouse-key': '' }, 403],
    [{}, 403],
    [{ 'x-clickhouse-user': 'api', 'x-clickhouse-key': 'value-of-CLICKHOUSE_API_PASSWORD' }, 200],
    [{ 'x-clickhouse-user': 'app', 'x-clickhouse-key': 'value-of-CLICKHOUSE_APP_PASSWORD' }, 200],
    [{ 'x-clickhouse-user': 'billing', 'x-clickhouse-key': 'value-of-CLICKHOUSE_BILLING_PASSWORD' }, 200],
    [{ 'x-clickhouse-user': 'dict_reader', 'x-clickhouse-key': 'value-of-CLICKHOUSE_DICT_READER_PASSWORD' }, 200],
  ])('lets in who has a password: %j', async (as, status) => {
    await started('posthog-clickhouse');
    const answer = await ask('SELECT 1', as);
    expect(answer.status).toBe(status);
    expect(answer.body).toContain(status === 200 ? '1' : 'AUTHENTICATION_FAILED');
  });

  test('does not start without its users', async () => {
    town.files.delete('posthog-clickhouse-0:/etc/clickhouse-server/users.d/posthog.xml');
    expect((await ended('posthog-clickhouse', () => {})).code).toBe(70);
  });

  test('says which topic it does not get, and keeps what it has read over a restart', async () => {
    await started('posthog-zookeeper');
    await started('posthog-kafka');
    const server = await started('posthog-clickhouse');
    await prepare();
    await migrate('clickhouse');
    const consumers = async () =>
      (await ask("SELECT * FROM system.kafka_consumers WHERE table LIKE 'kafka_events_json%' FORMAT JSONEachRow")).body;
    await town.until(async () => (await consumers()).includes("Can't get assignment: Broker: Unknown topic"));
    expect(JSON.parse(await consumers())).toMatchObject({ 'assignments.topic': [] });
    // A topic makes itself with the first message.
    await started('posthog-capture', { KAFKA_TOPIC: 'clickhouse_events_json' });
    const body = JSON.stringify({ api_key: 'phc_12345678', event: 'kept', distinct_id: 'd' });
    await town.send('posthog-capture', 3000, '/e/', { method: 'POST', body });
    const count = async () => (await ask("SELECT count() FROM posthog.events WHERE token='phc_12345678'")).body.trim();
    await town.until(async () => (await count()) === '1');
    expect(JSON.parse(await consumers())).toMatchObject({
      'assignments.topic': ['clickhouse_events_json'],
      'exceptions.text': [],
    });
    server.stop();
    await started('posthog-clickhouse');
    expect(await count()).toBe('1');
  });
});

test.each([
  ['ruok,srvr', true],
  ['srvr', false],
])('ZooKeeper answers the words that are allowed: %s', async (words, answers) => {
  for (const name of ['posthog-clickhouse', 'posthog-kafka']) await started(name);
  await started('posthog-zookeeper', { ZOO_4LW_COMMANDS_WHITELIST: words });
  const waiting = town.start(programOf('posthog-migrate', { argv: ['python', '/scripts/wait.py'] }));
  await town.pass(5_000);
  const said = ['PostgreSQL answers', 'ClickHouse answers', 'ZooKeeper answers', 'Kafka answers'];
  if (answers) expect(waiting.log).toEqual(said);
  else expect(waiting.log.at(-1)).toBe('Waiting for ZooKeeper: it does not say imok');
});

describe('migrations', () => {
  test('are tried ten times, each time later', async () => {
    town.isPostgresDown = true;
    const { code, log } = await migrate('postgres');
    expect(code).toBe(1);
    expect(log.filter((line) => line.startsWith('[migrate] waiting')).slice(0, 3)).toEqual([
      '[migrate] waiting 3s before retry...',
      '[migrate] waiting 6s before retry...',
      '[migrate] waiting 12s before retry...',
    ]);
    expect(log.slice(-3)).toEqual([
      '[migrate] Django migration failed',
      '[migrate] max retries reached, aborting',
      'Error in postgres migrations',
    ]);
  });

  test('go on where they were', async () => {
    const plan = async () => (await python('manage.py', 'showmigrations', '--plan')).log;
    expect((await plan()).every((line) => line.startsWith('[ ]'))).toBe(true);
    const cut = town.start(programOf('posthog-migrate', { argv: ['./bin/migrate', '--scope=postgres'] }));
    await town.until(() => cut.log.filter((line) => line.startsWith('  Applying')).length === 10);
    cut.stop();
    await town.pass(1_000);
    const left = (await plan()).filter((line) => line.startsWith('[ ]')).length;
    expect(left).toBeGreaterThan(0);
    const rest = (await migrate('postgres')).log.filter((line) => line.startsWith('  Applying'));
    expect(rest).toHaveLength(left);
    expect((await plan()).every((line) => line.startsWith('[X]'))).toBe(true);
    expect((await migrate('persons')).log.at(-2)).toBe('Applied 3 migration(s), skipped 3, already applied 0.');
    expect((await migrate('persons')).log.at(-2)).toBe('Applied 0 migration(s), skipped 3, already applied 3.');
  });

  test('and everything else that the web image is called with are known, and nothing more', async () => {
    expect((await python('manage.py', 'juggle')).log[0]).toContain("Unknown command: 'juggle'");
    expect((await python('/scripts/juggle.py')).code).toBe(2);
  });
});

describe('the web tier', () => {
  const ready = async (role = '') => {
    const { status, body } = await town.send('posthog', 8000, `/_readyz${role}`);
    return { status, checks: JSON.parse(body) as Record<string, boolean> };
  };
  const signUp = (headers: Readonly<Record<string, string>>) =>
    town.send('posthog', 8000, '/api/signup/', { method: 'POST', headers, body: '{}' });

  test('is ready for its role without ClickHouse, and not as a whole', async () => {
    await started('posthog');
    expect(await ready('?role=web')).toEqual({ status: 200, checks: { http: true, postgres: true, cache: true } });
    expect(await ready()).toMatchObject({
      status: 503,
      checks: { clickhouse: false, postgres_migrations_uptodate: false },
    });
    expect((await town.send('posthog', 8000, '/_health')).status).toBe(503);
    expect((await town.send('posthog', 8000, '/_livez')).status).toBe(200);
  });

  test('lets nobody in any more once it is told to end', async () => {
    await started('posthog');
    town.files.set('posthog:/tmp/posthog_prestop', '');
    expect((await ready('?role=web')).status).toBe(503);
  });

  test('gives a token with its form, and takes it only from its own site by https', async () => {
    await started('posthog');
    const form = await town.send('posthog', 8000, '/login');
    const token = /posthog_csrftoken=(\w+)/.exec(String(form.headers?.['set-cookie']))?.[1] ?? '';
    const good = {
      cookie: `posthog_csrftoken=${token}`,
      'x-csrftoken': token,
      referer: 'https://posthog.example.com/login',
      'x-forwarded-proto': 'https',
    };
    // Past the check there is no table yet.
    expect((await signUp(good)).status).toBe(500);
    for (const [change, words] of [
      [{ 'x-forwarded-proto': 'http' }, 'CSRF verification failed'],
      [{ referer: 'https://posthog.example.com.evil.example/' }, 'CSRF verification failed'],
      [{ origin: 'https://evil.example' }, 'Origin checking failed - https://evil.example'],
      [{ 'x-csrftoken': 'other' }, 'CSRF verification failed'],
    ] as const)
      expect(await signUp({ ...good, ...change })).toMatchObject({ status: 403, body: expect.stringContaining(words) });
  });

  test('hears from the worker, until that has been silent for five minutes', async () => {
    for (const name of ['posthog-zookeeper', 'posthog-clickhouse', 'posthog-kafka', 'posthog']) await started(name);
    const worker = await started('posthog-worker');
    const celery = async () =>
      (JSON.parse((await town.send('posthog', 8000, '/_preflight')).body) as { celery: boolean }).celery;
    await town.until(celery);
    expect(worker.log[0]).toContain('celery@worker');
    worker.stop();
    await town.pass(290_000);
    expect(await celery()).toBe(true);
    await town.pass(15_000);
    expect(await celery()).toBe(false);
  });
});

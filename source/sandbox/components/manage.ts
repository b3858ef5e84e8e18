/** What the migrate Job and the installer call in the web image: `bin/migrate`, `manage.py` and our own scripts. */
import { syncRemoteConfig } from './flags.ts';
import { Exit, type Host } from './host.ts';
import { brokerAnswers } from './queue.ts';
import { patiently, withSql } from './stores.ts';
import { needWebEnv } from './web-backend.ts';

/** How many migrations and how fast; a test says fewer, the sandbox will say all of them. */
const countOf = (host: Host) => Number(host.env['STUB_MIGRATIONS'] ?? 60);
const paceMs = (host: Host) => Number(host.env['STUB_MIGRATION_MS'] ?? 10);
const clickhouseCount = 318;

const tables = `
CREATE TABLE IF NOT EXISTS django_migrations (id serial PRIMARY KEY, app text, name text UNIQUE, applied timestamptz DEFAULT now());
CREATE TABLE IF NOT EXISTS django_session (session_key text PRIMARY KEY, user_id int);
CREATE TABLE IF NOT EXISTS posthog_organization (id serial PRIMARY KEY, name text);
CREATE TABLE IF NOT EXISTS posthog_user (id serial PRIMARY KEY, email text UNIQUE, password text, first_name text);
CREATE TABLE IF NOT EXISTS posthog_team (id serial PRIMARY KEY, name text, api_token text UNIQUE, organization_id int, session_recording_opt_in boolean DEFAULT false);
CREATE TABLE IF NOT EXISTS posthog_personalapikey (id serial PRIMARY KEY, label text, secure_value text, user_id int);
CREATE TABLE IF NOT EXISTS posthog_person (uuid text PRIMARY KEY, team_id int);
CREATE TABLE IF NOT EXISTS posthog_persondistinctid (id serial PRIMARY KEY, distinct_id text, team_id int);
CREATE TABLE IF NOT EXISTS posthog_eventdefinition (name text, team_id int, UNIQUE (name, team_id));
`;

const database = (host: Host) => host.env['DATABASE_URL'] ?? '';
const nameOf = (index: number) => `posthog.${String(index).padStart(4, '0')}_stub`;

/** `bin/migrate`: its lines are those of stack-spec E. */
export async function runMigrate(host: Host): Promise<void> {
  needWebEnv(host);
  const scope = host.argv.find((word) => word.startsWith('--scope='))?.slice('--scope='.length);
  if (scope === undefined || scope === 'postgres') await migratePostgres(host);
  if (scope === undefined || scope === 'persons') await migratePersons(host);
  if (scope === undefined || scope === 'clickhouse') await migrateClickHouse(host);
  host.log('All migrations completed successfully.');
}

const attempts = 10;
const firstPauseS = 3;

async function migratePostgres(host: Host): Promise<void> {
  for (let attempt = 1, pauseS = firstPauseS; ; attempt++, pauseS *= 2) {
    host.log(`[migrate] Django migration attempt ${attempt}/${attempts}`);
    try {
      return await applyDjango(host);
    } catch (error) {
      host.log((error as Error).message);
      host.log('[migrate] Django migration failed');
    }
    if (attempt === attempts || host.ending.aborted) {
      host.log('[migrate] max retries reached, aborting');
      host.log('Error in postgres migrations');
      throw new Exit(1);
    }
    host.log(`[migrate] waiting ${pauseS}s before retry...`);
    await host.sleep(pauseS * 1_000);
  }
}

async function applyDjango(host: Host): Promise<void> {
  await withSql(host, database(host), async (sql) => {
    await sql.query(tables);
    const done = new Set((await sql.query('SELECT name FROM django_migrations')).map(({ name }) => name));
    host.log('Operations to perform:');
    for (let index = 1; index <= countOf(host); index++) {
      const name = nameOf(index);
      if (done.has(name)) continue;
      await host.sleep(paceMs(host));
      if (host.env['STUB_MIGRATION_FAILS'] === String(index))
        throw new Error(
          `  Applying ${name}...django.db.utils.OperationalError: canceling statement due to lock timeout`,
        );
      await sql.query('INSERT INTO django_migrations (app, name) VALUES ($1, $2)', ['posthog', name]);
      host.log(`  Applying ${name}... OK`);
    }
  });
}

/** Those that later parts read; the hobby deploy leaves three partitioning files out. */
const personsMigrations: readonly (readonly [file: string, statement: string])[] = [
  [
    '20260206000001_add_last_seen_at_to_person.sql',
    'ALTER TABLE posthog_person ADD COLUMN IF NOT EXISTS last_seen_at timestamptz NULL',
  ],
  [
    '20260401000001_add_is_deleted_to_person.sql',
    'ALTER TABLE posthog_person ADD COLUMN IF NOT EXISTS is_deleted boolean NOT NULL DEFAULT false',
  ],
  [
    '20260401000002_add_is_deleted_to_persondistinctid.sql',
    'ALTER TABLE posthog_persondistinctid ADD COLUMN IF NOT EXISTS is_deleted boolean NOT NULL DEFAULT false',
  ],
];

async function migratePersons(host: Host): Promise<void> {
  host.log('Running persons migrations via Django management command (hobby)...');
  const applied = await withSql(host, database(host), async (sql) => {
    await sql.query('CREATE TABLE IF NOT EXISTS _sqlx_migrations (name text PRIMARY KEY)');
    const done = new Set((await sql.query('SELECT name FROM _sqlx_migrations')).map(({ name }) => name));
    const missing = personsMigrations.filter(([file]) => !done.has(file));
    for (const [file, statement] of missing) {
      host.log(`  Applying ${file}...`);
      await sql.query(statement);
      await sql.query('INSERT INTO _sqlx_migrations (name) VALUES ($1)', [file]);
    }
    return missing.length;
  });
  host.log(`Applied ${applied} migration(s), skipped 3, already applied ${personsMigrations.length - applied}.`);
}

const clickhouseBatch = 53;

async function migrateClickHouse(host: Host): Promise<void> {
  for (let done = await clickhouseDone(host); done < clickhouseCount; ) {
    const next = Math.min(done + clickhouseBatch, clickhouseCount);
    const { status, body } = await clickhouse(host, `STUB MIGRATE ${next}`);
    if (status !== 200) {
      host.log(body.trim());
      for (const line of ['Error in migrate_clickhouse', 'Error in ClickHouse migrations, exiting.']) host.log(line);
      throw new Exit(1);
    }
    while (done < next) host.log(`Applying migration ${String(++done).padStart(4, '0')}_stub...`);
    await host.sleep(paceMs(host));
  }
  host.log('✅ Migration successful');
}

async function clickhouseDone(host: Host): Promise<number> {
  const { status, body } = await clickhouse(host, 'SELECT count() FROM posthog.infi_clickhouse_orm_migrations');
  return status === 200 ? Number(body) : 0;
}

function clickhouse(host: Host, sql: string) {
  const headers = {
    'x-clickhouse-user': host.env['CLICKHOUSE_USER'] ?? '',
    'x-clickhouse-key': host.env['CLICKHOUSE_PASSWORD'] ?? '',
  };
  return host.fetch(`http://${host.env['CLICKHOUSE_HOST']}:8123/`, { method: 'POST', headers, body: sql });
}

export async function runPython(host: Host): Promise<void> {
  const [script = '', verb = ''] = host.argv.slice(1);
  const scripts: Readonly<Record<string, () => Promise<void>>> = {
    'wait.py': () => waitForAll(host),
    'clickhouse.py': () => statement(host, verb),
    'guard.py': () => guard(host),
    'ch-udf.py': () => functions(host),
    'sync-remote-config.py': () => sync(host),
    'manage.py': () => manage(host, verb),
  };
  const run = scripts[script.split('/').at(-1) ?? ''];
  if (!run) {
    host.log(`python: can't open file '${script}': [Errno 2] No such file or directory`);
    throw new Exit(2);
  }
  await run();
}

async function waitForAll(host: Host): Promise<void> {
  const checks: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['PostgreSQL', () => withSql(host, database(host), (sql) => sql.query('SELECT 1'))],
    ['ClickHouse', async () => (await host.fetch(`http://${host.env['CLICKHOUSE_HOST']}:8123/ping`)).body],
    [
      'ZooKeeper',
      async () => {
        const said = await host.text(host.env['ZOOKEEPER_HOST'] ?? '', 2181, 'ruok');
        if (said !== 'imok') throw new Error('it does not say imok');
      },
    ],
    ['Kafka', () => brokerAnswers(host, host.env['KAFKA_HOSTS'] ?? '')],
  ];
  for (const [name, check] of checks) {
    try {
      await patiently(host, 120, check, (error) => host.log(`Waiting for ${name}: ${error.message}`));
    } catch {
      throw new Exit(1);
    }
    host.log(`${name} answers`);
  }
}

async function statement(host: Host, sql: string): Promise<void> {
  const { status, body } = await clickhouse(host, sql);
  if (status === 200) return body === '' ? undefined : host.log(body.trimEnd());
  host.log(`ClickHouse refused '${sql}': ${body}`);
  throw new Exit(1);
}

async function guard(host: Host): Promise<void> {
  const statements = (await host.read('/scripts/guard.sql')) ?? '';
  await withSql(host, database(host), (sql) => sql.query(`BEGIN; ${statements} COMMIT;`));
  host.log('Guard columns are there');
}

/** As the script in the manifests: every function also without its version. */
async function functions(host: Host): Promise<void> {
  const source = (await host.read('/code/posthog/user_scripts/latest_user_defined_function.xml')) ?? '';
  const bare = [...source.matchAll(/<function>[\s\S]*?<\/function>/g)].map(([block]) =>
    block.replace(/_v\d+<\/name>/, '</name>').replace(/<command>v\d+\//, '<command>'),
  );
  await host.write(
    '/opt/posthog/posthog_function.xml',
    source.replace('</functions>', `${bare.join('\n')}\n</functions>`),
  );
  host.log(`User defined functions ready: ${bare.length} of ${bare.length * 2} without a version`);
}

async function sync(host: Host): Promise<void> {
  const count = await syncRemoteConfig(host, database(host), host.env['REDIS_URL'] ?? '');
  for (let team = 1; team <= count; team++) host.log(`synced team ${team}`);
}

async function manage(host: Host, verb: string): Promise<void> {
  needWebEnv(host);
  const verbs: Readonly<Record<string, () => Promise<void>>> = {
    showmigrations: () => showPlan(host),
    migrate: () => (host.argv.includes('--check') ? checkDjango(host) : applyDjango(host)),
    run_async_migrations: () => asyncMigrations(host),
    migrate_clickhouse: () => (host.argv.includes('--check') ? checkClickHouse(host) : migrateClickHouse(host)),
  };
  const run = verbs[verb];
  if (!run) {
    host.log(`Unknown command: '${verb}'\nType 'manage.py help' for usage.`);
    throw new Exit(1);
  }
  await run();
}

async function showPlan(host: Host): Promise<void> {
  const done = await withSql(host, database(host), (sql) => sql.query('SELECT name FROM django_migrations')).catch(
    // There is no such table before the first migration.
    () => [],
  );
  const names = new Set(done.map(({ name }) => name));
  for (let index = 1; index <= countOf(host); index++)
    host.log(`${names.has(nameOf(index)) ? '[X]' : '[ ]'}  ${nameOf(index)}`);
}

/** Says nothing, as Django does, and ends with 1 while something is missing. */
async function checkDjango(host: Host): Promise<void> {
  const done = await withSql(host, database(host), (sql) => sql.query('SELECT name FROM django_migrations'));
  if (done.length < countOf(host)) throw new Exit(1);
}

async function checkClickHouse(host: Host): Promise<void> {
  const missing = clickhouseCount - (await clickhouseDone(host));
  if (missing > 0) {
    host.log(`Clickhouse migrations missing: ${missing}`);
    throw new Exit(1);
  }
  host.log('Clickhouse migrations up to date!');
}

/** The last of all: from here on the web tier says that everything is migrated. */
async function asyncMigrations(host: Host): Promise<void> {
  if (!host.argv.includes('--check')) return;
  await checkClickHouse(host);
  await withSql(host, database(host), (sql) =>
    sql.query("INSERT INTO django_migrations (app, name) VALUES ('posthog', 'stub_complete') ON CONFLICT DO NOTHING"),
  );
  host.log('Async migrations up to date!');
}

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

export async function runMigrate(host: Host): Promise<void> {
  needWebEnv(host);
  const scope = host.argv.find((word) => word.startsWith('--scope='))?.slice('--scope='.length);
  if (scope === 'postgres') await migratePostgres(host);
  if (scope === 'persons') await migratePersons(host);
  if (scope === 'clickhouse') await migrateClickHouse(host);
  host.log('All migrations completed successfully.');
}

async function migratePostgres(host: Host): Promise<void> {
  host.log('[migrate] Django migration attempt 1/10');
  host.log('Operations to perform:');
  await withSql(host, database(host), async (sql) => {
    await sql.query(tables);
    const done = new Set((await sql.query('SELECT name FROM django_migrations')).map(({ name }) => name));
    for (let index = 1; index <= countOf(host); index++) {
      const name = nameOf(index);
      if (done.has(name)) continue;
      await host.sleep(paceMs(host));
      await sql.query('INSERT INTO django_migrations (app, name) VALUES ($1, $2)', ['posthog', name]);
      host.log(`  Applying ${name}... OK`);
    }
  });
}

async function migratePersons(host: Host): Promise<void> {
  host.log('Running persons migrations via Django management command (hobby)...');
  await withSql(host, database(host), (sql) =>
    sql.query('ALTER TABLE posthog_person ADD COLUMN IF NOT EXISTS last_seen_at timestamptz NULL'),
  );
  host.log('  Applying 20260206000001_add_last_seen_at_to_person.sql...');
  host.log('Applied 1 migration(s), skipped 3, already applied 0.');
}

async function migrateClickHouse(host: Host): Promise<void> {
  const { status, body } = await clickhouse(host, `STUB MIGRATE ${clickhouseCount}`);
  if (status !== 200) {
    host.log(body.trim());
    host.log('Error in migrate_clickhouse');
    host.log('Error in ClickHouse migrations, exiting.');
    throw new Exit(1);
  }
  host.log('✅ Migration successful');
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
    ['ZooKeeper', () => host.text(host.env['ZOOKEEPER_HOST'] ?? '', 2181, 'ruok')],
    ['Kafka', () => brokerAnswers(host, host.env['KAFKA_HOSTS'] ?? '')],
  ];
  for (const [name, check] of checks) {
    await patiently(host, 60, check, (error) => host.log(`Waiting for ${name}: ${error.message}`));
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
  if (verb === 'showmigrations') {
    const done = await withSql(host, database(host), (sql) => sql.query('SELECT name FROM django_migrations')).catch(
      () => [],
    );
    const names = new Set(done.map(({ name }) => name));
    for (let index = 1; index <= countOf(host); index++)
      host.log(`${names.has(nameOf(index)) ? '[X]' : '[ ]'}  ${nameOf(index)}`);
  }
  if (verb === 'run_async_migrations' && host.argv.includes('--check')) {
    await withSql(host, database(host), (sql) =>
      sql.query("INSERT INTO django_migrations (app, name) VALUES ('posthog', 'stub_complete') ON CONFLICT DO NOTHING"),
    );
    host.log('Async migrations up to date!');
  }
}

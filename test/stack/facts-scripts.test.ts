/** The scripts that pods run, run here: with a shell, and with Python where there is one. */
import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTcpServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { containersOf, find, objectsOf } from './fixtures/objects.ts';
import { parseXml, textAt } from './fixtures/xml.ts';

const run = promisify(execFile);
const objects = objectsOf('small');
const script = (configMap: string, name: string) =>
  (find(objects, 'ConfigMap', configMap)['data'] as Record<string, string>)[name] ?? '';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scripts-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A file below the folder, its parents made. */
function file(path: string, text: string, mode = 0o644): string {
  const full = join(folder, path);
  mkdirSync(join(full, '..'), { recursive: true });
  writeFileSync(full, text);
  chmodSync(full, mode);
  return full;
}

describe('the migrate script', () => {
  const fake = (name: string) => `#!/bin/sh
echo "${name} $*" | sed 's#/scripts/##' >> calls
case "$*" in
  *showmigrations*) printf '[X]  auth.0001_initial\\n[ ]  posthog.0001_initial\\n[ ]  posthog.0002_next\\n' ;;
esac
case "${name} $*" in *"$FAIL"*) exit 3 ;; esac
`;

  function migrate(fail = 'nothing') {
    file('bin/migrate', fake('migrate'), 0o755);
    file('path/python', fake('python'), 0o755);
    const text = script('posthog-migrate', 'migrate.sh').replaceAll('/tmp/plan', join(folder, 'plan'));
    const env = { PATH: `${join(folder, 'path')}:${process.env['PATH']}`, FAIL: fail };
    const { stdout, status } = spawnSync('sh', [file('migrate.sh', text)], { cwd: folder, env, encoding: 'utf8' });
    return {
      lines: stdout.trimEnd().split('\n'),
      status,
      calls: readFileSync(join(folder, 'calls'), 'utf8').trimEnd(),
    };
  }

  it('goes through its eight steps in order and says when it is done', () => {
    const { lines, status, calls } = migrate();
    expect(status).toBe(0);
    expect(lines.filter((line) => line.startsWith('STEP')).map((line) => line.slice(0, 8))).toEqual(
      Array.from({ length: 8 }, (_, index) => `STEP ${index + 1}/8`),
    );
    expect(lines).toContain('PLAN 2 and about 330 more');
    expect(lines.at(-1)).toBe('All migrations complete');
    expect(calls.split('\n')).toEqual([
      'python wait.py',
      'python clickhouse.py SYSTEM FLUSH LOGS',
      'python clickhouse.py CREATE DATABASE IF NOT EXISTS posthog',
      'python manage.py showmigrations --plan',
      'migrate --scope=postgres',
      'migrate --scope=persons',
      'python guard.py',
      'migrate --scope=clickhouse',
      'python manage.py run_async_migrations --complete-noop-migrations',
      'python manage.py run_async_migrations --check',
    ]);
  });

  it.each([
    'wait.py',
    'FLUSH LOGS',
    'showmigrations',
    'scope=postgres',
    'scope=persons',
    'guard.py',
    'scope=clickhouse',
    '--check',
  ])('stops when "%s" fails', (fail) => {
    const { status, lines, calls } = migrate(fail);
    expect(status).toBe(3);
    expect(lines).not.toContain('All migrations complete');
    expect(calls.split('\n').at(-1)).toContain(fail);
  });

  it('goes on when completing no-op migrations stumbles, because the check decides', () => {
    const { status, lines } = migrate('--complete-noop-migrations');
    expect([status, lines.at(-1)]).toEqual([0, 'All migrations complete']);
  });

  it('guards the columns in one short transaction that may run again', () => {
    const statements = script('posthog-migrate', 'guard.sql').trim().split('\n');
    expect(statements[0]).toBe("SET LOCAL lock_timeout = '2s';");
    const columns = statements
      .slice(1)
      .map((line) => /^ALTER TABLE (\w+) ADD COLUMN IF NOT EXISTS (\w+) /.exec(line)?.slice(1, 3).join('.'));
    expect(columns).toEqual([
      'posthog_person.last_seen_at',
      'posthog_person.is_deleted',
      'posthog_persondistinctid.is_deleted',
    ]);
  });
});

/** Answers on an address of this test's own, so that the ports the scripts know are free. */
const address = '127.77.21.8';
const listening: Server[] = [];
afterEach(async () => {
  await Promise.all(listening.splice(0).map((server) => new Promise((done) => server.close(done))));
});
async function listen(server: Server, port: number): Promise<void> {
  listening.push(server);
  await new Promise<void>((done) => server.listen(port, address, done));
}

const answering = (expected: string, reply: string) =>
  createTcpServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (data) => (data.includes(expected) ? socket.end(reply) : socket.destroy()));
  });

describe('the probe of ZooKeeper', () => {
  const command =
    containersOf(objects).find(({ container }) => container.name === 'posthog-zookeeper')?.container.livenessProbe?.exec
      ?.command ?? [];
  const probe = () =>
    run(command[0] ?? '', [...command.slice(1, -1), (command.at(-1) ?? '').replace('127.0.0.1', address)]);

  it.runIf(spawnSync('bash', ['-c', 'true']).status === 0)('passes on imok only', async () => {
    await expect(probe()).rejects.toThrow();
    await listen(answering('ruok', 'imok'), 2181);
    await probe();
    await Promise.all(listening.splice(0).map((server) => new Promise((done) => server.close(done))));
    await listen(answering('ruok', 'This ZooKeeper instance is not currently serving requests'), 2181);
    await expect(probe()).rejects.toThrow();
  });
});

describe.runIf(spawnSync('python3', ['--version']).status === 0)('the Python scripts', () => {
  const python = (text: string, args: readonly string[], env: Readonly<Record<string, string>>) =>
    run('python3', [file('script.py', text), ...args], { env: { PATH: process.env['PATH'], ...env } });

  it('wait.py waits for all four, each in its own language', async () => {
    await listen(
      createTcpServer((socket) => socket.end()),
      5432,
    );
    await listen(
      createServer((request, response) => response.writeHead(request.url === '/ping' ? 200 : 404).end('Ok.\n')),
      8123,
    );
    await listen(answering('ruok', 'imok'), 2181);
    await listen(answering('migrate', '\0\0\0\x04abcd'), 9092);
    const { stdout } = await python(script('posthog-migrate', 'wait.py'), [], {
      DATABASE_URL: `postgres://user:p%40ss@${address}:5432/posthog`,
      CLICKHOUSE_HOST: address,
      ZOOKEEPER_HOST: address,
      KAFKA_HOSTS: `${address}:9092`,
    });
    expect(stdout.trimEnd().split('\n')).toEqual([
      'PostgreSQL answers',
      'ClickHouse answers',
      'ZooKeeper answers',
      'Kafka answers',
    ]);
  });

  it('wait.py gives up with the name of what did not answer', async () => {
    const text = script('posthog-migrate', 'wait.py').replace('postgres, 120', 'postgres, -1');
    const env = { DATABASE_URL: `postgres://user:secret@${address}:5432/posthog` };
    const failure = await python(text, [], env).catch((error: { stderr: string }) => error.stderr);
    expect(failure).toContain('PostgreSQL did not answer within -1 seconds');
    expect(failure).not.toContain('secret');
  });

  it('clickhouse.py sends the statement in the body and the password in a header', async () => {
    const requests: { headers: IncomingMessage['headers']; url: string | undefined; body: string }[] = [];
    await listen(
      createServer(async (request, response) => {
        const body = (await request.toArray()).join('');
        requests.push({ headers: request.headers, url: request.url, body });
        response
          .writeHead(body === 'SELECT 1' ? 200 : 500)
          .end(body === 'SELECT 1' ? '1\n' : 'Code: 62. DB::Exception: Syntax error');
      }),
      8123,
    );
    const env = { CLICKHOUSE_HOST: address, CLICKHOUSE_USER: 'posthog', CLICKHOUSE_PASSWORD: 'hidden' };
    expect((await python(script('posthog-migrate', 'clickhouse.py'), ['SELECT 1'], env)).stdout).toBe('1\n');
    expect(requests[0]).toMatchObject({
      url: '/',
      headers: { 'x-clickhouse-user': 'posthog', 'x-clickhouse-key': 'hidden' },
    });
    const failure = await python(script('posthog-migrate', 'clickhouse.py'), ['SELEC'], env).catch(
      (error: { stderr: string }) => error.stderr,
    );
    expect(failure).toContain('Code: 62');
    expect(failure).not.toContain('hidden');
  });

  it('ch-udf.py names the newest version of each function plainly, keeps all, and copies programs as programs', async () => {
    const entry = (name: string, command: string) =>
      `<function><type>executable_pool</type><name>${name}</name><command>${command}</command><argument><name>steps</name></argument></function>`;
    file(
      'code/latest_user_defined_function.xml',
      `<functions>
      ${entry('aggregate_funnel_v9', 'v9/aggregate_funnel steps')}
      ${entry('aggregate_funnel_v12', 'v12/aggregate_funnel steps')}
      ${entry('JSONDropKeys_v12', 'v12/json_drop_keys')}
    </functions>`,
    );
    file('code/aggregate_funnel', 'program', 0o755);
    file('code/v12/json_drop_keys', 'program', 0o755);
    file('target/user_scripts/aggregate_funnel', 'left behind by a start that was cut short', 0o444);
    const text = script('posthog-clickhouse-init', 'ch-udf.py')
      .replace('/code/posthog/user_scripts', join(folder, 'code'))
      .replace('"/opt/posthog"', JSON.stringify(join(folder, 'target')));
    const { stdout } = await python(text, [], {});
    expect(stdout).toContain('2 of 5');
    const functions = parseXml(
      readFileSync(join(folder, 'target/posthog_function.xml'), 'utf8').replace(/<\?.*?\?>/, ''),
    ).children;
    expect(functions.map((each) => [textAt(each, 'name'), textAt(each, 'command')])).toEqual([
      ['aggregate_funnel_v9', 'v9/aggregate_funnel steps'],
      ['aggregate_funnel_v12', 'v12/aggregate_funnel steps'],
      ['JSONDropKeys_v12', 'v12/json_drop_keys'],
      // There is no bare program for this one.
      ['JSONDropKeys', 'v12/json_drop_keys'],
      ['aggregate_funnel', 'aggregate_funnel steps'],
    ]);
    expect(statSync(join(folder, 'target/user_scripts/aggregate_funnel')).mode & 0o777).toBe(0o755);
  });

  it.each([
    ['posthog-migrate', 'guard.py'],
    ['posthog-scripts', 'sync-remote-config.py'],
  ])('%s %s is Python', async (configMap, name) => {
    await run('python3', [
      '-c',
      'import ast, sys; ast.parse(open(sys.argv[1]).read())',
      file(name, script(configMap, name)),
    ]);
  });
});

/**
 * ClickHouse: the statements that migrations, the app and the proof send; users, named collections and clusters as its
 * configuration files have them; and the consumers that read the queue into tables.
 */
import { Exit, type Host, plain, type WebRequest, type WebResponse } from './host.ts';
import { clickhouse as log } from './logs.ts';
import { consume, type Queue, queueAt } from './queue.ts';

const configFile = '/etc/clickhouse-server/config.d/posthog.xml';
const usersFile = '/etc/clickhouse-server/users.d/posthog.xml';
const functionsFile = '/opt/posthog/posthog_function.xml';
const dataFile = '/var/lib/clickhouse/stub.jsonl';

/** Kafka tables: which topic they read, into which table (posthog-stack 4.2). */
const kafkaTables: Readonly<Record<string, readonly [topic: string, table: string]>> = {
  kafka_events_json: ['clickhouse_events_json', 'events'],
  kafka_session_replay_events: ['clickhouse_session_replay_events', 'session_replay_events'],
  kafka_person: ['clickhouse_person', 'person'],
};
const group = 'group1';

type Row = Readonly<Record<string, unknown>>;

export async function runClickHouse(host: Host): Promise<void> {
  const server = new ClickHouse(
    host,
    (await host.read(configFile)) ?? '',
    (await host.read(usersFile)) ?? '',
    (await host.read(functionsFile)) ?? '',
  );
  await server.start();
}

class ClickHouse {
  readonly #host: Host;
  readonly #config: string;
  readonly #users: string;
  readonly #functions: string;
  readonly #tables = new Map<string, Row[]>();
  readonly #databases = new Set(['default', 'system']);
  #migrations = 0;
  #consuming = false;
  #readCount = 0;
  #exception = '';

  constructor(host: Host, config: string, users: string, functions: string) {
    this.#host = host;
    this.#config = config;
    this.#users = users;
    this.#functions = functions;
  }

  async start(): Promise<void> {
    for (const [name, content] of [
      [configFile, this.#config],
      [usersFile, this.#users],
    ] as const) {
      if (content !== '') continue;
      log(this.#host, 'Error', 'Application', `Cannot open file: ${name}`);
      throw new Exit(70);
    }
    for (const line of ((await this.#host.read(dataFile)) ?? '').split('\n'))
      if (line.endsWith('}')) this.#apply(JSON.parse(line) as Kept);
    await this.#host.serve(8123, (request) => this.#answer(request));
    for (const port of [9000, 9009]) await this.#host.serveText(port, () => '');
    log(this.#host, 'Information', 'Application', 'Ready for connections.');
    if (this.#migrations > 0) this.#consume();
  }

  async #keep(kept: Kept): Promise<void> {
    this.#apply(kept);
    await this.#host.append(dataFile, `${JSON.stringify(kept)}\n`);
  }

  #apply(kept: Kept): void {
    if (kept.is === 'database') this.#databases.add(kept.name);
    if (kept.is === 'migrations') this.#migrations = kept.count;
    if (kept.is === 'row') this.#tables.set(kept.table, [...(this.#tables.get(kept.table) ?? []), kept.row]);
  }

  async #answer(request: WebRequest): Promise<WebResponse> {
    if (request.path === '/ping') return plain(200, 'Ok.\n');
    const sql = request.query.get('query') ?? request.body;
    const user = request.headers['x-clickhouse-user'] ?? 'default';
    if (!this.#knows(user, request.headers['x-clickhouse-key'] ?? '')) {
      // Text: stack-spec I, rule 11.
      return plain(
        403,
        `Code: 516. DB::Exception: ${user}: Authentication failed: password is incorrect, or there is no user with such name. (AUTHENTICATION_FAILED)\n`,
      );
    }
    const [status, body] = await this.#run(sql.trim());
    return plain(status, body);
  }

  /** The password of a user of users.d, which takes it from the environment. */
  #knows(user: string, key: string): boolean {
    const entry = new RegExp(`<${user}[ >][\\s\\S]*?</${user}>`).exec(this.#users)?.[0] ?? '';
    const variable = /<password from_env="([A-Z_]+)"/.exec(entry)?.[1];
    return variable !== undefined && this.#host.env[variable] === key && key !== '';
  }

  async #run(sql: string): Promise<readonly [number, string]> {
    if (/^SELECT 1\b/i.test(sql)) return [200, '1\n'];
    if (/^SYSTEM /i.test(sql)) return [200, ''];
    const database = /^CREATE DATABASE IF NOT EXISTS (\w+)/i.exec(sql)?.[1];
    if (database) {
      if (!this.#databases.has(database)) await this.#keep({ is: 'database', name: database });
      return [200, ''];
    }
    const migration = /^STUB MIGRATE (\d+)/.exec(sql)?.[1];
    if (migration) return this.#migrate(Number(migration));
    if (/infi_clickhouse_orm_migrations/.test(sql)) return [200, `${this.#migrations}\n`];
    if (/FROM system\.functions/.test(sql)) return [200, `${(this.#functions.match(/<function>/g) ?? []).length}\n`];
    if (/FROM system\.named_collections/.test(sql)) return [200, lines(names(this.#config, 'named_collections'))];
    if (/FROM system\.clusters/.test(sql)) return [200, lines(names(this.#config, 'remote_servers'))];
    if (/FROM system\.kafka_consumers/.test(sql)) return [200, this.#consumers(sql)];
    const from = /FROM posthog\.(\w+)/.exec(sql)?.[1];
    if (from === undefined) return [400, `Code: 62. DB::Exception: Syntax error: ${sql.slice(0, 80)} (SYNTAX_ERROR)\n`];
    if (this.#migrations === 0)
      return [404, `Code: 60. DB::Exception: Table posthog.${from} does not exist. (UNKNOWN_TABLE)\n`];
    return [200, this.#select(from, sql)];
  }

  /** What a migration needs of the configuration fails as on the real one (stack-spec I, rules 12, 13). */
  async #migrate(count: number): Promise<readonly [number, string]> {
    const collections = names(this.#config, 'named_collections');
    for (const name of ['msk_cluster', 'warpstream_ingestion', 'warpstream_metrics']) {
      if (!collections.includes(name))
        return [
          404,
          `Code: 669. DB::Exception: There is no named collection '${name}'. (NAMED_COLLECTION_DOESNT_EXIST)\n`,
        ];
    }
    const clusters = names(this.#config, 'remote_servers');
    for (const name of ['posthog', 'posthog_writable', 'ai_events', 'aux', 'ops', 'sessions']) {
      if (!clusters.includes(name))
        return [404, `Code: 701. DB::Exception: Requested cluster '${name}' not found. (CLUSTER_DOESNT_EXIST)\n`];
    }
    await this.#keep({ is: 'migrations', count });
    this.#consume();
    return [200, ''];
  }

  #consumers(sql: string): string {
    const wanted = Object.entries(kafkaTables).filter(
      ([table]) => !/LIKE 'kafka_events_json%'/.test(sql) || table === 'kafka_events_json',
    );
    const rows = wanted.map(([table, [topic]]) => ({
      database: 'posthog',
      table,
      num_messages_read: String(this.#readCount),
      exception: this.#exception,
      topics: this.#consuming ? [topic] : [],
    }));
    return lines(rows.map((row) => JSON.stringify(row)));
  }

  #select(table: string, sql: string): string {
    const conditions = [...sql.matchAll(/(?:JSONExtractString\(properties,'(\w+)'\)|\b(\w+))\s*=\s*'([^']*)'/g)];
    const fits = (row: Row) =>
      conditions.every(([, property, column, value]) => {
        if (property === undefined) return String(row[column as string]) === value;
        return String((JSON.parse(String(row['properties'] ?? '{}')) as Row)[property]) === value;
      });
    const rows = (this.#tables.get(table) ?? []).filter(fits);
    if (/^SELECT count\(\)/i.test(sql)) return `${rows.length}\n`;
    const limit = Number(/LIMIT (\d+)/i.exec(sql)?.[1] ?? 100);
    return lines(rows.slice(-limit).map((row) => JSON.stringify(row)));
  }

  /** The Kafka tables come with the migrations, and read from then on. */
  #consume(): void {
    if (this.#consuming) return;
    this.#consuming = true;
    const brokers = this.#host.env['KAFKA_HOSTS'] ?? '';
    const queue: Queue = queueAt(this.#host, brokers);
    for (const [topic, table] of Object.values(kafkaTables)) {
      void consume(
        this.#host,
        queue,
        group,
        [topic],
        async ({ value }) => {
          this.#readCount++;
          await this.#keep({ is: 'row', table, row: JSON.parse(value) as Row });
        },
        (error) => {
          this.#exception = `Can't get assignment: ${error.message}`;
          log(this.#host, 'Warning', `StorageKafka (${table})`, this.#exception);
        },
      );
    }
  }
}

type Kept =
  | { readonly is: 'database'; readonly name: string }
  | { readonly is: 'migrations'; readonly count: number }
  | { readonly is: 'row'; readonly table: string; readonly row: Row };

const lines = (all: readonly string[]) => (all.length === 0 ? '' : `${all.join('\n')}\n`);

/** The elements right below a section of the configuration. */
export function names(xml: string, section: string): string[] {
  const inside = new RegExp(`<${section}(?: [^>]*)?>([\\s\\S]*?)</${section}>`).exec(xml)?.[1] ?? '';
  const found: string[] = [];
  const pattern = /<(\w+)(?: [^>]*)?>/g;
  for (let match = pattern.exec(inside); match; match = pattern.exec(inside)) {
    const name = match[1] as string;
    found.push(name);
    const end = inside.indexOf(`</${name}>`, pattern.lastIndex);
    if (end >= 0) pattern.lastIndex = end;
  }
  return found;
}

/**
 * ClickHouse: the statements that migrations, the app and the proof send; users, named collections and clusters as its
 * configuration files have them; and the consumers that read the queue into tables.
 */
import { type Configuration, firstObstacle, isPassword, zookeeperOf } from './clickhouse-config.ts';
import { answerSelect, parseSelect, QueryError, type Row, type Select } from './clickhouse-select.ts';
import { type Facts, systemTables } from './clickhouse-system.ts';
import { Exit, type Host, plain, type WebRequest, type WebResponse } from './host.ts';
import { type Journal, openJournal } from './journal.ts';
import { clickhouse as log } from './logs.ts';
import { consume } from './queue.ts';

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
const fullShare = 0.99;
/** Text: stack-spec I, rule 19. */
const noSpace = 'Code: 243. DB::Exception: Cannot reserve 1.00 MiB, not enough space. (NOT_ENOUGH_SPACE)';

type Answer = readonly [status: number, body: string];

export async function runClickHouse(host: Host): Promise<void> {
  const read = async (path: string, required: boolean) => {
    const content = await host.read(path);
    if (content === undefined && required) {
      log(host, 'Error', 'Application', `Cannot open file: ${path}`);
      throw new Exit(70);
    }
    return content ?? '';
  };
  const server = new ClickHouse(host, {
    server: await read(configFile, true),
    users: await read(usersFile, true),
    functions: await read(functionsFile, false),
  });
  await server.start();
}

/** What SQL may begin with. */
const statement =
  /^(SELECT|WITH|SHOW|DESC|DESCRIBE|EXPLAIN|EXISTS|INSERT|ALTER|CREATE|DROP|TRUNCATE|OPTIMIZE|USE|SET)\b/i;

class ClickHouse {
  readonly #host: Host;
  readonly #config: Configuration;
  readonly #tables = new Map<string, Row[]>();
  readonly #databases = new Set(['default', 'system']);
  /** By Kafka table: how much it has read, and what went wrong last. */
  readonly #functions: Readonly<Record<string, () => string>> = {
    'version()': () => '26.6.2.158',
    'now()': () => new Date(this.#host.now()).toISOString().slice(0, 19).replace('T', ' '),
    'uptime()': () => String(Math.round((this.#host.now() - this.#startedAt) / 1000)),
  };
  readonly #consumers = new Map<string, { read: number; exception: string }>();
  #journal: Journal<Kept> | undefined;
  #startedAt = 0;
  #migrations = 0;
  #flushed = false;

  constructor(host: Host, config: Configuration) {
    this.#host = host;
    this.#config = config;
  }

  async start(): Promise<void> {
    this.#startedAt = this.#host.now();
    this.#journal = await openJournal<Kept>(this.#host, dataFile, (kept) => this.#apply(kept));
    await this.#host.serve(8123, (request) => this.#answer(request));
    for (const port of [9000, 9009]) await this.#host.serveText(port, () => '');
    log(this.#host, 'Information', 'Application', 'Ready for connections.');
    if (this.#migrations > 0) this.#consume();
  }

  async #keep(kept: Kept): Promise<void> {
    this.#apply(kept);
    await this.#journal?.keep(kept);
  }

  #apply(kept: Kept): void {
    if (kept.is === 'database') this.#databases.add(kept.name);
    if (kept.is === 'flushed') this.#flushed = true;
    if (kept.is === 'migrations') this.#migrations = kept.count;
    if (kept.is !== 'row') return;
    const rows = this.#tables.get(kept.table) ?? [];
    rows.push(kept.row);
    this.#tables.set(kept.table, rows);
  }

  async #answer({ method, path, query, headers, body }: WebRequest): Promise<WebResponse> {
    if (path === '/ping') return plain(200, 'Ok.\n');
    const sql = (query.get('query') ?? body).trim();
    if (method === 'GET' && sql === '') return plain(200, 'Ok.\n');
    const user = headers['x-clickhouse-user'] ?? query.get('user') ?? 'default';
    const password = headers['x-clickhouse-key'] ?? query.get('password') ?? '';
    if (!isPassword(this.#host, this.#config, user, password)) {
      // Text: stack-spec I, rule 11.
      return plain(
        403,
        `Code: 516. DB::Exception: ${user}: Authentication failed: password is incorrect, or there is no user with such name. (AUTHENTICATION_FAILED)\n`,
      );
    }
    return plain(...(await this.#run(sql)));
  }

  async #run(sql: string): Promise<Answer> {
    if (/^SELECT 1\b/i.test(sql)) return [200, '1\n'];
    if (/^SYSTEM FLUSH LOGS/i.test(sql) && !this.#flushed) await this.#keep({ is: 'flushed' });
    if (/^SYSTEM /i.test(sql)) return [200, ''];
    const database = /^CREATE DATABASE IF NOT EXISTS (\w+)/i.exec(sql)?.[1];
    if (database) {
      if (database !== 'default' && !this.#databases.has(database))
        await this.#keep({ is: 'database', name: database });
      return [200, ''];
    }
    const migration = /^STUB MIGRATE (\d+)/.exec(sql)?.[1];
    if (migration) return this.#migrate(Number(migration));
    const plain = /^SELECT (version\(\)|now\(\)|uptime\(\))/i.exec(sql)?.[1];
    if (plain) return [200, `${this.#functions[plain.toLowerCase()]?.()}\n`];
    const select = parseSelect(sql);
    if (!select && !statement.test(sql))
      return [400, `Code: 62. DB::Exception: Syntax error: ${sql.slice(0, 80)} (SYNTAX_ERROR)\n`];
    // It may well be valid: this is no database, and says so.
    if (!select)
      return [
        501,
        'Code: 48. DB::Exception: The sandbox knows SELECT ... FROM one table [WHERE ... AND ...] [ORDER BY ...] [LIMIT n] [FORMAT ...] only. (NOT_IMPLEMENTED)\n',
      ];
    try {
      return [200, this.#select(select)];
    } catch (error) {
      if (!(error instanceof QueryError)) throw error;
      return [404, `${error.message}\n`];
    }
  }

  /** @throws QueryError */
  #select(select: Select): string {
    const [table = '', database = 'default'] = select.from.split('.').toReversed();
    const now = this.#host.now();
    const known = systemTables[table];
    if (database === 'system' && known) return answerSelect(select, known(this.#facts()), now);
    if (database !== 'default' && !this.#databases.has(database))
      throw new QueryError(`Code: 81. DB::Exception: Database ${database} does not exist. (UNKNOWN_DATABASE)`);
    if (table === 'infi_clickhouse_orm_migrations')
      return answerSelect(
        select,
        Array.from({ length: this.#migrations }, (_, index) => ({ id: index + 1 })),
        now,
      );
    if (this.#migrations === 0 || database === 'default')
      throw new QueryError(`Code: 60. DB::Exception: Table ${select.from} does not exist. (UNKNOWN_TABLE)`);
    const isEverything = select.conditions.length === 0;
    const bulk = isEverything ? (this.#host.bulk?.rows(table) ?? 0) : 0;
    // The newest first: nobody asks for an order that is kept here.
    return answerSelect(select, this.#tables.get(table)?.toReversed() ?? [], now, bulk);
  }

  #facts(): Facts {
    const { bulk } = this.#host;
    const tables = new Set([...Object.values(kafkaTables).map(([, table]) => table), ...this.#tables.keys()]);
    return {
      config: this.#config,
      databases: [...this.#databases],
      disk: bulk?.disk() ?? { used: 0, size: 10 * 2 ** 30 },
      tables:
        this.#migrations === 0
          ? []
          : [...tables].map((name) => ({
              name,
              rows: (this.#tables.get(name)?.length ?? 0) + (bulk?.rows(name) ?? 0),
            })),
      consumers: [...this.#consumers].map(([table, { read, exception }]) => ({
        table,
        topic: kafkaTables[table]?.[0] ?? '',
        read: read + (bulk?.rows(kafkaTables[table]?.[1] ?? '') ?? 0),
        exception,
      })),
      now: this.#host.now(),
    };
  }

  /** Counts as done up to `count`, unless something stands in the way: each is named as the real one names it. */
  async #migrate(count: number): Promise<Answer> {
    if (count <= this.#migrations) return [200, ''];
    if (!this.#databases.has('posthog'))
      return [404, 'Code: 81. DB::Exception: Database posthog does not exist. (UNKNOWN_DATABASE)\n'];
    const { host, port } = zookeeperOf(this.#config);
    const alive = await this.#host.text(host, port, 'ruok').catch(() => '');
    if (alive !== 'imok')
      return [
        500,
        `Code: 999. Coordination::Exception: All connection tries failed while connecting to ZooKeeper. nodes: ${host}:${port} (KEEPER_EXCEPTION)\n`,
      ];
    const obstacle = firstObstacle(this.#config, this.#flushed);
    if (obstacle) return [500, `${obstacle}\n`];
    await this.#keep({ is: 'migrations', count });
    this.#consume();
    return [200, ''];
  }

  /** The Kafka tables come with the migrations, and read from then on. */
  #consume(): void {
    if (this.#consumers.size > 0) return;
    const brokers = this.#host.env['KAFKA_HOSTS'] ?? '';
    for (const [name, [topic, table]] of Object.entries(kafkaTables)) {
      const state = { read: 0, exception: '' };
      this.#consumers.set(name, state);
      void consume(
        this.#host,
        brokers,
        group,
        [topic],
        async ({ value }) => {
          const disk = this.#host.bulk?.disk();
          if (disk && disk.used > disk.size * fullShare) throw new Error(noSpace);
          state.read++;
          await this.#keep({ is: 'row', table, row: JSON.parse(value) as Row });
        },
        (error) => {
          state.exception = error.message.startsWith('Code:')
            ? error.message
            : `Can't get assignment: ${error.message}`;
          log(this.#host, 'Warning', `StorageKafka (${name})`, state.exception);
        },
        () => {
          state.exception = '';
        },
      );
    }
  }
}

type Kept =
  | { readonly is: 'database'; readonly name: string }
  | { readonly is: 'flushed' }
  | { readonly is: 'migrations'; readonly count: number }
  | { readonly is: 'row'; readonly table: string; readonly row: Row };

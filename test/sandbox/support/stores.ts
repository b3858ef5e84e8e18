/** The real servers' places in tests: just as much of PostgreSQL, Redis and a bucket as the components ask for. */
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import type { FetchOptions, Redis, Sql, WebResponse } from '../../../source/sandbox/components/host.ts';

const postgresWords: readonly (readonly [RegExp, string])[] = [
  [/serial PRIMARY KEY/gi, 'integer PRIMARY KEY'],
  [/DEFAULT now\(\)/gi, 'DEFAULT (now())'],
  [/SET LOCAL[^;]*;/gi, ''],
  [/NOT NULL DEFAULT false/gi, 'NOT NULL DEFAULT 0'],
];

/** SQLite, spoken to as PostgreSQL. */
export class FakePostgres {
  readonly password: string;
  readonly #database = new DatabaseSync(':memory:');
  down = false;

  constructor(password: string) {
    this.password = password;
    this.#database.function('md5', (text) => `md5 of ${text}`);
    this.#database.function('now', () => '2026-01-01T00:00:00Z');
  }

  connect(url: string): Sql {
    if (new URL(url).password !== this.password) throw new Error('password authentication failed for user "postgres"');
    return { query: async (text, values = []) => this.query(text, values), close: async () => {} };
  }

  query(text: string, values: readonly unknown[] = []): readonly Record<string, unknown>[] {
    const statements = postgresWords.reduce((sql, [from, to]) => sql.replace(from, to), text);
    if (values.length === 0 && statements.includes(';')) {
      for (const statement of statements.split(';')) this.#run(statement.trim(), []);
      return [];
    }
    return this.#run(statements, values);
  }

  #run(statement: string, values: readonly unknown[]): readonly Record<string, unknown>[] {
    if (statement === '') return [];
    const added = /^ALTER TABLE (\w+) ADD COLUMN IF NOT EXISTS (\w+)/i.exec(statement);
    if (added) {
      const columns = this.#database.prepare(`PRAGMA table_info(${added[1]})`).all();
      if (columns.length === 0) throw new Error(`relation "${added[1]}" does not exist`);
      if (columns.some(({ name }) => name === added[2])) return [];
    }
    const bound = values.map((value) => (typeof value === 'boolean' ? Number(value) : value) as SQLInputValue);
    try {
      return this.#database
        .prepare(statement.replace(/ADD COLUMN IF NOT EXISTS/i, 'ADD COLUMN'))
        .all(Object.fromEntries(bound.map((value, index) => [`$${index + 1}`, value])));
    } catch (error) {
      throw inPostgresWords(error as Error);
    }
  }
}

function inPostgresWords({ message }: Error): Error {
  const table = /no such table: (\w+)/.exec(message)?.[1];
  if (table) return new Error(`relation "${table}" does not exist`);
  const column = /no such column: "?(\w+)/.exec(message)?.[1];
  return new Error(column ? `column "${column}" does not exist` : message);
}

export class FakeRedis {
  password: string;
  readonly values = new Map<string, string>();

  constructor(password: string) {
    this.password = password;
  }

  connect(url: string): Redis {
    if (new URL(url).password !== this.password)
      throw new Error('WRONGPASS invalid username-password pair or user is disabled.');
    return { command: async (verb = '', key = '', value = '') => this.#answer(verb, key, value), close: () => {} };
  }

  #answer(verb: string, key: string, value: string): string | null {
    if (verb === 'PING') return 'PONG';
    if (verb === 'GET') return this.values.get(key) ?? null;
    if (verb !== 'SET') throw new Error(`ERR unknown command '${verb}'`);
    this.values.set(key, value);
    return 'OK';
  }
}

export class FakeBucket {
  readonly objects = new Map<string, string>();

  answer(path: string, { method = 'GET', body = '' }: FetchOptions): WebResponse {
    const key = path.split('/').slice(2).join('/');
    if (method === 'PUT') this.objects.set(key, body);
    if (method !== 'GET') return { status: 200, body: '' };
    const found = this.objects.get(key);
    return found === undefined ? { status: 404, body: 'NoSuchKey' } : { status: 200, body: found };
  }
}

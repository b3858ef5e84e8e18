/** PostgreSQL as far as the components, `psql` and the proof speak to it: SQLite, spoken to in the other's words. */
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { Sql } from '../components/host.ts';

/** What SQLite says otherwise, in both directions. */
const spelling: readonly (readonly [RegExp, string])[] = [
  [/serial PRIMARY KEY/gi, 'integer PRIMARY KEY'],
  [/DEFAULT now\(\)/gi, 'DEFAULT (now())'],
  [/SET LOCAL[^;]*;/gi, ''],
  [/NOT NULL DEFAULT false/gi, 'NOT NULL DEFAULT 0'],
];
const ownBytes = 8_700_000;
const ownDatabases = ['postgres', 'template0', 'template1'];

export interface PostgresOptions {
  readonly password: string;
  /** Where it is kept; in memory without. */
  readonly file?: string;
  readonly now: () => number;
  /** Beside what is really there. */
  readonly bulkBytes: () => number;
  /** Whether databases may be made. */
  readonly mayCreate?: () => boolean;
}

export interface Postgres {
  /** @throws Error in PostgreSQL's words. */
  connect(url: string): Sql;
  /** As the superuser, whatever the password. @throws Error in PostgreSQL's words. */
  query(text: string, values?: readonly unknown[]): readonly Record<string, unknown>[];
  close(): void;
}

export function openPostgres({ password, file, now, bulkBytes, mayCreate = () => true }: PostgresOptions): Postgres {
  if (file !== undefined) mkdirSync(dirname(file), { recursive: true });
  const database = new (sqlite())(file ?? ':memory:');
  // A kill loses nothing that was answered; only the machine's own end may.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  database.function('md5', (text) => createHash('md5').update(String(text)).digest('hex'));
  database.function('now', () => new Date(now()).toISOString());
  database.function('version', () => 'PostgreSQL 14.8 on x86_64-pc-linux-gnu');
  database.function('current_database', () => 'posthog');
  database.function('pg_database_size', (name) =>
    ownDatabases.includes(String(name)) ? ownBytes : Math.round(ownBytes + bulkBytes()),
  );
  database.function('pg_size_pretty', (bytes) => `${Math.round(Number(bytes) / 2 ** 20)} MB`);
  database.exec('CREATE TABLE IF NOT EXISTS pg_database (datname text PRIMARY KEY)');
  for (const name of ownDatabases) database.prepare('INSERT OR IGNORE INTO pg_database VALUES (?)').run(name);

  const run = (statement: string, values: readonly unknown[]): readonly Record<string, unknown>[] => {
    if (statement === '') return [];
    const created = /^CREATE DATABASE "?(\w+)"?/i.exec(statement)?.[1];
    if (created !== undefined) return create(created);
    const added = /^ALTER TABLE (\w+) ADD COLUMN IF NOT EXISTS (\w+)/i.exec(statement);
    if (added) {
      const columns = database.prepare(`PRAGMA table_info(${added[1]})`).all();
      if (columns.length === 0) throw new Error(`relation "${added[1]}" does not exist`);
      if (columns.some(({ name }) => name === added[2])) return [];
    }
    const bound = values.map((value) => (typeof value === 'boolean' ? Number(value) : value) as SQLInputValue);
    try {
      return database
        .prepare(statement.replace(/ADD COLUMN IF NOT EXISTS/i, 'ADD COLUMN'))
        .all(Object.fromEntries(bound.map((value, index) => [`$${index + 1}`, value])));
    } catch (error) {
      throw inPostgresWords(error as Error);
    }
  };
  const create = (name: string): readonly Record<string, unknown>[] => {
    if (!mayCreate()) throw new Error('permission denied to create database');
    try {
      database.prepare('INSERT INTO pg_database VALUES (?)').run(name);
      return [];
    } catch {
      throw new Error(`database "${name}" already exists`);
    }
  };
  const query: Postgres['query'] = (text, values = []) => {
    const statements = spelling.reduce((sql, [from, to]) => sql.replace(from, to), text);
    if (values.length > 0 || !statements.includes(';')) return run(statements.trim(), values);
    return statementsIn(statements).flatMap((statement) => run(statement.trim(), []));
  };

  return {
    query,
    connect(url) {
      const { password: given, username, pathname } = new URL(url);
      if (decodeURIComponent(given) !== password)
        throw new Error(`password authentication failed for user "${username}"`);
      const name = pathname.slice(1) || 'postgres';
      if (query('SELECT 1 FROM pg_database WHERE datname = $1', [name]).length === 0)
        throw new Error(`database "${name}" does not exist`);
      return { query: async (text, values = []) => query(text, values), close: async () => {} };
    },
    close: () => database.close(),
  };
}

/** Parts between semicolons, but for those inside quotes. */
const statementsIn = (sql: string): readonly string[] => sql.match(/(?:'[^']*'|"[^"]*"|[^;'"])+/g) ?? [];

function inPostgresWords({ message }: Error): Error {
  const table = /no such table: (\w+)/.exec(message)?.[1];
  const word = /near "(.*)": syntax error/.exec(message)?.[1];
  if (word) return new Error(`syntax error at or near "${word}"`);
  if (table) return new Error(`relation "${table}" does not exist`);
  const column = /no such column: "?(\w+)/.exec(message)?.[1];
  return new Error(column ? `column "${column}" does not exist` : message);
}

/** Node's own; that it calls itself experimental is of no use to those who try a sandbox. */
function sqlite(): typeof DatabaseSync {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return (createRequire(import.meta.url)('node:sqlite') as typeof import('node:sqlite')).DatabaseSync;
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** The tables of ClickHouse's database `system` that somebody looks into. */
import { type Configuration, clustersOf, collectionsOf, functionCount } from './clickhouse-config.ts';
import type { Row } from './clickhouse-select.ts';

export interface Facts {
  readonly config: Configuration;
  readonly databases: readonly string[];
  readonly disk: { readonly used: number; readonly size: number };
  readonly tables: readonly { readonly name: string; readonly rows: number }[];
  readonly consumers: readonly {
    readonly table: string;
    readonly topic: string;
    readonly read: number;
    readonly exception: string;
  }[];
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Of a row, compressed; what events of a usual site take. */
export const bytesPerRow = 140;

const time = (ms: number) => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
const none = (): readonly Row[] => [];

export const systemTables: Readonly<Record<string, (facts: Facts) => readonly Row[]>> = {
  functions: ({ config }) =>
    Array.from({ length: functionCount(config) }, (_, index) => ({
      name: `aggregate_funnel_${index}`,
      origin: 'ExecutableUserDefined',
    })),
  named_collections: ({ config }) => collectionsOf(config).map((name) => ({ name })),
  clusters: ({ config }) =>
    clustersOf(config).map((cluster) => ({ cluster, is_local: 1, shard_num: 1, replica_num: 1 })),
  databases: ({ databases }) => databases.map((name) => ({ name })),
  disks: ({ disk: { used, size } }) => {
    const free = Math.max(0, Math.floor(size - used));
    return [
      {
        name: 'default',
        path: '/var/lib/clickhouse/',
        free_space: free,
        total_space: size,
        unreserved_space: free,
        keep_free_space: 0,
        type: 'Local',
      },
    ];
  },
  tables: ({ tables }) =>
    tables.map(({ name, rows }) => ({
      database: 'posthog',
      name,
      engine: 'ReplicatedMergeTree',
      total_rows: rows,
      total_bytes: rows * bytesPerRow,
    })),
  parts: ({ tables }) =>
    tables
      .filter(({ rows }) => rows > 0)
      .map(({ name, rows }) => ({
        database: 'posthog',
        table: name,
        partition: 'all',
        active: 1,
        rows,
        bytes_on_disk: rows * bytesPerRow,
        data_compressed_bytes: rows * bytesPerRow,
      })),
  kafka_consumers: ({ consumers, now }) =>
    consumers.map(({ table, topic, read, exception }) => ({
      database: 'posthog',
      table,
      num_messages_read: read,
      'exceptions.text': exception === '' ? [] : [exception],
      'exceptions.time': exception === '' ? [] : [time(now)],
      'assignments.topic': exception === '' ? [topic] : [],
      'assignments.partition_id': exception === '' ? [0] : [],
      last_poll_time: time(now),
      is_currently_used: 1,
    })),
  mutations: none,
  merges: none,
  processes: none,
  replicas: none,
  replication_queue: none,
  errors: none,
  crash_log: none,
  query_log: none,
};

/** What ClickHouse says of itself, over HTTP through the API server's proxy: its disk, and its consumers of topics. */
import { ApiError } from '../../cluster/index.ts';
import type { Cluster } from '../../cluster/types.ts';
import { objectName } from '../../stack/components.ts';
import { ownSecrets } from '../../stack/render.ts';
import type { Space } from '../fill.ts';
import { readSecret } from './secret.ts';

/** A Kafka table that does not read, or lately could not. */
export interface ConsumerFault {
  readonly table: string;
  /** Whether one of its consumers has partitions to read. */
  readonly isAssigned: boolean;
  /** In ClickHouse's words, on one line; empty when it gave none. */
  readonly exception: string;
}

export interface ClickHouseState {
  readonly disk: Space | undefined;
  readonly faults: readonly ConsumerFault[];
}

const port = 8123;
/** Its other disks, if there are any, are not ours. */
const diskQuery = "SELECT free_space, total_space FROM system.disks WHERE name = 'default' FORMAT JSONEachRow";
const consumerQuery =
  'SELECT table, assignments.topic AS topics, exceptions.text[-1] AS exception, exceptions.time[-1] AS failed, last_poll_time AS polled FROM system.kafka_consumers FORMAT JSONEachRow';

/**
 * @returns what asks. The password is read once, and anew after it was refused.
 * The template's ClickHouse has no password, and no Secret of ours (posthog-stack 3.2).
 */
export function clickhouseAsker(
  cluster: Pick<Cluster, 'proxied' | 'get'>,
  app: string,
): (signal: AbortSignal) => Promise<ClickHouseState> {
  const pod = `${objectName('clickhouse', app)}-0`;
  let headers: Readonly<Record<string, string>> | undefined;
  return async (signal) => {
    headers ??= credentials((await readSecret(cluster, ownSecrets(app).env, signal))?.['CLICKHOUSE_PASSWORD']);
    const known = headers;
    // A GET may only read. Who looks every few seconds leaves no trace in the log of queries.
    const ask = (query: string) =>
      cluster.proxied(pod, port, `/?log_queries=0&query=${encodeURIComponent(query)}`, { headers: known, signal });
    try {
      const [disk, consumers] = await Promise.all([ask(diskQuery), ask(consumerQuery)]);
      return { disk: parseDisk(disk), faults: parseConsumers(consumers) };
    } catch (error) {
      if (error instanceof ApiError) headers = undefined;
      throw error;
    }
  };
}

const credentials = (password: string | undefined): Readonly<Record<string, string>> =>
  password === undefined
    ? { 'x-clickhouse-user': 'default' }
    : { 'x-clickhouse-user': 'posthog', 'x-clickhouse-key': password };

type Row = Readonly<Record<string, unknown>>;

/** Of `JSONEachRow`. @throws Error with what else stands there: an error may come after the first rows */
function rowsOf(text: string): readonly Row[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line, index) => {
    const row = parsed(line);
    if (typeof row === 'object' && row !== null) return row as Row;
    throw new Error(oneLine(lines.slice(index).join(' ')));
  });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Whole numbers of 64 bits stand in quotes where the server is older. */
export function parseDisk(text: string): Space | undefined {
  const [row] = rowsOf(text);
  const [free, size] = [Number(row?.['free_space']), Number(row?.['total_space'])];
  return size > 0 && free >= 0 ? { used: Math.max(0, size - free), size } : undefined;
}

/** Older ones stay in the table for good, and matter no more. */
const recentMs = 5 * 60_000;
const longest = 200;

/** Those in trouble, by table: several consumers may share one, and some of them have nothing to read. */
export function parseConsumers(text: string): readonly ConsumerFault[] {
  const byTable = Map.groupBy(rowsOf(text), (row) => String(row['table'] ?? ''));
  return [...byTable].flatMap(([table, rows]): readonly ConsumerFault[] => {
    const isAssigned = rows.some(({ topics }) => Array.isArray(topics) && topics.length > 0);
    const said = rows.filter(isRecent).map(({ exception }) => oneLine(String(exception ?? '')));
    const exception = said.find((each) => each !== '') ?? '';
    return isAssigned && exception === '' ? [] : [{ table, isAssigned, exception }];
  });
}

/** By the server's own clock: consumers poll all the time, those that do not have stopped at what went wrong. */
const isRecent = ({ failed, polled }: Row): boolean =>
  !(Date.parse(`${polled}Z`) - Date.parse(`${failed}Z`) > recentMs);

function oneLine(text: string): string {
  const line = text.replace(/[\p{Cc}\s]+/gu, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}

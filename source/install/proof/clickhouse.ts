/** What ClickHouse has read and stored, and whether it has what PostHog needs of it (stack-spec H.1; H.3, hops 4 and 5). */
import type { Say } from '../../messages/index.ts';
import { componentOf } from '../../stack/components.ts';
import { hopId, logHint, needing } from './answers.ts';
import type { Hop, Leg } from './hop.ts';
import { behind, readersOf } from './marks.ts';
import { places } from './pods.ts';
import { processedTopic, readMarks } from './queue.ts';
import type { Run } from './run.ts';
import { field, parseJson } from './text.ts';

const eventMs = 180_000;
const setupMs = 60_000;

/** stack-spec C.1. */
export const namedCollections = [
  'msk_cluster',
  'warpstream_ingestion',
  'warpstream_calculated_events',
  'warpstream_replay',
  'warpstream_shared',
  'warpstream_cyclotron',
  'warpstream_logs',
  'warpstream_traces',
  'warpstream_metrics',
] as const;
export const clusters = [
  'posthog',
  'posthog_single_shard',
  'posthog_migrations',
  'posthog_writable',
  'posthog_primary_replica',
  'ai_events',
  'aux',
  'ops',
  'sessions',
] as const;
/** Unversioned functions that HogQL calls (stack-spec C.3). */
const leastFunctions = 15;

/** Answer of a statement as text. The password travels in a header; nothing secret may stand in `sql`. */
export async function query(run: Run, sql: string, signal: AbortSignal): Promise<string> {
  const headers = {
    'x-clickhouse-user': 'posthog',
    'x-clickhouse-key': run.credentials.clickhousePassword,
    'content-type': 'text/plain',
  };
  const response = await run.pods.request(places.clickhouse, { method: 'POST', path: '/', headers, body: sql }, signal);
  if (response.status !== 200) throw new Error(`clickhouse: ${response.status}: ${response.body}`);
  return response.body.trim();
}

const rows = (text: string): readonly unknown[] =>
  text
    .split('\n')
    .map(parseJson)
    .filter((row) => row !== undefined);
const words = (text: string): readonly string[] => text.split('\n').filter((word) => word !== '');

/** Some group of ClickHouse's own has read what ingestion passed on; its name differs between installs (stack-spec K.14). */
export const consumerHop = (leg: Leg): Hop => ({
  id: hopId(leg, 'clickhouse'),
  leg,
  needs: needing(leg, 'clickhouse', 'ingestion'),
  timeoutMs: eventMs,
  async run(run, signal) {
    const now = await readMarks(run, signal);
    const passedOn = run.found.passedOn ?? now;
    const before = run.found.beforeEvent ?? now;
    const groups = readersOf(processedTopic, now).filter(isClickhouses);
    const done = groups.find((group) => behind(group, processedTopic, before, passedOn, now) === 0);
    if (done !== undefined) return { ok: true, message: (t) => t.proof.ok.clickhouse };
    const sql =
      "SELECT table, num_messages_read, exceptions.text[-1] AS exception FROM system.kafka_consumers WHERE table LIKE 'kafka_events_json%' FORMAT JSONEachRow";
    const exception = run.clean(
      rows(await query(run, sql, signal))
        .map((row) => String(field(row, 'exception') ?? ''))
        .find((text) => text !== '') ?? '',
    );
    return {
      ok: false,
      message: (t) => t.proof.fault.notConsumed(processedTopic, exception),
      hint: logHint(run, 'clickhouse'),
    };
  },
});

function isClickhouses(group: string): boolean {
  return componentOf('clickhouse').groups.some((pattern) =>
    pattern.endsWith('*') ? group.startsWith(pattern.slice(0, -1)) : group === pattern,
  );
}

export const rowHop = (leg: Leg): Hop => ({
  id: hopId(leg, 'row'),
  leg,
  needs: needing(leg, 'row', 'clickhouse'),
  timeoutMs: eventMs,
  async run(run, signal) {
    const where = `FROM posthog.events WHERE event='${run.probe.event}' AND JSONExtractString(properties,'probe_id')='${run.probe.id}'`;
    const count = Number(await query(run, `SELECT count() ${where}`, signal));
    if (!(count >= 1)) return { ok: false, message: (t) => t.proof.fault.noRow, hint: logHint(run, 'clickhouse') };
    // Inside, the sender's address is a port-forward's: it has no city.
    if (leg === 'inside') return { ok: true, message: (t) => t.proof.ok.row };
    const [row] = rows(await query(run, `SELECT properties ${where} LIMIT 1 FORMAT JSONEachRow`, signal));
    const properties = parseJson(String(field(row, 'properties') ?? ''));
    const place =
      field(properties, '$geoip_city_name') ??
      field(properties, '$geoip_country_name') ??
      field(properties, '$geoip_country_code');
    if (typeof place === 'string' && place !== '')
      return { ok: true, message: (t) => t.proof.ok.rowWithCity(run.clean(place)) };
    return { ok: true, message: (t) => t.proof.ok.rowWithoutCity, warning: (t) => t.proof.hint.city };
  },
});

/** Every Kafka table has a partition to read from. Errors of the past stay in the table and only warn. */
export const consumersHop: Hop = {
  id: 'clickhouse-consumers',
  leg: 'inside',
  needs: [],
  timeoutMs: setupMs,
  async run(run, signal) {
    const sql =
      'SELECT database, table, exceptions.text[-1] AS exception, assignments.topic AS topics FROM system.kafka_consumers FORMAT JSONEachRow';
    const consumers = rows(await query(run, sql, signal));
    const tables = new Set(consumers.map((row) => String(field(row, 'table'))));
    const assigned = new Set(
      consumers
        .filter((row) => ((field(row, 'topics') ?? []) as readonly unknown[]).length > 0)
        .map((row) => String(field(row, 'table'))),
    );
    const idle = [...tables].filter((table) => !assigned.has(table));
    if (tables.size === 0 || idle.length > 0) {
      return {
        ok: false,
        message: (t) => t.proof.fault.unassigned(idle.join(', ')),
        hint: (t) => t.proof.hint.topics(run.target.app),
      };
    }
    const exception = run.clean(
      consumers.map((row) => String(field(row, 'exception') ?? '')).find((text) => text !== '') ?? '',
    );
    const message: Say = (t) => t.proof.ok.consumers(tables.size);
    return exception === ''
      ? { ok: true, message }
      : { ok: true, message, warning: (t) => t.proof.hint.pastError(exception) };
  },
};

/** Functions, named collections and clusters that PostHog's queries and migrations name. */
export const setupHop: Hop = {
  id: 'clickhouse-setup',
  leg: 'inside',
  needs: [],
  timeoutMs: setupMs,
  async run(run, signal) {
    const [functions, collections, local] = await Promise.all([
      query(run, "SELECT count() FROM system.functions WHERE origin='ExecutableUserDefined'", signal),
      query(run, 'SELECT name FROM system.named_collections', signal),
      query(run, 'SELECT cluster FROM system.clusters WHERE is_local=1', signal),
    ]);
    const count = Number(functions);
    const missing = [
      ...namedCollections.filter((name) => !words(collections).includes(name)),
      ...clusters.filter((name) => !words(local).includes(name)),
    ];
    if (count >= leastFunctions && missing.length === 0) return { ok: true, message: (t) => t.proof.ok.setup };
    return {
      ok: false,
      message: (t) => t.proof.fault.setup(count, leastFunctions, missing.join(', ')),
      hint: logHint(run, 'clickhouse'),
    };
  },
};

/** property-defs and personhog: what the pick lists know, and who asks for persons. */
import { type Host, need, plain } from './host.ts';
import { tracing as log } from './logs.ts';
import { consume } from './queue.ts';
import { withSql } from './stores.ts';

/** Its consumer must report within this time (stack-spec B.3). */
const silentMs = 60_000;

export async function runPropertyDefs(host: Host): Promise<void> {
  const complain = (name: string) => `thread 'main' panicked: missing environment variable ${name}`;
  const database = need(host, 'DATABASE_URL', complain, 101);
  const brokers = need(host, 'KAFKA_HOSTS', complain, 101);
  // Both default to true in recent code: nothing would be read or written (posthog-stack 1.1).
  const idle = host.env['SKIP_WRITES'] !== 'false' || host.env['SKIP_READS'] !== 'false';
  let reportedAt = host.now();
  await host.serve(3301, async ({ path }) =>
    !idle && path === '/_liveness' && host.now() - reportedAt > silentMs
      ? plain(500, 'consumer has not reported')
      : plain(200, 'ok'),
  );
  log(host, 'info', 'listening on 0.0.0.0:3301', 'property_defs_rs');
  if (idle) return;
  await consume(
    host,
    brokers,
    'property-defs-rs',
    ['clickhouse_events_json'],
    async ({ value }) => {
      const { event, team_id: team } = JSON.parse(value) as { event: string; team_id: number };
      await withSql(host, database, (sql) =>
        sql.query('INSERT INTO posthog_eventdefinition (name, team_id) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
          event,
          team,
        ]),
      );
    },
    (error) => log(host, 'warning', error.message, 'property_defs_rs'),
    () => {
      reportedAt = host.now();
    },
  );
}

export async function runPersonhogReplica(host: Host): Promise<void> {
  const database = need(host, 'PRIMARY_DATABASE_URL', (name) => `Error: missing environment variable ${name}`);
  const ready = async () => {
    try {
      await withSql(host, database, (sql) => sql.query('SELECT is_deleted FROM posthog_person LIMIT 1'));
      return true;
    } catch (error) {
      // Text: stack-spec I, rule 6.
      log(host, 'error', `error returned from database: ${(error as Error).message}`, 'personhog_replica::storage');
      return false;
    }
  };
  await host.serveText(50051, () => '');
  await host.serve(9100, async ({ path }) =>
    path === '/_readiness' && !(await ready()) ? plain(503, 'not ready') : plain(200, 'ok'),
  );
  log(host, 'info', 'Starting gRPC server on 0.0.0.0:50051', 'personhog_replica');
}

export async function runPersonhogRouter(host: Host): Promise<void> {
  need(host, 'REPLICA_URL', (name) => `Error: missing environment variable ${name}`);
  await host.serveText(50052, () => '');
  await host.serve(9101, async () => plain(200, 'ok'));
  log(host, 'info', 'Starting gRPC server on 0.0.0.0:50052', 'personhog_router');
}

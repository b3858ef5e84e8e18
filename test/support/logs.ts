/** Logs of an instance in which something has gone wrong, as the logs screen gets them. */
import type { Followed, Pane, RunChoice } from '../../source/console/screens/logs/state.ts';
import { placeOf, runName } from '../../source/logs/names.ts';
import { patternsOf } from '../../source/logs/pattern.ts';
import { ComponentLog } from '../../source/logs/record.ts';
import { LogSearch } from '../../source/logs/search.ts';
import { Selection } from '../../source/logs/selection.ts';
import type { Run, Waiting } from '../../source/logs/types.ts';
import type { ComponentId } from '../../source/stack/types.ts';

// Times are shown as this computer's clock has them.
process.env['TZ'] = 'UTC';

const start = Date.UTC(2026, 10, 23, 2, 11);

export const runOf = (component: ComponentId, pod: string, restart = 0): Run => ({
  component,
  pod,
  container: `posthog-${component}`,
  kind: 'app',
  restart,
});

const lineAt = (seconds: number, text: string): Buffer =>
  Buffer.from(`${new Date(start + seconds * 1000).toISOString().slice(0, -1)}456789Z ${text}\n`);

export class FakeFollowed implements Followed {
  readonly logs = new Map<ComponentId, ComponentLog>();
  readonly waits = new Map<ComponentId, Waiting>();
  readonly #runs = new Map<ComponentId, Map<string, RunChoice>>();
  readonly #searches = new Map<string, LogSearch>();
  perSecond = 0;
  /** Lines that a filter has looked at. */
  looked = Number.POSITIVE_INFINITY;
  /** Pieces of a log that errors are looked for in at once. */
  patience = Number.POSITIVE_INFINITY;

  write(run: Run, seconds: number, ...texts: readonly string[]): this {
    const log = this.log(run.component);
    for (const [index, text] of texts.entries()) log.add(run, lineAt(seconds + index, text));
    return this.has(run, false);
  }

  /** @param isBefore only where it is asked for */
  has(run: Run, isBefore: boolean): this {
    const runs = this.#runs.get(run.component) ?? new Map<string, RunChoice>();
    const [name, place] = [runName(run), placeOf(run)];
    this.#runs.set(run.component, runs.set(name, { name, place, restart: run.restart, isBefore }));
    return this;
  }

  log(component: ComponentId): ComponentLog {
    const known = this.logs.get(component) ?? new ComponentLog(component);
    this.logs.set(component, known);
    return known;
  }

  selection({ component, filter, level, without }: Pane): Selection {
    const selection = new Selection(this.log(component), { ...patternsOf(filter), level, without });
    selection.update(this.looked);
    return selection;
  }

  search(pane: Pane, query: string): LogSearch {
    const key = JSON.stringify([pane.component, pane.filter, query]);
    const search = this.#searches.get(key) ?? new LogSearch(query, this.log(pane.component), this.selection(pane));
    this.#searches.set(key, search);
    search.update(() => true);
    return search;
  }

  errors(pane: Pane): LogSearch {
    const log = this.log(pane.component);
    const selection = this.selection(pane);
    const start = pane.spot?.number ?? selection.end;
    const errors = new LogSearch('', log, selection, (from, to) => log.findGrave('error', from, to), start);
    let left = this.patience;
    errors.update(() => left-- > 0);
    return errors;
  }

  waiting(component: ComponentId): Waiting | undefined {
    return this.waits.get(component);
  }

  rate(): number {
    return this.perSecond;
  }

  pods(component: ComponentId): number {
    return new Set(this.places(component).map((place) => place.split('/')[0])).size;
  }

  places(component: ComponentId): readonly string[] {
    return [...new Set(this.runs(component).map(({ place }) => place))];
  }

  runs(component: ComponentId): readonly RunChoice[] {
    return [...(this.#runs.get(component)?.values() ?? [])];
  }

  now(): number {
    return start + 300_000;
  }
}

const json = (level: string, msg: string, more: object = {}) => JSON.stringify({ level, msg, ...more });
const event = (level: string, said: string, more: object = {}) => JSON.stringify({ event: said, level, ...more });

/** A pipeline whose Redis went away, with a restart, a gap, two pods of web and a traceback. */
export function troubled(): FakeFollowed {
  const followed = new FakeFollowed();
  const capture = runOf('capture', 'posthog-capture-5d9f-q7c6t');
  const ingestion = runOf('ingestion', 'posthog-ingestion-7c9f-js7d7');
  const [web, other] = [runOf('web', 'posthog-7c9f8d-x2k4p'), runOf('web', 'posthog-7c9f8d-clllm')];
  followed.write(
    capture,
    0,
    '{"level":"INFO","message":"listening on 0.0.0.0:3000"}',
    '{"level":"INFO","message":"accepted 42 events"}',
  );
  followed.write(
    ingestion,
    1,
    json('info', '[INGESTION-V2-COMBINED] Connected to Redis!'),
    json('warn', '[INGESTION-V2-COMBINED] batch took 2100 ms'),
  );
  followed.write(
    ingestion,
    60,
    json('error', '[INGESTION-V2-COMBINED] Redis error encountered! host: posthog-redis-redis:6379', {
      error: { code: 'ECONNREFUSED', stack: 'Error: connect ECONNREFUSED\n    at TCP.connect (net:1)' },
    }),
  );
  followed.log('ingestion').mark(ingestion, { type: 'ended', exitCode: 1, reason: 'Error' });
  const again = runOf('ingestion', 'posthog-ingestion-7c9f-js7d7', 1);
  followed.write(again, 65, json('info', '[INGESTION-V2-COMBINED] Connected to Redis!'));
  const clickhouse = runOf('clickhouse', 'posthog-clickhouse-0');
  followed.write(
    clickhouse,
    2,
    '2026.11.23 02:11:02.1 [ 7 ] {} <Information> StorageKafka: Polled batch of 133 messages',
  );
  followed.log('clickhouse').mark(clickhouse, { type: 'gap', reason: 'rotated', forMs: 3200 });
  followed.write(
    clickhouse,
    61,
    '2026.11.23 02:12:01.1 [ 7 ] {} <Error> executeQuery: Code: 60. DB::Exception: Unknown table',
  );
  followed.write(web, 3, '[2026-11-23 02:11:03 +0000] 10.244.0.1 - "GET /api/projects HTTP/1.1" 200 6.1');
  followed.write(other, 4, event('warning', 'slow query', { ms: 2100 }));
  followed.write(
    web,
    58,
    'Traceback (most recent call last):',
    '  File "/code/posthog/redis.py", line 12, in get',
    '    return client.get(key)',
    'redis.exceptions.ConnectionError: refused',
    event('info', '长日志：已恢复'),
  );
  followed.perSecond = 1234;
  return followed;
}

/** What logs may hold that acts on a terminal, hides, or never ends. */
export function hostile(): FakeFollowed {
  const followed = new FakeFollowed();
  const run = runOf('web', 'posthog-7c9f8d-x2k4p');
  return followed.write(
    run,
    0,
    '\x1b]0;owned\x07title \x1b]52;c;aGk=\x07clipboard',
    '\x1b[2J\x1b[10;10Hcursor \x1b[31mred\x1b[0m',
    'right to left \u202eevil\u202c zero\u200bwidth\ufeff',
    `binary \x00\x01\xff ${'x'.repeat(2000)}`,
    '10 %\r50 %\r100 %',
    '{"level":"info","event":"\\u001b[2Jinside JSON"}',
  );
}

import { expect, test } from 'vitest';
import type { Cluster, ListOptions } from '../../source/cluster/types.ts';
import type { InstallEvent } from '../../source/install/events.ts';
import { followMigration } from '../../source/install/migration-log.ts';
import type { KubeObject } from '../../source/stack/types.ts';
import { settle, TestClock } from '../support/test-clock.ts';

const running = { state: { running: {} } };
const pod = (name: string, status: object | undefined, minute = 0): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, uid: `uid-${name}`, creationTimestamp: `2026-01-01T00:0${minute}:00Z` },
  status: { containerStatuses: status ? [status] : [] },
});
const begin = ['STEP 1/2 migrate PostgreSQL', 'PLAN 2 and about 330 more'];
/** As many migrations as come with two of Django's. */
const all = 332;
const applied = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `Applying migration m${from + index}...`);

/** A pod whose log a test writes line by line; each reading begins with what was written so far. */
class Logged {
  pods: readonly KubeObject[] | Error = [pod('a', running)];
  readonly clock = new TestClock();
  readonly told: InstallEvent[] = [];
  readonly read: string[] = [];
  readonly asked: ListOptions[] = [];
  readonly stop = new AbortController();
  over = false;
  #written: string[] = [];
  #end: 'open' | 'closed' | 'cut' = 'open';
  #wake = () => {};

  begin(): this {
    const cluster = {
      list: async (_: unknown, options: ListOptions) => {
        this.asked.push(options);
        if (this.pods instanceof Error) throw this.pods;
        return { resourceVersion: '1', items: this.pods };
      },
      logLines: (name: string, options: { follow?: boolean; signal?: AbortSignal }) => this.#lines(name, options),
    } as unknown as Cluster;
    void followMigration(cluster, 'posthog', this.clock, (event) => this.told.push(event), this.stop.signal).then(
      () => {
        this.over = true;
      },
    );
    return this;
  }

  async *#lines(name: string, { follow = false, signal }: { follow?: boolean; signal?: AbortSignal }) {
    this.read.push(name);
    let next = 0;
    signal?.addEventListener('abort', () => this.#wake());
    for (;;) {
      while (next < this.#written.length) yield this.#written[next++] as string;
      if (this.#end === 'cut') throw new Error('reset');
      if (!follow || this.#end === 'closed' || signal?.aborted) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async write(...lines: string[]): Promise<void> {
    this.#written.push(...lines);
    this.#wake();
    await settle();
  }

  /** Another container's log begins, or this one is read again when the connection was cut. */
  async breakOff(how: 'closed' | 'cut', log = this.#written): Promise<void> {
    this.#end = how;
    this.#wake();
    await settle();
    this.#written = log;
    this.#end = 'open';
    await this.clock.pass(500);
  }

  migrations() {
    return this.told.flatMap((event) => (event.type === 'migration' ? [event] : []));
  }
  done() {
    return this.migrations().map(({ done, total }) => [done, total]);
  }
}

test('what the log says is told, at most twice a second, and the end at once', async () => {
  const log = new Logged().begin();
  await settle();
  await log.write('[migrate] waiting 3s before retry...', ...begin, ...applied(1, 5));
  expect(log.done()).toEqual([[0, 0]]);
  await log.clock.pass(499);
  await log.write(...applied(6, 6));
  expect(log.done()).toHaveLength(1);
  await log.clock.pass(1);
  await log.write(...applied(7, 7), 'nothing about progress', ...applied(8, 8));
  expect(log.migrations().slice(1)).toMatchObject([{ done: 7, total: all, current: 'm7' }]);
  await log.write('All migrations complete');
  expect(log.migrations().at(-1)).toMatchObject({ done: 8, total: 8 });
  await log.breakOff('closed');
  expect(log.over).toBe(true);
});

test('time left is told once there is a rate', async () => {
  const log = new Logged().begin();
  await settle();
  await log.write(...begin);
  for (let count = 1; count <= 6; count++) {
    await log.clock.pass(1_000);
    await log.write(...applied(count, count));
  }
  const etas = log.migrations().map((event) => ('etaMs' in event ? event.etaMs : 'none'));
  expect(etas.slice(0, 4)).toEqual(Array(4).fill('none'));
  expect(etas.at(-1)).toBe((all - 6) * 1_000);
});

test('a log that is cut and read again counts nothing twice', async () => {
  const log = new Logged().begin();
  await settle();
  await log.write(...begin, ...applied(1, 10));
  await log.breakOff('cut');
  await log.clock.pass(500);
  await log.write(...applied(11, 11));
  expect(log.read).toEqual(['a', 'a']);
  expect(log.done().at(-1)).toEqual([11, all]);
});

test.each([
  ['container', pod('a', { ...running, restartCount: 1 })],
  ['pod', pod('b', running, 1)],
])('the next %s goes on from what the one before has done', async (_, next) => {
  const log = new Logged().begin();
  await settle();
  await log.write(...begin, ...applied(1, 10));
  log.pods = [pod('a', running), next].filter(({ metadata }) => metadata.name === next.metadata.name);
  await log.breakOff('closed', [...begin.slice(0, 1), 'PLAN 1 and about 330 more']);
  await log.clock.pass(500);
  await log.write(...applied(11, 11));
  expect(log.done().at(-1)).toEqual([11, 10 + 331]);
});

test('the newest pod of this install is read', async () => {
  const log = new Logged();
  log.pods = [pod('middle', running, 2), pod('new', running, 3), pod('old', running, 1)];
  log.begin();
  await settle();
  expect(log.read).toEqual(['new']);
  const terms = log.asked[0]?.labelSelector?.split(',') ?? [];
  expect(terms.filter((term) => term.endsWith('=posthog'))).toHaveLength(1);
  expect(terms).toContain('posthog-sealos/component=migrate');
  log.stop.abort();
});

test.each([
  ['runs', { state: { running: {} } }, 1],
  ['has ended', { state: { terminated: {} } }, 1],
  ['waits after a crash', { state: { waiting: {} }, lastState: { terminated: {} } }, 1],
  ['was never started', { state: { waiting: {} } }, 0],
  ['is not there yet', undefined, 0],
])('a container that %s', async (_, status, times) => {
  const log = new Logged();
  log.pods = [pod('a', status)];
  log.begin();
  await settle();
  expect(log.read).toHaveLength(times);
  log.stop.abort();
});

test('pods that cannot be listed are asked for again', async () => {
  const log = new Logged();
  log.pods = new Error('refused');
  log.begin();
  await log.clock.pass(1_000);
  log.pods = [pod('a', running)];
  await log.clock.pass(500);
  await log.write(...begin, ...applied(1, 1));
  expect(log.migrations()).not.toEqual([]);
});

test('a log that ended early is not the end of the migrations', async () => {
  const log = new Logged().begin();
  await settle();
  // Without a step yet, equal numbers say nothing: what comes before the plan has no total.
  await log.write(...applied(1, 2));
  await log.breakOff('closed');
  expect(log.over).toBe(false);
  await log.clock.pass(500);
  expect(log.read.length).toBeGreaterThan(1);
});

test('an abort ends it without an error', async () => {
  for (const pods of [[], [pod('a', running)]]) {
    const log = new Logged();
    log.pods = pods;
    log.begin();
    await settle();
    log.stop.abort(new Error('enough'));
    await log.clock.pass(0);
    expect(log.over).toBe(true);
  }
});

/** What the logs screen shows, kept up to date. */
import { expect, onTestFinished, test } from 'vitest';
import { FollowedLogs } from '../../source/commands/console/followed.ts';
import type { OpenOutside } from '../../source/commands/session.ts';
import { emptyLogs, type LogsState, paneOf } from '../../source/console/screens/logs/state.ts';
import type { Context } from '../../source/context.ts';
import { FakeNode } from '../logs/node.ts';
import { settle, TestClock } from '../support/test-clock.ts';

interface Options {
  readonly bufferBytes?: number;
  /** Of the first times that the cluster is asked for. */
  readonly refusals?: Error[];
}

function following({ bufferBytes = 2 ** 26, refusals = [] }: Options = {}) {
  const clock = new TestClock();
  const node = new FakeNode(clock);
  const stop = new AbortController();
  onTestFinished(() => stop.abort(new Error('over')));
  const told = { changes: 0, awaited: 0, slow: [] as string[], troubles: [] as unknown[] };
  const followed = new FollowedLogs({
    bufferBytes,
    context: { clock, random: () => 0.5 } as unknown as Context,
    app: 'posthog',
    async open() {
      const refusal = refusals.shift();
      if (refusal) throw refusal;
      return { cluster: node } as unknown as OpenOutside;
    },
    onChange: (isAwaited) => {
      told.changes += 1;
      if (isAwaited) told.awaited += 1;
    },
    onSlowFilter: (filter) => void told.slow.push(filter),
    onTrouble: (error) => void told.troubles.push(error),
    signal: stop.signal,
  });
  const web: LogsState = { ...emptyLogs, panes: [paneOf('web')] };
  const texts = (pane = paneOf('web')) => {
    const selection = followed.selection(pane);
    return Array.from(
      { length: selection.length },
      (_, index) => followed.log('web').line(selection.at(index) as number)?.text,
    );
  };
  return { clock, node, followed, told, web, texts };
}

test('the first line of a component is awaited, what comes after it is not', async () => {
  const { clock, node, followed, told, web } = following();
  followed.follow(web);
  node.start('posthog-a');
  await clock.pass(1000);
  expect(told.awaited).toBe(0);
  node.write('posthog-a', 'one');
  await clock.pass(1000);
  expect(told.awaited).toBe(1);
  node.write('posthog-a', 'two');
  await clock.pass(1000);
  expect(told.awaited).toBe(1);
});

test('what is written is there a moment later, and whoever draws is told', async () => {
  const { clock, node, followed, told, web, texts } = following();
  followed.follow(web);
  await settle();
  expect(followed.waiting('web')).toEqual({ type: 'no-pods' });
  node.start('posthog-a');
  node.write('posthog-a', 'one');
  await clock.pass(1000);
  expect(texts()).toEqual(['one']);
  expect(followed.waiting('web')).toBeUndefined();
  expect(followed.places('web')).toEqual(['posthog-a/web']);
  const { changes } = told;
  await clock.pass(10_000);
  expect(told.changes).toBe(changes);
  for (let second = 0; second < 8; second += 1) {
    node.write('posthog-a', `later ${second}`);
    await clock.pass(1000);
  }
  expect(followed.rate('web')).toBeCloseTo(1, 0);
  expect(told.troubles).toEqual([]);
});

test('looking back further reads anew, and what no pane shows is let go', async () => {
  const { clock, node, followed, web, texts } = following();
  node.start('posthog-a');
  for (let line = 0; line < 300; line += 1) node.write('posthog-a', `line ${line}`);
  followed.follow(web);
  await clock.pass(1000);
  expect(texts().length).toBe(200);
  followed.follow({ ...web, lookBack: 'all' });
  await clock.pass(1000);
  expect(texts().length).toBe(300);
  followed.follow({ ...web, panes: [paneOf('worker')] });
  await clock.pass(1000);
  expect(texts()).toEqual([]);
});

test('the run before is read to its end', async () => {
  const { clock, node, followed, web, texts } = following();
  node.start('posthog-a');
  node.write('posthog-a', 'before');
  node.restart('posthog-a');
  node.write('posthog-a', 'now');
  followed.follow({ ...web, isPrevious: true });
  await clock.pass(1000);
  expect(texts()).toEqual(['before']);
});

test('a filter and a search keep up; a filter that never ends is stopped and told', async () => {
  const { clock, node, followed, told, web, texts } = following();
  node.start('posthog-a');
  for (const text of ['redis one', 'kafka', 'redis two', 'redis heartbeat']) node.write('posthog-a', text);
  followed.follow(web);
  await clock.pass(1000);
  const filtered = { ...paneOf('web'), filter: 'redis !heart' };
  followed.follow({ ...web, panes: [filtered] });
  expect(texts(filtered)).toEqual(['redis one', 'redis two']);
  node.write('posthog-a', 'redis three');
  await clock.pass(1000);
  expect(followed.search(filtered, 'THREE').count).toBe(1);
  expect(texts(filtered).length).toBe(3);
  node.write('posthog-a', 'a'.repeat(40));
  await clock.pass(1000);
  const endless = { ...paneOf('web'), filter: '(a+)+$b' };
  // Whoever draws does not run it, and does not change what is drawn.
  expect(texts(endless)).toEqual([]);
  expect(told.slow).toEqual([]);
  await clock.pass(100);
  expect(told.slow).toEqual(['(a+)+$b']);
  followed.follow({ ...web, panes: [endless] });
  await clock.pass(1000);
  expect(told.slow).toEqual(['(a+)+$b']);
});

test('a filter is run before it is drawn', async () => {
  const { clock, node, followed, web, told } = following();
  node.start('posthog-a');
  node.write('posthog-a', 'a'.repeat(40));
  followed.follow(web);
  await clock.pass(1000);
  followed.follow({ ...web, panes: [{ ...paneOf('web'), filter: '(a+)+$b' }] });
  expect(told.slow).toEqual(['(a+)+$b']);
});

test('what nobody asks for any more is not kept up to date', async () => {
  const { clock, node, followed, web } = following();
  node.start('posthog-a');
  node.write('posthog-a', 'an ERROR');
  const filtered = { ...paneOf('web'), filter: 'ERROR' };
  followed.follow({ ...web, panes: [filtered] });
  await clock.pass(1000);
  const [selection, search] = [followed.selection(filtered), followed.search(filtered, 'an')];
  const searched = { ...web, panes: [filtered], search: { query: 'an', field: undefined } };
  followed.follow(searched);
  expect([followed.selection(filtered), followed.search(filtered, 'an')]).toEqual([selection, search]);
  expect(followed.search(filtered, 'an')).toBe(search);
  followed.follow({ ...web, panes: [filtered] });
  expect(followed.search(filtered, 'an')).not.toBe(search);
  expect(followed.selection(filtered)).toBe(selection);
  followed.follow(web);
  expect(followed.selection(filtered)).not.toBe(selection);
});

test('an error is looked for until it is found', async () => {
  const { clock, node, followed, told, web } = following();
  node.start('posthog-a');
  for (const text of ['an ERROR', 'well', 'another ERROR', 'well']) node.write('posthog-a', text);
  followed.follow(web);
  await clock.pass(1000);
  const seeking = { ...paneOf('web'), sought: 'error' } as const;
  const errors = followed.errors(seeking);
  followed.follow({ ...web, panes: [seeking] });
  expect(followed.errors(seeking)).toBe(errors);
  expect([errors.count, errors.isComplete]).toEqual([2, true]);
  const { changes } = told;
  node.write('posthog-a', 'one more ERROR');
  await clock.pass(1000);
  expect([errors.count, told.changes > changes]).toEqual([3, true]);
  followed.follow(web);
  node.write('posthog-a', 'the last ERROR');
  await clock.pass(1000);
  expect([errors.count, followed.errors(paneOf('web')).count]).toEqual([3, 4]);
});

test('pods are counted while they write, and listed as long as lines of theirs are kept', async () => {
  const { clock, node, followed, web } = following({ bufferBytes: 2 ** 18 });
  for (const pod of ['posthog-b', 'posthog-a']) {
    node.start(pod);
    node.write(pod, 'one');
  }
  followed.follow(web);
  await clock.pass(1000);
  expect([followed.pods('web'), followed.places('web')]).toEqual([2, ['posthog-a/web', 'posthog-b/web']]);
  node.delete('posthog-a');
  await clock.pass(5000);
  expect([followed.pods('web'), followed.places('web')]).toEqual([1, ['posthog-a/web', 'posthog-b/web']]);
  for (let line = 0; line < 400; line += 1) node.write('posthog-b', 'x'.repeat(1000));
  await clock.pass(5000);
  expect([followed.pods('web'), followed.places('web')]).toEqual([1, ['posthog-b/web']]);
});

test('runs are offered with those before them, and a pane that asks for one is read anew with it', async () => {
  const { clock, node, followed, web, texts } = following();
  node.start('posthog-a');
  node.write('posthog-a', 'before');
  node.restart('posthog-a');
  node.write('posthog-a', 'now');
  followed.follow(web);
  await clock.pass(1000);
  const place = 'posthog-a/web';
  const [now, before] = [
    { name: `${place}#1`, place, restart: 1, isBefore: false },
    { name: `${place}#0`, place, restart: 0, isBefore: true },
  ];
  expect(followed.runs('web')).toEqual([now, before]);
  expect(texts()).toEqual(['now']);
  const pane = { ...paneOf('web'), before: new Set([before.name]) };
  followed.follow({ ...web, panes: [pane] });
  await clock.pass(1000);
  expect(followed.runs('web')).toEqual([now, before]);
  // An empty one is the mark of an end.
  expect(texts(pane)).toEqual(['before', '', 'now']);
  followed.follow({ ...web, panes: [{ ...pane, without: new Set([now.name]) }] });
  expect(texts({ ...pane, without: new Set([now.name]) })).toEqual(['before', '']);
  node.restart('posthog-a');
  node.tellPod('posthog-a');
  await clock.pass(5000);
  expect(followed.runs('web').map(({ restart, isBefore }) => [restart, isBefore])).toEqual([
    [2, false],
    [1, false],
    [0, false],
  ]);
});

test('pods of a run that is read to its end are counted too', async () => {
  const { clock, node, followed, web } = following();
  node.start('posthog-a');
  node.restart('posthog-a');
  followed.follow({ ...web, isPrevious: true });
  await clock.pass(1000);
  expect(followed.pods('web')).toBe(1);
});

test('keeps its budget', async () => {
  const { clock, node, followed, web } = following({ bufferBytes: 2 ** 18 });
  node.start('posthog-a');
  followed.follow({ ...web, lookBack: 'all' });
  for (let line = 0; line < 1000; line += 1) node.write('posthog-a', 'x'.repeat(1000));
  await clock.pass(5000);
  const log = followed.log('web');
  expect(log.bytes).toBeLessThanOrEqual(2 ** 18);
  expect([log.first > 0, log.end]).toEqual([true, 1000]);
});

test('of a run that has written much, all is read', async () => {
  const { clock, node, followed, web } = following();
  node.start('posthog-a');
  node.pieceBytes = 2 ** 20;
  for (let line = 0; line < 20; line += 1) node.write('posthog-a', `${line} ${'x'.repeat(999_000)}`);
  followed.follow({ ...web, lookBack: 'all' });
  await clock.pass(5000);
  expect(followed.log('web').end).toBe(20);
});

test('what an error has ended says why, and is read again after a while', async () => {
  const { clock, node, followed, told, web, texts } = following({ refusals: [new Error('no such host')] });
  node.start('posthog-a');
  node.write('posthog-a', 'one');
  followed.follow(web);
  await clock.pass(1000);
  expect(followed.waiting('web')).toEqual({ type: 'away', message: 'no such host' });
  expect(told.troubles).toEqual([new Error('no such host')]);
  // Not at once: whatever is wrong, it must not be asked for without end.
  followed.follow(web);
  await clock.pass(1000);
  expect(texts()).toEqual([]);
  const { changes } = told;
  await clock.pass(5000);
  expect(told.changes).toBeGreaterThan(changes);
  followed.follow(web);
  await clock.pass(1000);
  expect([texts(), followed.waiting('web'), told.troubles.length]).toEqual([['one'], undefined, 1]);
});

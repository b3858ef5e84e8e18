/** What the logs screen shows, kept up to date. */
import { expect, onTestFinished, test } from 'vitest';
import { FollowedLogs } from '../../source/commands/console/followed.ts';
import type { OpenOutside } from '../../source/commands/session.ts';
import { emptyLogs, type LogsState, paneOf } from '../../source/console/screens/logs/state.ts';
import type { Context } from '../../source/context.ts';
import { FakeNode } from '../logs/node.ts';
import { settle, TestClock } from '../support/test-clock.ts';

function following() {
  const clock = new TestClock();
  const node = new FakeNode(clock);
  const stop = new AbortController();
  onTestFinished(() => stop.abort(new Error('over')));
  const told = { changes: 0, slow: [] as string[], troubles: [] as unknown[] };
  const followed = new FollowedLogs({
    bufferBytes: 2 ** 26,
    context: { clock, random: () => 0.5 } as unknown as Context,
    app: 'posthog',
    open: async () => ({ cluster: node }) as unknown as OpenOutside,
    onChange: () => {
      told.changes += 1;
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
  followed.follow({ ...web, panes: [endless] });
  texts(endless);
  expect(told.slow).toEqual(['(a+)+$b']);
});

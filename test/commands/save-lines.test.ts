/** Lines of a pane that are saved: all of them, and what is missing among them. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { saveLines } from '../../source/commands/console/save-lines.ts';
import { systemClock } from '../../source/commands/system.ts';
import { type Pane, paneOf } from '../../source/console/screens/logs/state.ts';
import type { State } from '../../source/console/state.ts';
import { en } from '../../source/messages/en/index.ts';
import type { Say } from '../../source/messages/index.ts';
import { FakeFollowed, runOf, troubled } from '../support/logs.ts';

function saving(followed: FakeFollowed) {
  const folder = mkdtempSync(join(tmpdir(), 'save-lines-'));
  const before = process.cwd();
  process.chdir(folder);
  onTestFinished(() => {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  });
  const said: string[] = [];
  const store = { read: () => ({ logs: { followed }, language: 'en' }) as unknown as State };
  const around = {
    store: store as never,
    toast: (say: Say) => said.push(say(en)),
    signal: new AbortController().signal,
  };
  return {
    said,
    save: (pane: Pane) => saveLines(pane, around as never, systemClock),
    files: () => readdirSync(folder).sort(),
    text: (name: string) => readFileSync(join(folder, name), 'utf8'),
  };
}

test('with their tracebacks and the marks between them, each time into a file of its own', async () => {
  const { save, files, text, said } = saving(troubled());
  await save(paneOf('ingestion'));
  await save({ ...paneOf('web'), filter: 'Traceback' });
  await save({ ...paneOf('web'), filter: 'Traceback' });
  expect(files()).toEqual([
    'posthog-ingestion-2026-11-23T021600.log',
    'posthog-web-2026-11-23T021600-2.log',
    'posthog-web-2026-11-23T021600.log',
  ]);
  expect(text(files()[0] as string)).toMatch(/Redis error[^\n]*\n\S+ -- ended: exit code 1 \(Error\) --\n/);
  expect(text(files()[2] as string).split('\n')).toHaveLength(5);
  expect(text(files()[2] as string)).toMatch(/Traceback [\s\S]*ConnectionError: refused\n$/);
  expect(said).toEqual([
    expect.stringMatching(/^4 lines are saved/),
    expect.stringMatching(/^4 lines/),
    expect.stringMatching(/^4 lines/),
  ]);
});

test('keys get their turn, however many lines belong together', async () => {
  const followed = new FakeFollowed();
  const run = runOf('web', 'p');
  const lines = Array.from({ length: 100_000 }, (_, line) => `2026-11-23T02:11:00.123456789Z   more ${line}\n`);
  followed.write(run, 0, 'a dump');
  followed.log('web').add(run, Buffer.from(lines.join('')));
  followed.write(run, 1, 'behind it');
  const { save, said, files, text } = saving(followed);
  const read = vi.spyOn(followed.log('web'), 'line');
  let most = 0;
  let isOver = false;
  const turn = () => {
    most = Math.max(most, read.mock.calls.length);
    read.mockClear();
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  await save(paneOf('web'));
  isOver = true;
  turn();
  expect(most).toBeLessThan(5_000);
  expect(said).toEqual([expect.stringMatching(/^100002 lines are saved/)]);
  const saved = text(files()[0] as string)
    .trimEnd()
    .split('\n');
  const ends = saved.map((line) => line.split(' ').at(-1));
  expect([saved.length, ends[0], ends.at(-1)]).toEqual([100_002, 'dump', 'it']);
  expect(ends.slice(1, -1)).toEqual(lines.map((_, line) => String(line)));
});

test('when the filter has looked at all that was there', async () => {
  const followed = new FakeFollowed();
  followed.write(runOf('web', 'p'), 0, ...Array.from({ length: 5000 }, (_, line) => `line ${line}`));
  followed.looked = 100;
  const { save, said, files, text } = saving(followed);
  const done = save({ ...paneOf('web'), filter: 'line' });
  await systemClock.sleep(120);
  followed.looked = 1e9;
  await done;
  expect(said).toEqual([expect.stringMatching(/^5000 lines are saved/)]);
  expect(
    text(files()[0] as string)
      .trimEnd()
      .split('\n'),
  ).toHaveLength(5000);
});

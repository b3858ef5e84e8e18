/** Logs of a sandbox that runs, in a real terminal. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { open } from '../support/pty.ts';
import { run, sandbox, sharedSandbox } from '../support/served-sandbox.ts';

const esc = '\x1b';
const running = sharedSandbox('--scenario', 'running');

test('side by side, found, filtered, read whole, saved; the same panes the next time', async () => {
  const env = running();
  const folder = env.XDG_STATE_HOME;
  const seen = open({ argv: ['logs', '--sandbox'], env, folder });
  await seen.until(
    /[─❯] capture[\s\S]*[─❯] ingestion[\s\S]*Processed batch[\s\S]*[─❯] clickhouse[\s\S]*[─❯] web[\s\S]*GET/,
  );
  // ClickHouse may say its first word a second after the others.
  await seen.until(/^(?![\s\S]*Nothing has been written yet)/);
  seen.type('\t/batch\r');
  await seen.until(/\/batch {2}\d+ of \d+/);
  seen.type('n');
  await seen.until(/ingestion · paused/);
  seen.type('t');
  await seen.until(/All panes are at/);
  expect(await seen.until(/web · paused/)).toMatch(/clickhouse · paused/);
  seen.type('\r');
  expect(await seen.until(/A line of ingestion/)).toMatch(/From: posthog-ingestion/);
  seen.type(esc);
  await seen.until(/[─❯] capture[\s\S]*\/batch/);
  seen.type(esc);
  await seen.until(/^(?![\s\S]*\/batch)/);
  seen.type('f!batch\r');
  await seen.until(/ingestion · !batch/);
  seen.type('w');
  await seen.until(/What this pane shows \(\d+ lines\)/);
  seen.type('\r');
  await seen.until(/lines are saved in/);
  const [file = ''] = readdirSync(folder).filter((name) => name.startsWith('posthog-ingestion-'));
  expect(readFileSync(join(folder, file), 'utf8')).toMatch(/^\S+Z posthog-ingestion-\S+ .*Connecting to Kafka/m);
  seen.type('z-');
  await seen.until(/[─❯] capture[\s\S]*[─❯] clickhouse/);
  seen.resize(60, 16);
  await seen.until(/[─❯] web/);
  seen.type('q');
  expect(await seen.ended).toBe(0);
  expect(seen.isSane()).toBe(true);
  const again = open({ argv: ['logs', '--sandbox'], env });
  expect(await again.until(/[─❯] capture[\s\S]*[─❯] clickhouse[\s\S]*[─❯] web/)).not.toContain('ingestion');
  again.type('\x03');
  expect(await again.ended).toBe(0);
});

test('what is installed is read while it is, and afterwards, too', async () => {
  const env = await sandbox();
  await run(env, 'sandbox', 'speed', '40');
  const seen = open({ argv: ['install', '--sandbox', '--yes'], env });
  await seen.until(/migrate │ \S/);
  seen.type('l');
  await seen.until(/· logs ·[\s\S]*migrate[\s\S]*Applying/);
  seen.type(esc);
  await seen.until(/stores +5 of 5 ready/);
  await run(env, 'sandbox', 'speed', 'max');
  await seen.until(/PostHog is ready:/);
  seen.type('\r');
  await seen.until(/All 22 parts are ready/);
  seen.type('gl');
  await seen.until(/· logs ·[\s\S]*(INFO|Applying)/);
  seen.type('q');
  expect(await seen.ended).toBe(0);
});

test('lines go on through whatever happens to the connection, each of them once', async () => {
  const env = running();
  const since = new Date(Date.now()).toISOString().slice(0, 19);
  const argv = ['logs', 'worker', 'web', '--sandbox', '-o', 'raw', '--timestamps', '--since-time', `${since}Z`];
  const seen = open({
    argv: ['logs', 'worker', '--sandbox', '-f', '-o', 'raw', '--since-time', `${since}Z`],
    env,
    columns: 400,
    rows: 200,
  });
  await seen.until(/succeeded/);
  for (const fault of ['log-cut', 'resets', 'errors', 'api-restart', 'half-open']) {
    await run(env, 'sandbox', 'fault', fault);
    await run(env, 'sandbox', 'status');
    await run(env, 'sandbox', 'fault', fault, 'off');
  }
  const lines = (text: string) => text.split('\n').filter((line) => line.includes('succeeded'));
  const all = lines(await run(env, ...argv.filter((word) => word !== 'web' && word !== '--timestamps')));
  const last = all.at(-1) ?? '';
  await seen.until(new RegExp(last.slice(0, 120).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  const followed = lines(seen.text()).map((line) => line.trimEnd());
  expect(followed.slice(0, all.length)).toEqual(all);
  seen.type('\x03');
  expect(await seen.ended).toBe(130);
});

import { describe, expect, test } from 'vitest';
import { ApiError, ConnectionError } from '../../../source/cluster/index.ts';
import { plainFront } from '../../../source/commands/fronts/plain.ts';
import type { InstallEvent } from '../../../source/install/events.ts';
import { dictionaries, type Language } from '../../../source/messages/index.ts';
import { troubleOf } from '../../../source/observe/sources/trouble.ts';
import { TestClock } from '../../support/test-clock.ts';
import { failure, script } from '../events.ts';

interface Options {
  readonly language?: Language;
  readonly color?: boolean;
  readonly ascii?: boolean;
  readonly timed?: boolean;
  readonly verbose?: boolean;
}

function frontOn(
  clock: TestClock,
  { language = 'en', color = false, ascii = false, timed = true, verbose = false }: Options,
) {
  const written = { out: '', err: '' };
  const output = (name: 'out' | 'err') => ({
    color,
    write: (text: string) => {
      written[name] += text;
    },
  });
  const t = dictionaries[language];
  const install = "posthog-sealos install -n 'ns 1'";
  return {
    written,
    front: plainFront({ out: output('out'), err: output('err'), t, ascii, clock, install, timed, verbose }),
  };
}

async function shown(options: Options = {}): Promise<{ out: string; err: string }> {
  const clock = new TestClock();
  const { written, front } = frontOn(clock, options);
  for (const { after, event } of script) {
    await clock.pass(after);
    front.event(event);
  }
  front.error(failure);
  return written;
}

async function linesOf(events: readonly InstallEvent[], options: Options = {}): Promise<string[]> {
  const { written, front } = frontOn(new TestClock(), options);
  for (const event of events) front.event(event);
  return written.out.split('\n').filter((line) => line !== '');
}

describe.each(['en', 'zh'] as const)('an install in %s', (language) => {
  test('reads like this', async () => {
    const { out, err } = await shown({ language });
    await expect(`${out}--- stderr\n${err}`).toMatchFileSnapshot(`../__snapshots__/plain-${language}.txt`);
  });
});

test('in ASCII, nothing of ours is anything else', async () => {
  const { out, err } = await shown({ ascii: true });
  expect(out + err).toMatch(/^[\n\x20-\x7e]*$/);
  expect(out).toContain('+ ok   api');
});

test('nothing that the cluster said reaches the terminal as a control', async () => {
  const { out, err } = await shown();
  expect(out + err).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
  expect(out).toContain(String.raw`\x1b]0;owned\x07WRONGPASS\nsecond line`);
  expect(out).toContain(String.raw`\u{202e}evil\x9b31m`);
  expect(err).toContain(String.raw`Ingress/posthog\x9d`);
});

test('colour stands around glyphs only, and is always ended', async () => {
  const [plain, coloured] = [await shown(), await shown({ color: true })];
  const sequences = coloured.out.match(/\x1b\[\d+m[^\x1b]+\x1b\[0m/g) ?? [];
  expect(sequences.length).toBeGreaterThan(15);
  expect(coloured.out.replace(/\x1b\[\d+m([^\x1b]+)\x1b\[0m/g, '$1')).toBe(plain.out);
});

const ready = (state: 'running' | 'ready'): InstallEvent => ({
  type: 'component',
  component: 'web',
  phase: 'app',
  state,
  ready: 1,
  desired: 2,
});

test('a component that has not changed is not told again', async () => {
  expect(await linesOf([ready('running'), ready('running')])).toHaveLength(1);
  expect(await linesOf([ready('running'), ready('ready'), ready('running')])).toHaveLength(3);
});

test('migrations that rush past are told at every twentieth of the whole', async () => {
  const rush = Array.from(
    { length: 1001 },
    (_, done): InstallEvent => ({
      type: 'migration',
      done,
      total: 1000,
      current: `m${done}`,
    }),
  );
  expect(await linesOf(rush)).toHaveLength(21);
});

test('a stuck migration is told every five seconds', async () => {
  const clock = new TestClock();
  const { written, front } = frontOn(clock, {});
  for (let second = 0; second <= 20; second++) {
    front.event({ type: 'migration', done: 1, total: 1000, current: 'slow' });
    await clock.pass(1000);
  }
  expect(written.out.split('\n').filter((line) => line.includes('slow'))).toHaveLength(5);
});

test('a cause that is gone, and one that only waits, offer no fix', async () => {
  const message = () => 'because';
  const lines = await linesOf([
    { type: 'cause', component: 'web', cause: undefined },
    { type: 'cause', component: 'web', cause: { id: 'quota', component: 'web', message, evidence: [], fix: 'wait' } },
    { type: 'cause', component: 'web', cause: { id: 'crash', component: 'web', message, evidence: [] } },
  ]);
  expect(lines).toHaveLength(2);
  expect(lines.join('\n')).not.toContain('fix');
});

test('a single look has no column of times', async () => {
  expect(await linesOf([ready('ready')], { timed: false })).toEqual([(await linesOf([ready('ready')]))[0]?.slice(7)]);
});

test('that a part is starting is not told beside its own line', async () => {
  const cause = (id: 'starting' | 'pulling'): InstallEvent => ({
    type: 'cause',
    component: 'web',
    cause: { id, component: 'web', message: () => 'why', evidence: [] },
  });
  expect(await linesOf([cause('starting')])).toEqual([]);
  expect(await linesOf([cause('pulling')])).toHaveLength(1);
});

describe('where the numbers come from', () => {
  const event = (error: Error): InstallEvent => ({
    type: 'sources',
    sources: [
      { id: 'broker', tookMs: 12.4, trouble: undefined },
      { id: 'redis', tookMs: 8, trouble: troubleOf(error, undefined) },
      { id: 'clickhouse', tookMs: 8, trouble: troubleOf(error, 130_000) },
    ],
  });
  const forbidden = new ApiError({ code: 403, reason: 'Forbidden', message: 'pods is forbidden\u001b[2J' });

  test('is said to those who want to know more: what each cost, and why one is missing', async () => {
    expect(await linesOf([event(forbidden)], { verbose: true, timed: false })).toEqual([
      '· Numbers asked of broker 12 ms, redis (pods is forbidden\\x1b[2J), clickhouse (pods is forbidden\\x1b[2J).',
    ]);
  });

  test('is said to everybody when a right is missing', async () => {
    expect(await linesOf([event(forbidden)], { timed: false })).toEqual([
      '· Your token may not ask redis, clickhouse: what they would tell is missing (-v says more).',
    ]);
  });

  test.each([
    [
      new ApiError({ code: 503, message: 'error trying to reach service' }),
      'tells nothing (error 503)',
      'told nothing for 2m (error 503)',
    ],
    [new ConnectionError('timeout', 'ETIMEDOUT'), 'no answer (too slow)', 'no answer for 2m (too slow)'],
    [new Error('no pod\u001b[2J'), 'no answer (no pod\\x1b[2J)', 'no answer for 2m (no pod\\x1b[2J)'],
  ])('and in a few words when one tells nothing', async (error, once, before) => {
    expect(await linesOf([event(error)], { timed: false })).toEqual([
      `· Numbers are missing: redis: ${once}, clickhouse: ${before}; -v says more.`,
    ]);
  });

  test('no word of it else', async () => {
    expect(await linesOf([{ type: 'sources', sources: [{ id: 'broker', tookMs: 12.4, trouble: undefined }] }])).toEqual(
      [],
    );
  });
});

/** `logs` as lines: what is asked, and what is printed. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ApiError } from '../../source/cluster/index.ts';
import type { FlagValues } from '../../source/commands/flags.ts';
import { Gathered } from '../../source/commands/logs/gathered.ts';
import { LinePrinter } from '../../source/commands/logs/lines.ts';
import { printLogs } from '../../source/commands/logs/plain.ts';
import { logsRequest } from '../../source/commands/logs/request.ts';
import { openSave } from '../../source/commands/logs/save.ts';
import type { OpenOutside, Session } from '../../source/commands/session.ts';
import { systemClock } from '../../source/commands/system.ts';
import { UserError } from '../../source/errors.ts';
import { SlowPattern } from '../../source/logs/guarded.ts';
import type { Run } from '../../source/logs/types.ts';
import { en } from '../../source/messages/en/index.ts';
import { zh } from '../../source/messages/zh/index.ts';
import { FakeIo } from '../cli/fake-io.ts';
import { FakeNode } from '../logs/node.ts';
import { TestClock } from '../support/test-clock.ts';

process.env['TZ'] = 'UTC';
const now = Date.UTC(2026, 10, 23, 12);
const asked = (values: FlagValues, isTTY = false) => logsRequest(values, now, isTTY);

describe('what is asked', () => {
  test.each<[FlagValues, object]>([
    [{}, { components: ['capture', 'ingestion', 'clickhouse', 'web'], form: 'text' }],
    [{ words: ['stores', 'web', 'redis'] }, { components: ['postgres', 'redis', 'zookeeper', 'clickhouse', 'web'] }],
    [{ since: '10m' }, { tail: { since: now / 1000 - 600, follow: false, previous: false } }],
    [{ sinceTime: '2026-11-23T12:00:00+08:00' }, { tail: { since: now / 1000 - 8 * 3600 } }],
    [{ tail: '0', follow: true }, { tail: { tailLines: 0, follow: true } }],
    [{ container: 'mmdb' }, { tail: { containers: ['mmdb'] } }],
    // Nothing was written before 1970.
    [{ since: '99999999999h' }, { tail: { since: 0 } }],
    [{ buffer: '64' }, { bufferBytes: 64 * 2 ** 20 }],
    [{ fields: ' msg, ,level' }, { fields: ['msg', 'level'] }],
  ])('%j', (values, wanted) => expect(asked(values)).toMatchObject(wanted));

  test('who looks gets the end, who sends it elsewhere gets all', () => {
    expect(asked({}, true).tail.tailLines).toBe(500);
    expect(asked({ tail: 'all' }, true).tail.tailLines).toBeUndefined();
    expect(asked({ since: '1h' }, true).tail.tailLines).toBeUndefined();
    expect(asked({ save: 'x' }, true).tail.tailLines).toBeUndefined();
    expect(asked({}).tail.tailLines).toBeUndefined();
  });

  test.each<[FlagValues, RegExp]>([
    [{ words: ['wbe'] }, /no component "wbe"; did you mean "web"/],
    [{ words: ['ingress'] }, /no component "ingress"/],
    [{ grep: ['('] }, /--grep "\(" is no regular expression: .*Unterminated group/],
    [{ not: ['['] }, /--not "\["/],
    [{ since: 'soon' }, /"soon" cannot be --since/],
    [{ sinceTime: 'yesterday' }, /"yesterday" cannot be --since-time/],
    [{ since: '1h', sinceTime: '2026-11-23T12:00:00Z' }, /--since and --since-time do not go together/],
    [{ tail: '-1' }, /"-1" cannot be --tail: .*from 0 up, or all/],
    [{ tail: '1.5' }, /--tail/],
    [{ maxLines: '0' }, /"0" cannot be --max-lines: .*from 1 up\./],
    [{ buffer: '0' }, /"0" cannot be --buffer/],
    [{ buffer: '9999' }, /"9999" cannot be --buffer: a whole number of MB up to 2048/],
    [{ level: 'wran' }, /"wran" cannot be --level: .*did you mean warn/],
    [{ previous: true, follow: true }, /--previous and --follow do not go together/],
    [{ container: 'a', allContainers: true }, /do not go together/],
  ])('%j is refused', (values, text) => {
    try {
      asked(values);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(UserError);
      expect((error as UserError).exit).toBe(2);
      expect((error as UserError).say(en)).toMatch(text);
      expect((error as UserError).say(zh)).not.toBe((error as UserError).say(en));
    }
  });
});

interface Trial {
  readonly values?: FlagValues;
  readonly isTTY?: boolean;
  readonly color?: boolean;
  readonly write: (node: FakeNode) => void;
  readonly io?: FakeIo;
  readonly signal?: AbortSignal;
}

async function printed({
  values = {},
  isTTY = false,
  color = false,
  write,
  io = new FakeIo({ isTTY }),
  signal = new AbortController().signal,
}: Trial) {
  const node = new FakeNode(new TestClock());
  node.start('posthog-7c9f8d-x2k4p');
  write(node);
  const context = { clock: systemClock, random: () => 0.5 };
  const session = { io, context, t: en, signal } as unknown as Session;
  const outside = { cluster: node } as unknown as OpenOutside;
  const request = { ...asked({ words: ['web'], ...values }, isTTY), components: ['web'] as const };
  const lines = await printLogs(request, { app: 'posthog', color, outside, session });
  return { lines, out: io.out, err: io.err };
}
const say =
  (...texts: readonly string[]) =>
  (node: FakeNode) => {
    for (const text of texts) node.write('posthog-7c9f8d-x2k4p', text);
  };
const error = JSON.stringify({
  event: 'failed',
  level: 'error',
  team_id: 3,
  exception: 'Traceback\n  File "x.py"\nKeyError',
});

describe('what is printed', () => {
  test('is read: time, severity, message, traceback; the container is named where it is not the main one', async () => {
    const { out } = await printed({
      write: say('{"event":"started","level":"info"}', error),
      values: { fields: 'team_id' },
    });
    expect(out).toBe(
      [
        'web-x2k4p/web 00:00:00 INFO  started',
        'web-x2k4p/web 00:00:00 ERROR failed team_id=3',
        '    Traceback',
        '      File "x.py"',
        '    KeyError',
        '',
      ].join('\n'),
    );
  });

  test('is raw byte by byte, but nothing acts on a terminal', async () => {
    const write = say('\x1b[31mred\x1b[0m', 'plain');
    expect((await printed({ write, values: { output: 'raw' } })).out).toBe('\x1b[31mred\x1b[0m\nplain\n');
    expect((await printed({ write, values: { output: 'raw' }, isTTY: true })).out).toBe(
      '\\x1b[31mred\\x1b[0m\nplain\n',
    );
    expect((await printed({ write })).out).toContain(' red\n');
  });

  test('is JSON, a record a line', async () => {
    const { out } = await printed({ write: say(error, 'a "plain" \u2028line'), values: { output: 'json' } });
    const [first, second] = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(first).toMatchObject({
      time: '2026-01-01T00:00:00.000000000Z',
      component: 'web',
      pod: 'posthog-7c9f8d-x2k4p',
      container: 'web',
      restart: 0,
      level: 'error',
      message: 'failed',
      // As the line has them, all of them.
      fields: JSON.parse(error),
      raw: error,
    });
    expect(second).toMatchObject({ message: 'a "plain" \u2028line' });
  });

  test('is what was chosen: patterns, severity, a number of lines, whole times', async () => {
    const write = say('a redis', 'b kafka', 'c redis heartbeat', '{"level":"warning","event":"d"}', '  more of d', 'e');
    expect((await printed({ write, values: { grep: ['redis', 'kafka'], not: ['heart'], output: 'raw' } })).out).toBe(
      'a redis\nb kafka\n',
    );
    expect((await printed({ write, values: { level: 'warn', output: 'raw' } })).out).toBe(
      '{"level":"warning","event":"d"}\n  more of d\n',
    );
    expect((await printed({ write, values: { maxLines: '2', output: 'raw' } })).out).toBe('a redis\nb kafka\n');
    expect((await printed({ write, values: { timestamps: true, tail: '1' } })).out).toContain(
      '2026-01-01T00:00:00.000000000Z       e\n',
    );
  });

  test('is a traceback as a whole where only what is grave is asked for', async () => {
    const trace = ['Traceback (most recent call last):', '  File "x.py", line 1, in get', 'KeyError: 3'];
    const write = say('{"level":"info","event":"before"}', ...trace, '{"level":"info","event":"after"}');
    const { out } = await printed({ write, values: { level: 'error', output: 'raw' } });
    expect(out).toBe(`${trace.join('\n')}\n`);
  });

  test.each(['raw', 'json', 'text'])('is a traceback as a whole where one of its lines fits: %s', async (output) => {
    const trace = ['Traceback (most recent call last):', '  File "x.py", line 1, in get', 'KeyError: 3'];
    const write = say('before', ...trace, 'after', '  more of it');
    const found = await printed({ write, values: { grep: ['KeyError'], output } });
    expect(found.lines).toBe(trace.length);
    expect(found.out).toMatch(/Traceback.*in get.*KeyError: 3/s);
    expect(found.out).not.toMatch(/before|after|more/);
    const others = await printed({ write, values: { not: ['KeyError'], output } });
    expect(others.lines).toBe(3);
    expect(others.out).not.toMatch(/Traceback|KeyError/);
  });

  test.each(['text', 'raw'])('tells where the beginning of a traceback was too long to be kept: %s', async (output) => {
    const long = Array.from({ length: 20 }, () => `  ${'x'.repeat(2 ** 20 - 100)}`);
    const write = say('head', ...long, '  KeyError', 'after');
    const { out, lines } = await printed({ write, values: { grep: ['KeyError'], output, tail: 'all' } });
    const [first = '', ...rest] = out.trimEnd().split('\n');
    expect(rest.at(-1)).toContain('  KeyError');
    const told = `web-x2k4p/web -- what follows goes on from ${22 - lines} lines that could not be kept --`;
    expect([lines < 20, first]).toEqual([true, output === 'text' ? told : long[0]]);
  });

  test('is not held back while more comes', async () => {
    const io = new FakeIo();
    const interrupt = new AbortController();
    const values = { follow: true, not: ['nosuch'], output: 'raw' };
    const printing = printed({ io, values, write: say('one', 'two'), signal: interrupt.signal });
    while (!io.out.includes('two\n')) await systemClock.sleep(1);
    interrupt.abort(new Error('SIGINT'));
    await printing.catch(() => {});
    expect(io.out).toBe('one\ntwo\n');
  });

  test('has colours only where they are asked for', async () => {
    const write = say('{"level":"error","event":"x"}');
    expect((await printed({ write })).out).not.toContain('\x1b');
    expect((await printed({ write, color: true })).out).toContain('\x1b[31mERROR');
  });

  test('says what ended, and what is waited for', async () => {
    const { out } = await printed({
      write(node) {
        node.write('posthog-7c9f8d-x2k4p', 'last');
        node.end('posthog-7c9f8d-x2k4p', 137);
      },
    });
    expect(out).toContain('-- ended: exit code 137 (Error) --');
    const { err } = await printed({ write: say('x'), values: { container: 'nosuch' } });
    expect(err).toContain('web: it has no such container, but web');
  });

  test('a line of a log is never taken for what the program is made of', async () => {
    const write = say('{"event":"x","level":"constructor"}', '[2026-11-23 20:20:14 +0000] [CONSTRUCTOR] y');
    expect((await printed({ write, values: { fields: 'toString' } })).out).toMatch(/ {7}x\n.* {7}y\n/);
    expect((await printed({ write, values: { output: 'json' } })).out).not.toContain('native code');
  });

  test('fields that are nested deeper than anybody reads do no harm', async () => {
    const write = say(`{"event":"deep","level":"info","a":${'['.repeat(9000)}${']'.repeat(9000)}}`);
    expect((await printed({ write, values: { fields: 'a' } })).out).toMatch(/INFO {2}deep a=…\n/);
  });

  test('nothing that the cluster says acts on a terminal', async () => {
    const evil = '\x1b]0;owned\x07\u202e';
    const write = (node: FakeNode) => {
      node.refusals.push(new ApiError({ code: 500, message: evil }));
      node.write('posthog-7c9f8d-x2k4p', 'x');
    };
    for (const output of ['text', 'json', 'raw']) {
      const { err } = await printed({ write, values: { output, tail: '5' }, isTTY: true });
      expect(err).toContain('cannot be read now (\\x1b]0;owned\\x07\\u{202e})');
    }
    for (const form of ['text', 'json'] as const) {
      const io = new FakeIo();
      const out = new Gathered(io.stdout);
      const own = { ...asked({}), form, app: 'posthog', color: false, isEscaped: true, t: en };
      const run: Run = { component: 'web', pod: 'p', container: 'c', kind: 'app', restart: 0 };
      new LinePrinter(own, out).mark(run, { type: 'ended', exitCode: 1, reason: evil });
      out.flush();
      expect(io.out).toContain(form === 'json' ? '\\u001b]0;owned\\u0007\\u202e' : '\\x1b]0;owned\\x07\\u{202e}');
    }
  });

  test('what may not be read is refused, unless something else could be', async () => {
    const write = (node: FakeNode) => {
      node.refusals.push(new ApiError({ code: 403, message: 'no' }));
      node.write('posthog-7c9f8d-x2k4p', 'x');
    };
    await expect(printed({ write })).rejects.toMatchObject({ code: 'forbidden', exit: 3 });
    const beside = (node: FakeNode) => {
      node.start('posthog-7c9f8d-other');
      node.write('posthog-7c9f8d-other', 'y');
      write(node);
    };
    expect((await printed({ write: beside })).err).toContain('get pods/log');
  });

  test.each(['text', 'raw', 'json'])('as %s it waits for whoever reads slowly', async (output) => {
    const io = new FakeIo();
    let take = () => {};
    const slow: { -readonly [K in keyof FakeIo['stdout']]: FakeIo['stdout'][K] } = io.stdout;
    const taken = { ...slow, drained: () => new Promise<void>((resolve) => (take = resolve)) };
    Object.assign(io, { stdout: taken });
    const line = 'x'.repeat(100_000);
    const printing = printed({
      io,
      values: { output, tail: 'all', grep: ['x'] },
      write: say(...Array(300).fill(line)),
    });
    const lengths: number[] = [];
    let isOver = false;
    void printing.finally(() => {
      isOver = true;
    });
    while (!isOver) {
      const before = io.out.length;
      await systemClock.sleep(1);
      if (io.out.length !== before) continue;
      lengths.push(io.out.length);
      take();
      await systemClock.sleep(1);
    }
    await printing;
    expect(io.out.match(/x{100000}/g)).toHaveLength(output === 'json' ? 600 : 300);
    // Nothing comes before what was written has been taken.
    expect(lengths.length).toBeGreaterThan(5);
  });

  test('a log that is copied as it is waits, too', async () => {
    const io = new FakeIo();
    const stdout = { ...io.stdout, drained: () => taken.promise };
    const taken = Promise.withResolvers<void>();
    Object.assign(io, { stdout });
    const printing = printed({
      io,
      values: { output: 'raw', tail: 'all' },
      write: say(...Array.from({ length: 50 }, () => 'x'.repeat(1000))),
    });
    await systemClock.sleep(20);
    expect(io.out.length).toBeLessThan(5_000);
    taken.resolve();
    await printing;
    expect(io.out).toHaveLength(50 * 1001);
  });

  test('a pattern that never ends is stopped', async () => {
    await expect(printed({ write: say('a'.repeat(40)), values: { grep: ['(a+)+$b'] } })).rejects.toThrow();
  });
});

describe('--save', () => {
  async function folder(): Promise<string> {
    const path = await mkdtemp(join(tmpdir(), 'logs-save-'));
    onTestFinished(() => rm(path, { recursive: true }));
    return path;
  }

  test('writes a file that nothing acts from, and nothing else', async () => {
    const path = join(await folder(), 'web.log');
    const { out, lines } = await printed({
      write: say('\x1b[2Jone', 'two'),
      values: { save: path, output: 'raw' },
      isTTY: true,
    });
    expect([out, lines]).toEqual(['', 2]);
    expect(await readFile(path, 'utf8')).toBe('\\x1b[2Jone\ntwo\n');
  });

  test('has all that was read when somebody interrupts', async () => {
    const path = join(await folder(), 'web.log');
    const interrupt = new AbortController();
    const write = say('one', 'two');
    const saving = printed({ write, values: { save: path, follow: true, output: 'raw' }, signal: interrupt.signal });
    await systemClock.sleep(20);
    interrupt.abort(new Error('SIGINT'));
    expect((await saving).lines).toBe(2);
    expect(await readFile(path, 'utf8')).toBe('one\ntwo\n');
  });

  test('ends when something cannot be written, and says so', async () => {
    const path = join(await folder(), 'web.log');
    const failures: UserError[] = [];
    const save = await openSave(path, (error) => failures.push(error));
    save.write('one\n');
    save.write({} as never);
    save.write('three\n');
    await save.drained();
    expect(failures).toMatchObject([{ code: 'save', exit: 1 }]);
    await expect(save.close()).rejects.toBe(failures[0]);
    expect(await readFile(path, 'utf8')).toBe('one\n');
  });

  test('has what was chosen before a pattern that never ends, however often that is met', async () => {
    const path = join(await folder(), 'web.log');
    // More of both than is looked at together: some of the lines still wait when it is met first.
    const write = say(...Array(2_500).fill('fits'), ...Array(5_000).fill('a'.repeat(40)));
    const values = { save: path, tail: 'all', output: 'raw', grep: ['fits', '(a+)+$b'] };
    await expect(printed({ write, values })).rejects.toBeInstanceOf(SlowPattern);
    expect((await readFile(path, 'utf8')).length).toBeGreaterThanOrEqual(2_000 * 'fits\n'.length);
  });

  test('never overwrites', async () => {
    const path = join(await folder(), 'web.log');
    await writeFile(path, 'mine');
    await expect(printed({ write: say('one'), values: { save: path } })).rejects.toMatchObject({
      code: 'save',
      exit: 3,
    });
    expect(await readFile(path, 'utf8')).toBe('mine');
  });
});

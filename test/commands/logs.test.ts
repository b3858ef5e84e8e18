/** `logs` as lines: what is asked, and what is printed. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { FlagValues } from '../../source/commands/flags.ts';
import { printLogs } from '../../source/commands/logs/plain.ts';
import { logsRequest } from '../../source/commands/logs/request.ts';
import type { OpenOutside, Session } from '../../source/commands/session.ts';
import { systemClock } from '../../source/commands/system.ts';
import { UserError } from '../../source/errors.ts';
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
}

async function printed({ values = {}, isTTY = false, color = false, write }: Trial) {
  const node = new FakeNode(new TestClock());
  node.start('posthog-7c9f8d-x2k4p');
  write(node);
  const io = new FakeIo({ isTTY });
  const context = { clock: systemClock, random: () => 0.5 };
  const session = { io, context, t: en, signal: new AbortController().signal } as unknown as Session;
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

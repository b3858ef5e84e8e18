import { describe, expect, test } from 'vitest';
import { run } from '../../source/cli.ts';
import { commands } from '../../source/commands/index.ts';
import { exitCodes, UserError } from '../../source/errors.ts';
import { dictionaries } from '../../source/messages/index.ts';
import { width } from '../../source/text/width.ts';
import { testContext } from '../support/test-context.ts';
import { FakeIo, type FakeIoOptions } from './fake-io.ts';

async function go(argv: readonly string[], options: FakeIoOptions = {}, opening: () => never = unexpected) {
  const io = new FakeIo(options);
  const code = await run(argv, io, testContext(), new AbortController().signal, async () => opening());
  return { code, out: io.out, err: io.err };
}

function unexpected(): never {
  throw new UserError({ code: 'opened', exit: exitCodes.refused, say: () => 'opened a cluster' });
}

const chinese = { env: { LANG: 'zh_CN.UTF-8' } };

describe('help', () => {
  test.each([[[]], [['--help']], [['-h']], [['--plain']], [['-n', 'x', '--help']]])('%j shows it all', async (argv) => {
    const { code, out, err } = await go(argv);
    expect([code, err]).toEqual([0, '']);
    for (const { name } of commands) expect(out).toContain(`\n  ${name}`);
    expect(out).toMatch(/^posthog-sealos installs PostHog/);
  });

  test.each(commands)('$name has its own, with flags and examples', async ({ name, flags, examples, details }) => {
    for (const argv of [
      [name, '--help'],
      ['--help', name],
      [name, '-h', '--nonsense'],
    ]) {
      const { code, out } = await go(argv);
      expect(code).toBe(0);
      for (const { long } of flags) expect(out).toContain(long);
      for (const example of examples) expect(out).toContain(`  ${example}\n`);
    }
    expect((await go([name, '--help'], chinese)).out).toContain(details(dictionaries.zh));
  });

  test('is all Chinese in Chinese', async () => {
    const { out } = await go(['install', '--help'], chinese);
    expect(out).not.toMatch(/Usage|Flags|Options|Examples|default/);
    expect(out).toContain('用法：');
  });

  test.each(['en', 'zh'])('has its texts in one column (%s)', async (lang) => {
    const { out } = await go(['install', '--help', '--lang', lang]);
    const rows = out.split('\n').filter((line) => /^ {2}-/.test(line));
    const columnOf = (row: string) => width(/^ +-.*? {2,}/.exec(row)?.[0] ?? '');
    // Two tables: the command's own flags, and those of every command.
    expect(new Set(rows.map(columnOf)).size).toBeLessThanOrEqual(2);
  });

  test('of a command that does not exist is a mistake', async () => {
    expect((await go(['instal', '--help'])).code).toBe(2);
  });

  test('is not shown for a value that is named like a command', async () => {
    expect((await go(['status', '-n', 'install', '--help'])).out).toBe((await go(['status', '--help'])).out);
  });
});

test.each([[['--version']], [['-V']], [['install', '--version']], [['--lang', 'zh', '-V']]])('%j', async (argv) => {
  expect(await go(argv)).toEqual({ code: 0, out: '0.0.0-test\n', err: '' });
});

describe('the language', () => {
  const texts = { en: 'There is no command', zh: '没有命令' } as const;

  test.each([
    [[], { LANG: 'zh_CN.UTF-8' }, 'zh'],
    [[], { LC_ALL: 'en_US.UTF-8', LANG: 'zh_CN.UTF-8' }, 'en'],
    [[], { LC_MESSAGES: 'zh_TW.UTF-8', LANG: 'en_US.UTF-8' }, 'zh'],
    [[], { LANG: 'fr_FR.UTF-8' }, 'en'],
    [[], {}, 'en'],
    [['--lang', 'zh'], { LANG: 'en_US.UTF-8' }, 'zh'],
    [['--lang=en'], { LANG: 'zh_CN.UTF-8' }, 'en'],
  ] as const)('%j in %j is %s', async (flags, env, language) => {
    expect((await go([...flags, 'instal'], { env })).err).toContain(texts[language]);
  });

  test('that is not spoken is a mistake, told in that of the environment', async () => {
    const { code, err } = await go(['status', '--lang', 'fr'], chinese);
    expect(code).toBe(2);
    expect(err).toContain('--lang 不能是 “fr”：应为 en, zh 之一');
    expect((await go(['status', '--lang'])).err).toContain('--lang needs a value: --lang en|zh');
  });
});

describe('what goes wrong', () => {
  const failing = (error: unknown) => (): never => {
    throw error;
  };
  const known = new UserError({
    code: 'x-y',
    exit: exitCodes.timedOut,
    say: () => 'what happened',
    hint: () => 'what to do',
    object: 'Pod/a',
    cause: new Error('deeper'),
  });

  test('is shown on stderr, with its exit code and no stack', async () => {
    expect(await go(['status'], {}, failing(known))).toEqual({
      code: 5,
      out: '',
      err: '✖ what happened\n  About: Pod/a\n  what to do\n',
    });
  });

  test('is a line on stdout for programs', async () => {
    for (const flags of [['-o', 'json'], ['-ojson'], ['--output=json']]) {
      const { code, out, err } = await go(['status', ...flags], {}, failing(known));
      expect([code, err]).toEqual([5, '']);
      expect(JSON.parse(out)).toMatchObject({
        type: 'error',
        code: 'x-y',
        message: 'what happened',
        hint: 'what to do',
        object: 'Pod/a',
      });
    }
  });

  test('is a line for programs even when the flags are wrong', async () => {
    const { code, out } = await go(['status', '--siz', '-o', 'json']);
    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject({ type: 'error', code: 'usage' });
  });

  test('is a bug when nobody foresaw it', async () => {
    const { code, err } = await go(['status'], {}, failing(new TypeError('x is not a function')));
    expect(code).toBe(1);
    expect(err).toContain('This is a mistake in posthog-sealos: x is not a function');
    expect(err).toContain('-v');
    expect(err).not.toMatch(/^\s+at /m);
  });

  test.each([
    [known, 'deeper'],
    [new TypeError('x is not a function'), 'TypeError: x is not a function'],
    ['no error at all', 'no error at all'],
  ])('has a stack with -v, down to its cause (%#)', async (error, text) => {
    for (const flag of ['-v', '--verbose']) {
      const { err } = await go(['status', flag], {}, failing(error));
      expect(err).toMatch(/^\s+at /m);
      expect(err).toContain(text);
    }
  });

  test.each([
    [{ isTTY: true, env: {} }, [], true],
    [{ isTTY: true, env: { NO_COLOR: '1' } }, [], false],
    [{ isTTY: true, env: { TERM: 'dumb' } }, [], false],
    [{ isTTY: true, env: {} }, ['--no-color'], false],
    [{ isTTY: false, env: {} }, [], false],
  ])('with %j %j, coloured is %s', async (options, flags, coloured) => {
    expect((await go(['status', ...flags], options, failing(known))).err.includes('\u001b[31m')).toBe(coloured);
  });

  test.each([
    [{ LANG: 'C' }, [], 'x what'],
    [{ LANG: 'en_US.ISO-8859-1' }, [], 'x what'],
    [{ LC_ALL: 'C.UTF-8', LANG: 'C' }, [], '✖ what'],
    [{}, [], '✖ what'],
    [{ LANG: 'en_US.UTF-8' }, ['--ascii'], 'x what'],
  ])('in %j with %j begins with "%s"', async (env, flags, start) => {
    expect((await go(['status', ...flags], { env }, failing(known))).err.startsWith(start)).toBe(true);
  });
});

test('an interruption is no bug, whatever it breaks', async () => {
  const interrupt = new AbortController();
  const io = new FakeIo();
  const code = await run(['proof'], io, testContext(), interrupt.signal, async () => {
    interrupt.abort(new Error('SIGTERM'));
    throw new TypeError('terminated');
  });
  expect(code).toBe(130);
  expect(io.err).toBe('✖ Interrupted.\n');
});

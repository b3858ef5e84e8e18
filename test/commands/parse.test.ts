import { describe, expect, test } from 'vitest';
import { type Flag, globalFlagsBeside, keyOf } from '../../source/commands/flags.ts';
import { commandIndex, commands } from '../../source/commands/index.ts';
import { parse } from '../../source/commands/parse.ts';
import { UserError } from '../../source/errors.ts';
import { dictionaries } from '../../source/messages/index.ts';

function mistakeOf(argv: readonly string[]): UserError {
  try {
    parse(argv);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error(`${argv.join(' ')} was understood`);
}

test.each([
  [['install'], 'install', {}],
  [['install', '--yes', '-n', 'ns-1'], 'install', { yes: true, namespace: 'ns-1' }],
  [['install', '-yn', 'ns-1', '-ojson'], 'install', { yes: true, namespace: 'ns-1', output: 'json' }],
  [
    ['-n', 'ns-1', '--size', 'trial', 'install', '--name=x'],
    'install',
    { namespace: 'ns-1', size: 'trial', name: 'x' },
  ],
  [['--namespace=install', 'status', '-w'], 'status', { namespace: 'install', watch: true }],
  [['install', '--set', 'a=1', '--set=b=2', '--set', 'c==3'], 'install', { set: ['a=1', 'b=2', 'c==3'] }],
  [['install', '--fix', 'crash', '--fix', 'oom'], 'install', { fix: ['crash', 'oom'] }],
  [['install', '--no-color', '--read-only'], 'install', { noColor: true, readOnly: true }],
  [['install', '--size', 'trial', '--size', 'large'], 'install', { size: 'large' }],
  [['install', '--host', '-x'], 'install', { host: '-x' }],
  [['render', '--split', 'install'], 'render', { split: 'install' }],
  [['--plain'], undefined, { plain: true }],
  [[], undefined, {}],
])('%j is understood', (argv, name, values) => {
  const parsed = parse(argv);
  expect(parsed.command?.name).toBe(name);
  expect(parsed.values).toEqual(values);
});

test.each([
  [['instal'], 'There is no command "instal"; did you mean "install"?', '没有命令 “instal”，是否想写 “install”？'],
  [['zzzzzzzz'], 'There is no command "zzzzzzzz".', '没有命令 “zzzzzzzz”。'],
  [
    ['install', '--siz', 'x'],
    'install has no flag --siz; did you mean --size?',
    'install 没有选项 --siz，是否想写 --size？',
  ],
  [['install', '--zzzzzzzzzzzz'], 'install has no flag --zzzzzzzzzzzz.', 'install 没有选项 --zzzzzzzzzzzz。'],
  [['status', '--dry-run'], 'status has no flag --dry-run', 'status 没有选项 --dry-run'],
  [['--size', 'trial'], 'posthog-sealos has no flag --size', 'posthog-sealos 没有选项 --size'],
  [['install', '--size'], '--size needs a value: --size SIZE', '--size 需要一个值：--size SIZE'],
  [['install', '--host', '--yes'], '--host needs a value: --host HOST', '--host 需要一个值：--host HOST'],
  [['install', '-n'], '--namespace needs a value', '--namespace 需要一个值'],
  [['install', '--yes=1'], '--yes takes no value', '--yes 后面不跟值'],
  [['install', 'mine', '--name', 'x'], '"mine" is one word too many', '多了一个词 “mine”'],
])('%j is refused', (argv, en, zh) => {
  const mistake = mistakeOf(argv);
  expect(mistake.exit).toBe(2);
  expect(mistake.say(dictionaries.en)).toContain(en);
  expect(mistake.say(dictionaries.zh)).toContain(zh);
  expect(mistake.hint?.(dictionaries.en)).toMatch(/^Help: posthog-sealos (install |status )?--help$/);
});

test('a flag that a command does not have leads to the help of that command', () => {
  expect(mistakeOf(['status', '--dry-run']).hint?.(dictionaries.en)).toBe('Help: posthog-sealos status --help');
  expect(mistakeOf(['--size', 'trial']).hint?.(dictionaries.en)).toBe('Help: posthog-sealos --help');
});

test('a flag that one other command has leads to that one', () => {
  const { hint } = mistakeOf(['--sandbox', '--scenario', 'backlog']);
  expect(hint?.(dictionaries.en)).toContain('posthog-sealos sandbox --help');
  expect(hint?.(dictionaries.zh)).toContain('posthog-sealos sandbox --help');
});

test('what follows = of an unknown flag may be a secret and is not repeated', () => {
  expect(mistakeOf(['install', '--admin-password=hunter2']).say(dictionaries.en)).not.toContain('hunter2');
});

test.each([
  [['install'], 0],
  [['-n', 'status', 'install'], 2],
  [['-o', 'json'], -1],
  [['-nstatus', 'install'], 1],
  [['--set', 'a=b', '--yes', 'render'], 3],
])('the command of %j stands at %d', (argv, index) => {
  expect(commandIndex(argv)).toBe(index);
});

describe.each(commands)('the flags of $name', ({ flags }) => {
  const all: readonly Flag[] = [...flags, ...globalFlagsBeside(flags)];

  test('have one meaning each', () => {
    const names = all.flatMap(({ long, short }) => [long, ...(short === undefined ? [] : [short])]);
    expect(names).toEqual([...new Set(names)]);
    expect(new Set(all.map(keyOf)).size).toBe(all.length);
  });

  test.each(all)('$long is parsed', ({ long, short, value, repeatable }) => {
    const command = commands.find((each) => each.flags === flags)?.name ?? '';
    for (const name of [long, ...(short === undefined ? [] : [short])]) {
      const { values } = parse([command, name, ...(value === undefined ? [] : ['x'])]);
      const expected = value === undefined ? true : repeatable ? ['x'] : 'x';
      expect(Object.values(values)).toEqual([expected]);
    }
  });
});

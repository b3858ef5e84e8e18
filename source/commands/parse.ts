/** argv -> command and values, with every mistake named in the user's language. */
import { CommanderError, Option, Command as Parser } from 'commander';
import { exitCodes, UserError } from '../errors.ts';
import type { Say } from '../messages/index.ts';
import { nearest } from '../text/nearest.ts';
import { type Flag, type FlagValues, globalFlags, keyOf } from './flags.ts';
import { type Command, commands } from './index.ts';

export interface Parsed {
  readonly command: Command | undefined;
  readonly values: FlagValues;
}

/** @throws UserError `usage` (exit 2). */
export function parse(argv: readonly string[]): Parsed {
  let parsed: Parsed = { command: undefined, values: {} };
  const parser = quiet(new Parser('posthog-sealos'));
  addFlags(parser, globalFlags);
  parser.action(() => {
    parsed = { command: undefined, values: parser.opts() };
  });
  for (const command of commands) {
    const child = quiet(parser.command(command.name));
    addFlags(child, [...command.flags, ...globalFlags]);
    child.action(() => {
      parsed = { command, values: { ...parser.opts(), ...child.opts() } };
    });
  }
  const word = argv.find((each, index) => !each.startsWith('-') && !takesValue(argv[index - 1]));
  if (word !== undefined && !commands.some(({ name }) => name === word)) {
    const near = nearest(
      word,
      commands.map(({ name }) => name),
    );
    throw usage((t) => t.cli.errors.unknownCommand(word, near));
  }
  try {
    parser.parse([...argv], { from: 'user' });
  } catch (error) {
    throw error instanceof CommanderError ? explain(error, argv) : error;
  }
  return parsed;
}

const takesValue = (before: string | undefined) =>
  globalFlags.some(
    ({ long, short, value }) => value !== undefined && before !== undefined && (before === long || before === short),
  );

/** Help and errors are ours; commander only reads. */
function quiet(parser: Parser): Parser {
  return parser
    .exitOverride()
    .helpOption(false)
    .helpCommand(false)
    .allowExcessArguments(false)
    .configureOutput({ writeOut: () => {}, writeErr: () => {} });
}

function addFlags(parser: Parser, flags: readonly Flag[]): void {
  for (const flag of flags) {
    const names = [flag.short, flag.long].filter(Boolean).join(', ');
    const option = new Option(flag.value === undefined ? names : `${names} <value>`);
    // `--no-x` would become the absence of x; here it is a switch like any other.
    option.negate = false;
    option.attributeName = () => keyOf(flag);
    if (flag.repeatable)
      option.argParser((value: string, all: readonly string[] | undefined) => [...(all ?? []), value]);
    parser.addOption(option);
  }
}

function usage(say: Say, hint: Say = (t) => t.cli.errors.hint): UserError {
  return new UserError({ code: 'usage', exit: exitCodes.usage, say, hint });
}

function explain({ code, message }: CommanderError, argv: readonly string[]): UserError {
  const quoted = /'([^']+)'/.exec(message)?.[1] ?? '';
  const command = commands.find(({ name }) => argv.includes(name));
  if (code === 'commander.unknownOption') {
    const known = [...(command?.flags ?? []), ...globalFlags].map(({ long }) => long);
    const near = nearest(quoted, known);
    return usage((t) => t.cli.errors.unknownFlag(quoted, command?.name, near));
  }
  if (code === 'commander.optionMissingArgument') {
    const flag = [...(command?.flags ?? []), ...globalFlags].find(({ long }) => quoted.includes(long));
    return usage((t) => t.cli.errors.missingValue(flag?.long ?? quoted, flag?.value ?? ''));
  }
  const extra = argv.filter((each) => !each.startsWith('-')).at(-1) ?? '';
  return usage((t) => t.cli.errors.excess(extra));
}

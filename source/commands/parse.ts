/** argv -> command and values, with every mistake named in the user's language. */
import { CommanderError, Option, Command as Parser } from 'commander';
import type { UserError } from '../errors.ts';
import { nearest } from '../text/nearest.ts';
import { type Flag, type FlagValues, globalFlagsBeside, keyOf } from './flags.ts';
import { type Command, commandIndex, commands } from './index.ts';
import { usageError } from './usage.ts';

export interface Parsed {
  readonly command: Command | undefined;
  readonly values: FlagValues;
}

/**
 * Flags may stand before and after their command.
 * @throws UserError `usage` (exit 2).
 */
export function parse(argv: readonly string[]): Parsed {
  const at = commandIndex(argv);
  const word = argv[at];
  const command = commands.find(({ name }) => name === word);
  if (word !== undefined && command === undefined) throw unknownCommand(word);
  const own = command?.flags ?? [];
  const flags = [...own, ...globalFlagsBeside(own)];
  const parser = quiet(new Parser());
  for (const flag of flags) parser.addOption(optionOf(flag, flags));
  try {
    parser.parse(at < 0 ? argv : argv.toSpliced(at, 1), { from: 'user' });
  } catch (error) {
    throw error instanceof CommanderError ? explain(error, command, flags) : error;
  }
  const { args } = parser;
  const [extra] = args;
  if (extra === undefined) return { command, values: parser.opts() };
  if (!command?.words) throw usageError((t) => t.cli.errors.excess(extra));
  return { command, values: { ...parser.opts(), words: args } };
}

/** Help, errors and words that are too many are ours; commander only reads. */
function quiet(parser: Parser): Parser {
  return parser
    .argument('[words...]')
    .exitOverride()
    .helpOption(false)
    .configureOutput({ writeOut: () => {}, writeErr: () => {} });
}

function optionOf(flag: Flag, all: readonly Flag[]): Option {
  const names = [flag.short, flag.long].filter(Boolean).join(', ');
  const option = new Option(flag.value === undefined ? names : `${names} <value>`);
  // `--no-x` would become the absence of x; here it is a switch like any other.
  option.negate = false;
  option.attributeName = () => keyOf(flag);
  if (flag.value === undefined) return option;
  return option.argParser<string | readonly string[]>((value, before) => {
    // A forgotten value would swallow the flag that follows.
    if (all.some(({ long, short }) => value === long || value === short)) throw missingValue(flag);
    return flag.repeatable ? [...(Array.isArray(before) ? before : []), value] : value;
  });
}

function unknownCommand(word: string): UserError {
  const near = nearest(
    word,
    commands.map(({ name }) => name),
  );
  return usageError((t) => t.cli.errors.unknownCommand(word, near));
}

function missingValue({ long, value = '' }: Flag): UserError {
  return usageError((t) => t.cli.errors.missingValue(long, value));
}

function explain({ code, message }: CommanderError, command: Command | undefined, flags: readonly Flag[]): UserError {
  // Without what follows `=`, which may be a secret.
  const quoted = (/'([^']+)'/.exec(message)?.[1] ?? '').replace(/=.*/s, '');
  const flag = flags.find(({ long }) => quoted.split(/[ ,]+/).includes(long));
  if (code === 'commander.optionMissingArgument' && flag) return missingValue(flag);
  if (flag) return usageError((t) => t.cli.errors.noValue(flag.long));
  // Of a flag of several commands it cannot be known which one is meant.
  const owners = commands.filter((each) => each.flags.some(({ long }) => long === quoted));
  const knows = owners.length === 1 ? owners[0] : undefined;
  const near = nearest(
    quoted,
    flags.map(({ long }) => long),
  );
  return usageError(
    (t) => t.cli.errors.unknownFlag(quoted, command?.name, near),
    (t) => {
      if (knows) return t.cli.errors.flagOf(quoted, knows.name);
      return command ? t.cli.errors.hintOf(command.name) : t.cli.errors.hint;
    },
  );
}

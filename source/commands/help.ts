/** Help, made from the records, in the user's language. */
import type { Messages } from '../messages/index.ts';
import { type Flag, globalFlags, globalFlagsBeside } from './flags.ts';
import { type Command, commands } from './index.ts';

export function programHelp(t: Messages): string {
  const rows = commands.map(({ name, summary }): [string, string] => [name, summary(t)]);
  return [
    t.cli.help.intro,
    '',
    `${t.cli.help.usage}  posthog-sealos ${t.cli.help.command} [${t.cli.help.flags}]`,
    '',
    t.cli.help.commands,
    ...table(rows),
    '',
    t.cli.help.globalFlags,
    ...table(globalFlags.map((flag) => row(flag, t))),
    '',
    t.cli.help.start,
    ...t.cli.help.steps.map((line) => `  ${line}`),
    '',
    t.cli.help.more,
    '',
  ].join('\n');
}

export function commandHelp(command: Command, t: Messages): string {
  return [
    command.details(t),
    '',
    `${t.cli.help.usage}  posthog-sealos ${[command.name, command.words?.usage].filter(Boolean).join(' ')} [${t.cli.help.flags}]`,
    '',
    ...(command.words ? [command.words.title(t), ...table(command.words.rows(t)), ''] : []),
    t.cli.help.flagsTitle,
    ...table(command.flags.map((flag) => row(flag, t))),
    '',
    t.cli.help.globalFlags,
    ...table(globalFlagsBeside(command.flags).map((flag) => row(flag, t))),
    '',
    t.cli.help.examples,
    ...command.examples.map((line) => `  ${line}`),
    '',
    t.cli.help.exitCodes,
    '',
  ].join('\n');
}

function row(flag: Flag, t: Messages): [string, string] {
  const names = [flag.short, flag.long].filter(Boolean).join(', ');
  return [`${names}${flag.value === undefined ? '' : ` ${flag.value}`}`, flag.text(t)];
}

/** Names on the left are ASCII in every language; measuring widths would cost help a tenth of its time. */
function table(rows: readonly (readonly [string, string])[]): string[] {
  const column = Math.max(...rows.map(([left]) => left.length)) + 2;
  return rows.map(([left, right]) => `  ${left.padEnd(column)}${right}`);
}

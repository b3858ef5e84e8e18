/** Flags, `--set` and the values file as sources of answers, the strongest first. */
import { exitCodes, UserError } from '../errors.ts';
import { type AnswerSource, secretAnswers } from '../stack/answers.ts';
import { type FlagValues, many, text } from './flags.ts';
import { usageError } from './usage.ts';
import { readValuesFile } from './values-file.ts';

/** Flag -> the answer it gives. */
const answersByFlag: Readonly<Record<string, string>> = {
  name: 'name',
  host: 'host',
  size: 'size',
  adminEmail: 'admin.email',
};

/** @throws UserError (exit 2) for a pair without `=`, and for secrets that would stand in argv. */
export async function answerSources(values: FlagValues, signal: AbortSignal): Promise<readonly AnswerSource[]> {
  const flags = Object.fromEntries(
    Object.entries(answersByFlag).flatMap(([flag, key]) =>
      text(values, flag) === undefined ? [] : [[key, text(values, flag)]],
    ),
  );
  const mirrors = Object.fromEntries(many(values, 'mirror').map((pair) => pairOf('--mirror', pair, 'REGISTRY=HOST')));
  const sets = Object.fromEntries(many(values, 'set').map((pair) => pairOf('--set', pair, 'KEY=VALUE')));
  for (const key of Object.keys(sets)) {
    if (secretAnswers.has(key))
      throw new UserError({
        code: 'secret-in-argv',
        exit: exitCodes.usage,
        say: (t) => t.answers.secretInArgv(key),
        hint: (t) => t.cli.errors.hint,
      });
  }
  const file = text(values, 'values');
  const flagOf = (key: string) =>
    key.startsWith('mirror.') ? '--mirror' : key === 'admin.email' ? '--admin-email' : `--${key}`;
  return [
    {
      values: { ...flags, ...(Object.keys(mirrors).length > 0 ? { mirror: mirrors } : {}) },
      place: (key) => (t) => t.answers.places.flag(flagOf(key)),
    },
    { values: sets, place: () => (t) => t.answers.places.set },
    ...(file === undefined ? [] : [await readValuesFile(file, signal)]),
  ];
}

function pairOf(flag: string, pair: string, form: string): [string, string] {
  const at = pair.indexOf('=');
  if (at < 1 || at === pair.length - 1) throw usageError((t) => t.cli.errors.badPair(flag, pair, form));
  return [pair.slice(0, at), pair.slice(at + 1)];
}

import type { UserError } from '../errors.ts';
import type { ConflictChoice } from '../install/contract.ts';
import { nearest } from '../text/nearest.ts';
import { type FlagValues, text } from './flags.ts';
import { usageError } from './usage.ts';

const choices: readonly ConflictChoice[] = ['keep', 'take'];

/** What to do with fields that others hold. @throws UserError `usage` (exit 2) */
export function conflictsOf(values: FlagValues): ConflictChoice | undefined {
  const given = text(values, 'conflicts');
  const choice = choices.find((each) => each === given);
  if (given !== undefined && choice === undefined) throw notOneOf('--conflicts', given, choices);
  return choice;
}

export function notOneOf(flag: string, given: string, allowed: readonly string[]): UserError {
  return usageError((t) => t.cli.errors.notOneOf(flag, given, allowed.join(', '), nearest(given, allowed)));
}

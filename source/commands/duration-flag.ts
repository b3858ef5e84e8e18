import { parseDuration } from '../text/duration.ts';
import { type FlagValues, text } from './flags.ts';
import { usageError } from './usage.ts';

/** Milliseconds. @throws UserError `usage` (exit 2) for what is no duration */
export function durationOf(values: FlagValues, name: string, usual: string): number {
  const given = text(values, name) ?? usual;
  const ms = parseDuration(given);
  if (ms === undefined) throw usageError((t) => t.cli.errors.badDuration(`--${name}`, given));
  return ms;
}

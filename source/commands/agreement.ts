/** Asks on the terminal whether to go on; without one, only --yes agrees. */
import type { Say } from '../messages/index.ts';
import { type FlagValues, isSet, text } from './flags.ts';
import type { Session } from './session.ts';

/** Undefined where nobody can be asked. */
export function agreement(
  values: FlagValues,
  { io, t, signal }: Session,
  question: Say,
): (() => Promise<boolean>) | undefined {
  // In the sandbox nothing needs consent.
  const given = isSet(values, 'yes') || isSet(values, 'sandbox');
  if (!given && (!io.interactive || text(values, 'output') === 'json')) return undefined;
  return async () => given || /^(y|yes|是|好)$/i.test((await io.ask(question(t), signal)).trim());
}

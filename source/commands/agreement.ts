/** Asks on the terminal whether to go on; without one, only --yes agrees. */
import type { Say } from '../messages/index.ts';
import { type FlagValues, isSet, text } from './flags.ts';
import type { Session } from './session.ts';

/** What is typed by whoever agrees: a yes, or the name of what would suffer. */
export interface Question {
  readonly say: Say;
  readonly name?: string;
}

/** Undefined where nobody can be asked. */
export function agreement<T = void>(
  values: FlagValues,
  { io, t, signal }: Session,
  question: (about: T) => Question,
): ((about: T) => Promise<boolean>) | undefined {
  // In the sandbox nothing needs consent.
  const given = isSet(values, 'yes') || isSet(values, 'sandbox');
  if (!given && (!io.interactive || text(values, 'output') === 'json')) return undefined;
  return async (about) => {
    if (given) return true;
    const { say, name } = question(about);
    const answer = (await io.ask(say(t), signal)).trim();
    return name === undefined ? /^(y|yes|是|好)$/i.test(answer) : answer === name;
  };
}

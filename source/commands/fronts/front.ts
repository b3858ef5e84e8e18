/** What shows events: the plain or the JSON front. */
import type { UserError } from '../../errors.ts';
import type { InstallEvent } from '../../install/events.ts';
import { type FlagValues, text } from '../flags.ts';
import { type Session, usesAscii, usesColor } from '../session.ts';
import { jsonFront } from './json.ts';
import { plainFront } from './plain.ts';

export interface Front {
  event(event: InstallEvent): void;
  error(error: UserError): void;
}

export function frontFor(values: FlagValues, session: Session): Front {
  const { io, t, context } = session;
  if (text(values, 'output') === 'json')
    return jsonFront(
      (line) => io.stdout.write(line),
      t,
      () => context.clock.now(),
    );
  return plainFront(
    (line) => io.stdout.write(line),
    (line) => io.stderr.write(line),
    t,
    { color: usesColor(session, values), ascii: usesAscii(session, values), clock: context.clock },
  );
}

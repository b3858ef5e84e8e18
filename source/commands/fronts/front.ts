/** What shows events: the plain or the JSON front. */
import type { UserError } from '../../errors.ts';
import type { InstallEvent } from '../../install/events.ts';
import { asStarted, startedMessages } from '../../messages/started.ts';
import { type FlagValues, isSet, text } from '../flags.ts';
import { type Session, usesAscii, usesColor } from '../session.ts';
import { sameTarget, startedOf } from '../target.ts';
import { jsonFront } from './json.ts';
import { plainFront } from './plain.ts';

export interface Front {
  event(event: InstallEvent): void;
  error(error: UserError): void;
}

/** `timed`: whether plain lines begin with the time that has passed. */
export function frontFor(values: FlagValues, session: Pick<Session, 'io' | 'context' | 't'>, timed = true): Front {
  const { io, t, context } = session;
  const isSimulated = isSet(values, 'sandbox');
  const started = startedOf(values, io.env);
  if (text(values, 'output') === 'json')
    return jsonFront(
      (line) => io.stdout.write(line),
      startedMessages(t, started),
      () => context.clock.now(),
      isSimulated ? { simulated: true } : {},
    );
  // Lines come one at a time, and each says it: whoever reads only one must not take it for real.
  const prefix = isSimulated ? `[${t.sandbox.simulated}] ` : '';
  const outputOf = (stream: 'stdout' | 'stderr') => ({
    write: (line: string) => io[stream].write(asStarted(line, started).replaceAll(/^(?=.)/gm, prefix)),
    color: usesColor(session, io[stream], values),
  });
  return plainFront({
    out: outputOf('stdout'),
    err: outputOf('stderr'),
    t,
    ascii: usesAscii(session, values),
    clock: context.clock,
    install: sameTarget(values, 'install', io.env),
    timed,
    verbose: isSet(values, 'verbose'),
  });
}

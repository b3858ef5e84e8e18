/** `scale`: how many of a component there are, and what each may take. */
import { type ExitCode, exitCodes } from '../errors.ts';
import { wantsOf } from '../operate/scale/change.ts';
import type { ReviewEvent } from '../operate/scale/events.ts';
import { losesEvents } from '../operate/scale/guards.ts';
import type { scale } from '../operate/scale/scale.ts';
import { parseWords } from '../operate/scale/words.ts';
import { agreement } from './agreement.ts';
import { conflictsOf } from './conflicts-flag.ts';
import { durationOf } from './duration-flag.ts';
import { type FlagValues, isSet, many, text } from './flags.ts';
import { frontFor } from './fronts/front.ts';
import { wantsScreen } from './screens.ts';
import type { Session } from './session.ts';
import { show } from './show.ts';
import { usageError } from './usage.ts';

const defaultTimeout = '10m';

export async function scaleCommand(values: FlagValues, session: Session, given?: typeof scale): Promise<ExitCode> {
  const words = many(values, 'words');
  const terminal = words.length === 0 ? wantsScreen(values, session) : undefined;
  if (terminal) return (await import('./console/index.ts')).scaleOnScreen(values, session, terminal);
  const asked = parseWords(words);
  const timeoutMs = durationOf(values, 'timeout', defaultTimeout);
  if (isSet(values, 'wait') && isSet(values, 'noWait'))
    throw usageError((t) => t.logs.errors.notTogether('--wait', '--no-wait'));
  const name = text(values, 'name');
  const agrees = agreement(values, session, ({ app, findings }: ReviewEvent) =>
    losesEvents(findings) ? { say: (t) => t.scale.consentToLoss(app), name: app } : { say: (t) => t.scale.consent },
  );
  const request = {
    ...(name === undefined ? {} : { name }),
    wants: (currents: Parameters<typeof wantsOf>[1]) => wantsOf(asked, currents),
    consent: agrees ?? ('missing' as const),
    dryRun: isSet(values, 'dryRun'),
    conflicts: conflictsOf(values),
    wait: !isSet(values, 'noWait'),
    timeoutMs,
    readOnly: isSet(values, 'readOnly'),
  };
  const useCase = given ?? (await import('../operate/scale/scale.ts')).scale;
  await show(values, session, (outside) => useCase(request, outside, session.signal));
  if (request.dryRun) frontFor(values, session).event({ type: 'note', message: (t) => t.cli.dryRunDone });
  return exitCodes.done;
}

import { type ExitCode, exitCodes, UserError } from '../errors.ts';
import { install } from '../install/install.ts';
import { parseDuration } from '../text/duration.ts';
import { answerSources } from './answer-sources.ts';
import { type FlagValues, isSet, many, text } from './flags.ts';
import type { Session } from './session.ts';
import { show } from './show.ts';

const defaultTimeout = '2h';
const longestPassword = 1024;

export async function installCommand(values: FlagValues, session: Session): Promise<ExitCode> {
  const { io, t, signal } = session;
  const sources = await answerSources(values);
  const adminPassword = await readPassword(values, session);
  const timeout = text(values, 'timeout') ?? defaultTimeout;
  const timeoutMs = parseDuration(timeout);
  if (timeoutMs === undefined) throw usage((m) => m.cli.errors.badDuration('--timeout', timeout));
  const conflicts = text(values, 'conflicts');
  if (conflicts !== undefined && conflicts !== 'keep' && conflicts !== 'take')
    throw usage((m) => m.cli.errors.notOneOf('--conflicts', conflicts, 'keep, take', undefined));
  const asks = io.interactive && text(values, 'output') !== 'json';
  await show(values, session, (outside) =>
    install(
      {
        sources,
        ...(adminPassword === undefined ? {} : { adminPassword }),
        consent: isSet(values, 'yes')
          ? 'given'
          : asks
            ? async () => /^(y|yes|是)$/i.test((await io.ask(t.cli.plain.consent, signal)).trim())
            : 'missing',
        dryRun: isSet(values, 'dryRun'),
        ...(conflicts === undefined ? {} : { conflicts }),
        timeoutMs,
        fixes: many(values, 'fix'),
        readOnly: isSet(values, 'readOnly'),
      },
      outside,
      signal,
    ),
  );
  return exitCodes.done;
}

/** From stdin only: what stands in argv, others can read. */
async function readPassword(values: FlagValues, { io }: Session): Promise<string | undefined> {
  if (!isSet(values, 'adminPasswordStdin')) return undefined;
  if (text(values, 'adminEmail') === undefined) throw usage((t) => t.cli.errors.passwordWithoutEmail);
  const password = (await io.readStdin()).replace(/\r?\n$/, '');
  if (password === '') throw usage((t) => t.cli.errors.passwordEmpty);
  if (password.includes('\n') || password.length > longestPassword)
    throw usage((t) => t.cli.errors.passwordLong(longestPassword));
  return password;
}

function usage(say: UserError['say']): UserError {
  return new UserError({ code: 'usage', exit: exitCodes.usage, say, hint: (t) => t.cli.errors.hint });
}

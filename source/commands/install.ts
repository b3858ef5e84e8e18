import { type ExitCode, exitCodes } from '../errors.ts';
import type { InstallRequest } from '../install/contract.ts';
import type { install } from '../install/install.ts';
import { type CauseId, causeIds } from '../observe/types.ts';
import { type AnswerSource, passwordProblem, resolveAnswers } from '../stack/answers.ts';
import { agreement } from './agreement.ts';
import { answerSources } from './answer-sources.ts';
import { conflictsOf, notOneOf } from './conflicts-flag.ts';
import { durationOf } from './duration-flag.ts';
import { type FlagValues, isSet, many, text } from './flags.ts';
import { frontFor } from './fronts/front.ts';
import { interrupted } from './interrupted.ts';
import { wantsScreen } from './screens.ts';
import type { Session } from './session.ts';
import { show } from './show.ts';
import { usageError } from './usage.ts';

const defaultTimeout = '2h';
const longestPassword = 1024;
/** Enough to see that it is too long, whatever its letters. */
const bytesOfPassword = 4 * longestPassword + 2;

export async function installCommand(values: FlagValues, session: Session, given?: typeof install): Promise<ExitCode> {
  const { signal } = session;
  const terminal = wantsScreen(values, session);
  if (terminal) {
    const { consent: _, adminPassword, ...request } = await requestOf(values, session, () => {});
    const { installOnScreen } = await import('./console/index.ts');
    const asked = { request, adminPassword, name: text(values, 'name'), isAgreed: isSet(values, 'yes') };
    return installOnScreen(values, session, terminal, asked);
  }
  const useCase = given ?? (await import('../install/install.ts')).install;
  let agreed = false;
  const request = await requestOf(values, session, () => {
    agreed = true;
  });
  try {
    await show(values, session, (outside) => useCase(request, outside, signal));
  } catch (error) {
    throw signal.aborted ? interrupted(values, agreed, session, error) : error;
  }
  if (request.dryRun) frontFor(values, session).event({ type: 'note', message: (t) => t.cli.dryRunDone });
  return exitCodes.done;
}

/** Only with a first user is an install proven to its end; in the sandbox it need not be somebody. */
export const sandboxDefaults: AnswerSource = {
  values: { admin: { email: 'you@example.com' } },
  place: () => (t) => t.answers.places.sandbox,
};

/** @throws UserError (exit 2) for whatever is wrong on the command line, before a cluster is looked for. */
async function requestOf(values: FlagValues, session: Session, onAgreed: () => void): Promise<InstallRequest> {
  const sources = await answerSources(values, session.signal);
  const { admin } = resolveAnswers(sources);
  const timeoutMs = durationOf(values, 'timeout', defaultTimeout);
  const conflicts = conflictsOf(values);
  const fixes = fixesOf(values);
  const adminPassword = isSet(values, 'adminPasswordStdin') ? await readPassword(admin?.email, session) : undefined;
  return {
    sources,
    ...(isSet(values, 'sandbox') ? { defaults: sandboxDefaults } : {}),
    ...(adminPassword === undefined ? {} : { adminPassword }),
    consent: consentOf(values, session, onAgreed),
    dryRun: isSet(values, 'dryRun'),
    ...(conflicts === undefined ? {} : { conflicts }),
    timeoutMs,
    fixes,
    readOnly: isSet(values, 'readOnly'),
  };
}

function fixesOf(values: FlagValues): readonly CauseId[] {
  return many(values, 'fix').map((given) => {
    const id = causeIds.find((each) => each === given);
    if (id === undefined) throw notOneOf('--fix', given, causeIds);
    return id;
  });
}

function consentOf(values: FlagValues, session: Session, onAgreed: () => void): InstallRequest['consent'] {
  const agrees = agreement(values, session, () => ({ say: (t) => t.cli.plain.consent }));
  if (!agrees) return 'missing';
  return async () => {
    const isAgreed = await agrees();
    if (isAgreed) onAgreed();
    return isAgreed;
  };
}

/** From stdin only: what stands in argv, others can read. */
async function readPassword(email: string | undefined, { io, signal }: Session): Promise<string> {
  if (email === undefined) throw usageError((t) => t.cli.errors.passwordWithoutEmail);
  const password = (await io.readStdin(bytesOfPassword, signal)).replace(/\r?\n$/, '');
  if (password === '') throw usageError((t) => t.cli.errors.passwordEmpty);
  if (password.includes('\n') || password.length > longestPassword)
    throw usageError((t) => t.cli.errors.passwordLong(longestPassword));
  const problem = passwordProblem(password);
  if (problem) throw usageError(problem);
  return password;
}

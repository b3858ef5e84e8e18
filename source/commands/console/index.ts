/** The commands that open screens, and what they leave in the scrollback. */
import { goneSaid } from '../../console/screens/instance-screen.ts';
import type { LogsState } from '../../console/screens/logs/state.ts';
import type { Terminal } from '../../console/start.tsx';
import { type ExitCode, exitCodes, messageOf, UserError } from '../../errors.ts';
import { dictionaries } from '../../messages/index.ts';
import { startedCommand } from '../../messages/started.ts';
import { type FlagValues, isSet, text } from '../flags.ts';
import { frontFor } from '../fronts/front.ts';
import { sandboxDefaults } from '../install.ts';
import { interrupted } from '../interrupted.ts';
import type { Session } from '../session.ts';
import type { Asked } from './installing.ts';
import { keepReport } from './memory.ts';
import { type ConsoleEnd, type ProgramOptions, runConsole } from './program.ts';

const twoHours = 2 * 60 * 60 * 1000;

/** `posthog-sealos` alone: the console of the instance that is here, or the way to one. */
export async function openConsole(values: FlagValues, session: Session, terminal: Terminal): Promise<ExitCode> {
  return shown({ values, session, terminal, screen: 'home', asked: nothingAsked(values) });
}

/** The console at the logs of the instance that is here. */
export async function logsOnScreen(
  values: FlagValues,
  session: Session,
  terminal: Terminal,
  logs: Partial<LogsState>,
): Promise<ExitCode> {
  return shown({ values, session, terminal, screen: 'logs', asked: nothingAsked(values), logs });
}

/** The console at the scale screen of the instance that is here. */
export async function scaleOnScreen(values: FlagValues, session: Session, terminal: Terminal): Promise<ExitCode> {
  return shown({ values, session, terminal, screen: 'scale', asked: nothingAsked(values) });
}

/** Where nothing is to be installed. */
function nothingAsked(values: FlagValues): Asked {
  const readOnly = isSet(values, 'readOnly');
  const request = { sources: [], dryRun: false, timeoutMs: twoHours, fixes: [], readOnly };
  const defaults = isSet(values, 'sandbox') ? { defaults: sandboxDefaults } : {};
  return {
    request: { ...request, ...defaults },
    adminPassword: undefined,
    name: text(values, 'name'),
    isAgreed: false,
  };
}

export async function installOnScreen(
  values: FlagValues,
  session: Session,
  terminal: Terminal,
  asked: Asked,
): Promise<ExitCode> {
  return shown({ values, session, terminal, screen: 'install', asked });
}

/** @throws UserError `crash` (exit 1) that names the file where everything about it is kept. */
async function shown(options: ProgramOptions): Promise<ExitCode> {
  const { session } = options;
  try {
    return ended(await runConsole(options), session);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const file = await keepReport(session.io.env, session.context.version, error);
    const message = messageOf(error);
    throw new UserError({
      code: 'crash',
      exit: exitCodes.failed,
      say: (t) => t.cli.bug(message),
      hint: (t) => (file === undefined ? t.cli.bugHint : t.console.crashReport(file)),
      cause: error,
    });
  }
}

/** What stays in the scrollback, in the language that was chosen; the exit code is the plain front's. */
function ended({ state, values }: ConsoleEnd, session: Session): ExitCode {
  const t = dictionaries[state.language];
  const front = frontFor(values, { ...session, t }, false);
  const { run, isAgreed } = state.install;
  if (state.screen !== 'install') {
    const { name, url, trouble } = state.home;
    const gone = goneSaid(state.home);
    if (trouble) front.error(new UserError({ code: 'console', exit: exitCodes.refused, say: trouble }));
    else if (gone) front.event({ type: 'note', message: gone });
    else if (name !== undefined)
      front.event({
        type: 'note',
        message: (m) => m.console.home.left(name, url, startedCommand(state.started, '')),
      });
    return trouble ? exitCodes.refused : exitCodes.done;
  }
  if (run.done) {
    front.event(run.done);
    return exitCodes.done;
  }
  const error = run.error ?? interrupted(values, isAgreed, session);
  front.error(error);
  return error.exit;
}

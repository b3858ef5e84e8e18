/** argv -> command -> exit code. The only place that sets the exit code of the process. */
import type { FlagValues } from './commands/flags.ts';
import { commandHelp, programHelp } from './commands/help.ts';
import { type Command, commandIndex, commands } from './commands/index.ts';
import { chooseLanguage, type Io, messagesOf, openOutside, type Session } from './commands/session.ts';
import { systemContext, systemIo } from './commands/system.ts';
import { usageError } from './commands/usage.ts';
import type { Context } from './context.ts';
import { type ExitCode, exitCodes, messageOf, UserError } from './errors.ts';
import { languageOf, type Messages } from './messages/index.ts';
import { nearest } from './text/nearest.ts';

/**
 * Runs one command to its end. Never throws: what goes wrong is shown.
 * @param open how a cluster is reached; a test gives its own.
 */
export async function run(
  argv: readonly string[],
  io: Io,
  context: Context,
  signal: AbortSignal,
  open: Session['open'] = openOutside,
): Promise<ExitCode> {
  let values: FlagValues = guessedValues(argv);
  let t = messagesOf(languageOf(io.env));
  try {
    const language = chooseLanguage(argv, io.env);
    t = messagesOf(language);
    const named = commands.find(({ name }) => name === argv[commandIndex(argv)]);
    // Neither help nor version needs the parser, which takes longer to load than everything else they need.
    if (named !== undefined || commandIndex(argv) < 0) {
      if (argv.includes('--help') || argv.includes('-h')) return showHelp(named, io, t);
      if (argv.includes('--version') || argv.includes('-V')) return showVersion(io, context);
    }
    const { parse } = await import('./commands/parse.ts');
    const parsed = parse(argv);
    values = parsed.values;
    if (parsed.command === undefined) return await withoutCommand(values, { io, context, language, t, signal, open });
    refuseOutput(values, parsed.command);
    const execute = await parsed.command.load();
    return await execute(values, { io, context, language, t, signal, open });
  } catch (error) {
    return await explain(asUserError(error, signal), values, { io, context, t });
  }
}

/** The console for whoever sits at a terminal; help for the others. */
async function withoutCommand(values: FlagValues, session: Session): Promise<ExitCode> {
  const { wantsScreen } = await import('./commands/screens.ts');
  const terminal = wantsScreen(values, session);
  if (!terminal) return showHelp(undefined, session.io, session.t);
  const { openConsole } = await import('./commands/console/index.ts');
  return openConsole(values, session, terminal);
}

function showHelp(command: Command | undefined, io: Io, t: Messages): ExitCode {
  io.stdout.write(command ? commandHelp(command, t) : programHelp(t));
  return exitCodes.done;
}

function showVersion(io: Io, { version }: Context): ExitCode {
  io.stdout.write(`${version}\n`);
  return exitCodes.done;
}

function refuseOutput({ output }: FlagValues, { name, outputs }: Command): void {
  if (typeof output !== 'string' || outputs.includes(output)) return;
  if (outputs.length === 0) throw usageError((t) => t.cli.errors.noOutput(name));
  throw usageError((t) => t.cli.errors.notOneOf('--output', output, outputs.join(', '), nearest(output, outputs)));
}

/** What decides how an error is shown, as far as it can be seen before `argv` has been understood. */
function guessedValues(argv: readonly string[]): FlagValues {
  const json = argv.some(
    (word, index) =>
      word === '--output=json' ||
      word === '-ojson' ||
      (word === 'json' && ['-o', '--output'].includes(argv[index - 1] ?? '')),
  );
  return {
    ...(json ? { output: 'json' } : {}),
    ascii: argv.includes('--ascii'),
    noColor: argv.includes('--no-color'),
    verbose: argv.includes('-v') || argv.includes('--verbose'),
  };
}

function asUserError(error: unknown, signal: AbortSignal): UserError {
  if (error instanceof UserError && (!signal.aborted || error.exit === exitCodes.interrupted)) return error;
  if (signal.reason instanceof UserError) return signal.reason;
  if (signal.aborted)
    return new UserError({
      code: 'interrupted',
      exit: exitCodes.interrupted,
      say: (t) => t.cli.interrupted,
      cause: error,
    });
  const message = messageOf(error);
  return new UserError({
    code: 'bug',
    exit: exitCodes.failed,
    say: (t) => t.cli.bug(message),
    hint: (t) => t.cli.bugHint,
    cause: error,
  });
}

async function explain(
  error: UserError,
  values: FlagValues,
  session: Pick<Session, 'io' | 'context' | 't'>,
): Promise<ExitCode> {
  const { frontFor } = await import('./commands/fronts/front.ts');
  frontFor(values, session).error(error);
  if (values['verbose'] === true) session.io.stderr.write(`${stackOf(error)}\n`);
  return error.exit;
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? String(error.stack) : `${error.stack}\n${stackOf(error.cause)}`;
}

const lingerMs = 500;

/** Called by the launcher. */
export async function main(version: string): Promise<void> {
  const interrupt = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      // Whoever asks twice does not want to wait for us to tidy up.
      if (interrupt.signal.aborted) process.exit(exitCodes.interrupted);
      interrupt.abort(new Error(name));
    });
  }
  const io = systemIo((error) => interrupt.abort(error.code === 'EPIPE' ? error : outputFailed(error)));
  const context = systemContext(version);
  const code = await run(process.argv.slice(2), io, context, interrupt.signal);
  // Whoever reads may be slow; a write that fails says so a moment later.
  const { signal } = interrupt;
  const over = new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  if (!signal.aborted) await Promise.race([io.drained(), over]);
  await new Promise(setImmediate);
  const { reason } = signal;
  process.exitCode =
    code === exitCodes.done && reason instanceof UserError
      ? await explain(reason, {}, { io, context, t: messagesOf(languageOf(io.env)) })
      : code;
  // Nothing may keep an ended program: a file that is still being opened, say.
  setTimeout(() => process.exit(), lingerMs).unref();
}

function outputFailed({ code, message }: NodeJS.ErrnoException): UserError {
  return new UserError({
    code: 'output',
    exit: exitCodes.failed,
    say: (t) => t.cli.outputFailed(code ?? message),
    hint: (t) => t.cli.outputFailedHint,
  });
}

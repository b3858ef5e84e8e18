/** argv -> command -> exit code. The only place that sets the exit code of the process. */
import { type Command, commands } from './commands/index.ts';
import { chooseLanguage, type Io, messagesOf, type Session } from './commands/session.ts';
import { systemContext, systemIo } from './commands/system.ts';
import type { Context } from './context.ts';
import { type ExitCode, exitCodes, UserError } from './errors.ts';
import type { Language, Messages } from './messages/index.ts';
import { nearest } from './text/nearest.ts';

/** Runs one command to its end. Never throws. */
export async function run(argv: readonly string[], io: Io, context: Context, signal: AbortSignal): Promise<ExitCode> {
  let language: Language = 'en';
  try {
    language = chooseLanguage(argv, io.env);
    const t = messagesOf(language);
    // Help needs no parser, which takes longer to load than everything else it needs.
    if (argv.some((each) => each === '--help' || each === '-h'))
      return await showHelp(
        commands.find(({ name }) => argv.includes(name)),
        io,
        t,
      );
    const { parse } = await import('./commands/parse.ts');
    const { command, values } = parse(argv);
    if (command === undefined) return await showHelp(undefined, io, t);
    const format = values['output'];
    if (typeof format === 'string' && !command.outputs.includes(format)) {
      const near = nearest(format, command.outputs);
      throw new UserError({
        code: 'usage',
        exit: exitCodes.usage,
        say: (m) => m.cli.errors.notOneOf('--output', format, command.outputs.join(', '), near),
        hint: (m) => m.cli.errors.hint,
      });
    }
    const session: Session = { io, context, language, t, signal };
    const execute = await command.load();
    return await execute(values, session);
  } catch (error) {
    return await explain(error, argv, io, context, language, signal);
  }
}

async function showHelp(command: Command | undefined, io: Io, t: Messages): Promise<ExitCode> {
  const { commandHelp, programHelp } = await import('./commands/help.ts');
  io.stdout.write(command ? commandHelp(command, t) : programHelp(t));
  return exitCodes.done;
}

async function explain(
  error: unknown,
  argv: readonly string[],
  io: Io,
  context: Context,
  language: Language,
  signal: AbortSignal,
): Promise<ExitCode> {
  const t = messagesOf(language);
  const { frontFor } = await import('./commands/fronts/front.ts');
  const json = argv.some(
    (each, index) =>
      each === '--output=json' ||
      each === '-ojson' ||
      (each === 'json' && ['-o', '--output'].includes(argv[index - 1] ?? '')),
  );
  const front = frontFor(
    { output: json ? 'json' : undefined, ascii: argv.includes('--ascii'), noColor: argv.includes('--no-color') },
    { io, context, language, t, signal },
  );
  if (signal.aborted) {
    front.error(
      new UserError({
        code: 'interrupted',
        exit: exitCodes.interrupted,
        say: (m) => m.cli.interrupted,
        hint: (m) => m.cli.interruptedHint,
      }),
    );
    return exitCodes.interrupted;
  }
  if (error instanceof UserError) {
    front.error(error);
    if (argv.includes('-v') || argv.includes('--verbose')) io.stderr.write(`${stackOf(error)}\n`);
    return error.exit;
  }
  front.error(
    new UserError({
      code: 'bug',
      exit: exitCodes.failed,
      say: (m) => m.cli.bug(error instanceof Error ? error.message : String(error)),
      hint: (m) => m.cli.bugHint,
    }),
  );
  if (argv.includes('-v') || argv.includes('--verbose')) io.stderr.write(`${stackOf(error)}\n`);
  return exitCodes.failed;
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? String(error.stack) : `${error.stack}\n${stackOf(error.cause)}`;
}

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
  const context = systemContext(version);
  process.exitCode = await run(process.argv.slice(2), systemIo(), context, interrupt.signal);
}

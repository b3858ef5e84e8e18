/** `logs`: what the parts of an instance write, exactly, merged by time. */
import { type LogsState, mostPanes, type Pane, paneOf } from '../../console/screens/logs/state.ts';
import { type ExitCode, exitCodes, UserError } from '../../errors.ts';
import { asUserError } from '../../install/explain.ts';
import { chooseInstance } from '../../install/status.ts';
import { SlowPattern } from '../../logs/guarded.ts';
import { asWord } from '../../logs/pattern.ts';
import type { ComponentId } from '../../stack/types.ts';
import { type FlagValues, many, text } from '../flags.ts';
import { wantsScreen } from '../screens.ts';
import { type OpenOutside, type Session, usesColor } from '../session.ts';
import { printLogs } from './plain.ts';
import { type LogsRequest, logsRequest } from './request.ts';

export async function logsCommand(values: FlagValues, session: Session): Promise<ExitCode> {
  const { io, context, signal, t } = session;
  const request = logsRequest(values, context.clock.now(), io.stdout.isTTY);
  const terminal = wantsScreen(values, session);
  if (terminal && !isAboutLines(values)) {
    const { logsOnScreen } = await import('../console/index.ts');
    return logsOnScreen(values, session, terminal, firstPanes(values, request));
  }
  const outside = await session.open(values, session);
  try {
    const { name: app, components } = await chooseInstance(outside, text(values, 'name'), signal);
    const present = presentOf(request, components, app);
    const color = usesColor(session, io.stdout, values);
    const lines = await printLogs({ ...request, components: present }, { app, color, outside, session });
    if (request.save !== undefined) io.stderr.write(`${t.logs.saved(lines, request.save)}\n`);
    else if (lines === 0) io.stderr.write(`${t.logs.nothing(present.join(', '))}\n`);
    return signal.aborted ? interrupted(signal) : exitCodes.done;
  } catch (error) {
    if (signal.aborted && !(error instanceof UserError)) return interrupted(signal);
    if (error instanceof SlowPattern) throw slowPattern();
    throw asUserError(error, outside);
  } finally {
    await close(outside);
  }
}

/** Whoever reads has seen enough, or somebody has interrupted. @throws UserError when that is the reason */
function interrupted({ reason }: AbortSignal): ExitCode {
  if (reason instanceof UserError) throw reason;
  return (reason as NodeJS.ErrnoException).code === 'EPIPE' ? exitCodes.done : exitCodes.interrupted;
}

/** Flags that mean something for lines only. */
const ofLines = [
  'save',
  'maxLines',
  'fields',
  'timestamps',
  'since',
  'sinceTime',
  'tail',
  'container',
  'allContainers',
];

const isAboutLines = (values: FlagValues): boolean => ofLines.some((name) => values[name] !== undefined);

/** The panes as the words and flags ask for them; without any, those of the last time. */
function firstPanes(values: FlagValues, { components, level, tail, bufferBytes }: LogsRequest): Partial<LogsState> {
  const filter = [...many(values, 'grep').map(asWord), ...many(values, 'not').map((each) => `!${asWord(each)}`)].join(
    ' ',
  );
  const panes = components.map((component): Pane => ({ ...paneOf(component), filter, level }));
  const isAsked = many(values, 'words').length > 0 || filter !== '' || level !== undefined;
  return {
    ...(isAsked ? { panes: panes.slice(0, mostPanes) } : {}),
    isPrevious: tail.previous,
    ...(bufferBytes && { bufferBytes }),
  };
}

async function close({ cluster, leave }: OpenOutside): Promise<void> {
  await cluster.close();
  await leave?.();
}

/** Those that this instance has; of a preset the others are left out. */
function presentOf({ components }: LogsRequest, known: readonly ComponentId[], app: string): readonly ComponentId[] {
  const present = components.filter((id) => known.includes(id));
  if (present.length > 0) return present;
  throw new UserError({
    code: 'no-component',
    exit: exitCodes.refused,
    say: (t) => t.logs.errors.absent(components.join(', '), app),
    hint: (t) => t.logs.errors.present(known.join(', ')),
  });
}

const slowPattern = (): UserError =>
  new UserError({
    code: 'slow-pattern',
    exit: exitCodes.usage,
    say: (t) => t.logs.errors.slowPattern,
    hint: (t) => t.logs.errors.slowPatternHint,
  });

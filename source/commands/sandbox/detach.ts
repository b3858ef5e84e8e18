/** A sandbox that goes on when its command has ended. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodes, UserError } from '../../errors.ts';
import { readState } from '../../sandbox/home/state.ts';
import { apiAnswers, type Beginning, ensureState, homeOf } from '../../sandbox/join.ts';
import { escapeControls } from '../../text/escape.ts';
import type { Session } from '../session.ts';

const patienceMs = 20_000;
const logFile = 'sandbox.log';
/** What it said last says why; the whole is in the log. */
const wordsLines = 5;

/** With what the program in the background said last. */
export function detachFailed(home: string): UserError {
  const file = join(home, logFile);
  const words = lastLines(file);
  return new UserError({
    code: 'sandbox-detach',
    exit: exitCodes.failed,
    say: (t) => [t.sandbox.detachFailed(file), ...words].join('\n'),
  });
}

function lastLines(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-wordsLines).map(escapeControls);
  } catch {
    return [];
  }
}

/**
 * Makes sure that a process serves that outlives this one.
 * @returns its process id; undefined when somebody served already.
 */
export async function detach({ context, signal }: Session, begin: Beginning = {}): Promise<number | undefined> {
  const home = homeOf(context.env);
  const state = await ensureState(home, context, begin);
  if (await apiAnswers(state)) return undefined;
  // What an earlier one said is not why this one ends.
  const output = openSync(join(home, logFile), 'w', 0o600);
  const child = spawn(process.execPath, [process.argv[1] ?? '', 'sandbox', 'up'], {
    detached: true,
    stdio: ['ignore', output, output],
    cwd: home,
  });
  child.unref();
  closeSync(output);
  const since = context.clock.monotonic();
  while (!(await apiAnswers((await readState(home)) ?? state))) {
    if (child.exitCode !== null || context.clock.monotonic() - since > patienceMs) throw detachFailed(home);
    await context.clock.sleep(50, signal);
  }
  return child.pid;
}

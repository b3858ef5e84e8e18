/** A sandbox that goes on when its command has ended. */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodes, UserError } from '../../errors.ts';
import { readState } from '../../sandbox/home/state.ts';
import { apiAnswers, type Beginning, ensureState, homeOf } from '../../sandbox/join.ts';
import type { Session } from '../session.ts';

const patienceMs = 20_000;

/** The log says why. */
export const detachFailed = (home: string): UserError =>
  new UserError({
    code: 'sandbox-detach',
    exit: exitCodes.failed,
    say: (t) => t.sandbox.detachFailed(join(home, logFile)),
  });

const logFile = 'sandbox.log';

/**
 * Makes sure that a process serves that outlives this one.
 * @returns its process id; undefined when somebody served already.
 */
export async function detach({ context, signal }: Session, begin: Beginning = {}): Promise<number | undefined> {
  const home = homeOf(context.env);
  const state = await ensureState(home, context, begin);
  if (await apiAnswers(state)) return undefined;
  mkdirSync(home, { recursive: true });
  const output = openSync(join(home, logFile), 'a', 0o600);
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

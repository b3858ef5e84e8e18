/** A sandbox that goes on when its command has ended. */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodes, UserError } from '../../errors.ts';
import { readState } from '../../sandbox/home/state.ts';
import { apiAnswers, type Beginning, ensureState, homeOf } from '../../sandbox/join.ts';
import type { Session } from '../session.ts';

const patienceMs = 20_000;

/**
 * Makes sure that a process serves that outlives this one.
 * @returns its process id; 0 when somebody served already.
 */
export async function detach({ context, signal }: Session, begin: Beginning = {}): Promise<number> {
  const home = homeOf(context.env);
  const state = await ensureState(home, context, begin);
  if (await apiAnswers(state)) return 0;
  mkdirSync(home, { recursive: true });
  const log = join(home, 'sandbox.log');
  const output = openSync(log, 'a', 0o600);
  const child = spawn(process.execPath, [process.argv[1] ?? '', 'sandbox', 'up'], {
    detached: true,
    stdio: ['ignore', output, output],
    cwd: home,
  });
  child.unref();
  closeSync(output);
  const since = context.clock.monotonic();
  while (!(await apiAnswers((await readState(home)) ?? state))) {
    if (child.exitCode !== null || context.clock.monotonic() - since > patienceMs)
      throw new UserError({ code: 'sandbox-detach', exit: exitCodes.failed, say: (t) => t.sandbox.detachFailed(log) });
    await context.clock.sleep(50, signal);
  }
  return child.pid ?? 0;
}

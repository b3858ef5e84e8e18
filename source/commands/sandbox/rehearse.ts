/** Brings a new sandbox to where its scenario begins: some are about an install that is there already. */

import type { UserError } from '../../errors.ts';
import { usualSpeed } from '../../sandbox/control.ts';
import { readState, type SandboxState } from '../../sandbox/home/state.ts';
import { homeOf, isHeld } from '../../sandbox/join.ts';
import { scenarioOf, stageAfterInstall, stageOf, stageRef } from '../../sandbox/scenarios/index.ts';
import type { Session } from '../session.ts';
import { asAdmin, changeControl, readServedControl } from './control.ts';
import { openSandbox } from './outside.ts';

const longestMs = 600_000;
const lookMs = 50;

/**
 * Waits until the scenario has begun and time runs as usual again, while the program in the background sees to both.
 * @throws UserError when that has ended
 */
export async function awaitRehearsal(session: Session, ended: () => UserError): Promise<void> {
  const { context, signal } = session;
  const state = await toRehearse(session);
  if (!state) return;
  const isOver = async () =>
    (await stageNow(session)) === 'on' && Number.isFinite((await readServedControl(session)).speed);
  while (!(await isOver())) {
    // While it prepares at full speed it may be slow to answer; its port tells whether it is still there.
    if (!(await isHeld(state))) throw ended();
    await context.clock.sleep(lookMs, signal);
  }
}

/** Says that it takes a while. Undefined when nothing is to be done. */
async function toRehearse(session: Session): Promise<SandboxState | undefined> {
  const { context, io, t } = session;
  const state = await readState(homeOf(context.env));
  const { installed, name } = scenarioOf(state?.scenario ?? '');
  if (installed === undefined || (await stageNow(session)) === 'on') return undefined;
  io.stderr.write(`${t.sandbox.preparing(name)}\n`);
  return state;
}

const stageNow = (session: Session) =>
  asAdmin(session, async (cluster) => stageOf(await cluster.get(stageRef, { signal: session.signal })));

/** Does nothing when the scenario has begun. The sandbox must be served meanwhile. */
export async function rehearse(session: Session): Promise<void> {
  const { signal, context } = session;
  const state = await toRehearse(session);
  const { installed } = scenarioOf(state?.scenario ?? '');
  if (installed === undefined) return;
  const stage = () => stageNow(session);
  const { speed } = await changeControl(
    session,
    (control) => ({ ...control, speed: Number.POSITIVE_INFINITY }),
    'before',
  );
  try {
    if ((await stage()) === 'install') {
      await installNow(session, installed);
      await asAdmin(session, (cluster) => cluster.patch(stageRef, 'merge', stageAfterInstall, { signal }));
    }
    while ((await stage()) !== 'on') await context.clock.sleep(lookMs, signal);
  } finally {
    const usual = Number.isFinite(speed) ? speed : usualSpeed;
    await changeControl(session, (control) => ({ ...control, speed: usual }));
  }
}

async function installNow(session: Session, size: string): Promise<void> {
  const { install } = await import('../../install/install.ts');
  const { sandboxDefaults } = await import('../install.ts');
  const outside = await openSandbox({}, session);
  const request = {
    sources: [{ values: { size }, place: sandboxDefaults.place }],
    defaults: sandboxDefaults,
    consent: async () => true,
    dryRun: false,
    timeoutMs: longestMs,
    fixes: [],
    readOnly: false,
  };
  try {
    for await (const _ of install(request, outside, session.signal));
  } finally {
    await outside.cluster.close();
    await outside.leave?.();
  }
}

/** `posthog-sealos sandbox ACTION`: the simulated cluster as such. */
import { type ExitCode, exitCodes, UserError } from '../../errors.ts';
import type { Say } from '../../messages/index.ts';
import { asStarted } from '../../messages/started.ts';
import { type FaultName, faultNames, speedOf } from '../../sandbox/control.ts';
import { forget } from '../../sandbox/home/forget.ts';
import { workspace } from '../../sandbox/home/kubeconfig.ts';
import { readState } from '../../sandbox/home/state.ts';
import { apiAnswers, homeOf, isHeld, joinSandbox } from '../../sandbox/join.ts';
import { scenarios } from '../../sandbox/scenarios/index.ts';
import { nearest } from '../../text/nearest.ts';
import { type FlagValues, isSet, many, text } from '../flags.ts';
import type { Session } from '../session.ts';
import { startedOf } from '../target.ts';
import { usageError } from '../usage.ts';
import { changeControl, readServedControl } from './control.ts';
import { complainTo } from './outside.ts';
import { awaitRehearsal, rehearse } from './rehearse.ts';

interface Request {
  readonly values: FlagValues;
  readonly session: Session;
  /** What follows the action. */
  readonly words: readonly string[];
}
type Action = (request: Request) => Promise<void>;

const actions: Readonly<Record<string, readonly [words: number, run: Action]>> = {
  up: [0, up],
  down: [0, down],
  reset: [0, reset],
  status: [0, status],
  speed: [1, speed],
  kubeconfig: [0, kubeconfig],
  scenarios: [0, list],
  fault: [2, fault],
};
const names = Object.keys(actions);

export async function sandboxCommand(values: FlagValues, session: Session): Promise<ExitCode> {
  const [name, ...words] = many(values, 'words');
  if (name === undefined) throw usageError((t) => t.sandbox.missingAction(names.join(', ')), help);
  const action = actions[name];
  if (!action) throw usageError((t) => t.sandbox.unknownAction(name, names.join(', '), nearest(name, names)), help);
  const [most, run] = action;
  const excess = words[most];
  if (excess !== undefined) throw usageError((t) => t.cli.errors.excess(excess));
  refuseFlagsOfUp(name, values);
  await run({ values, session, words });
  return exitCodes.done;
}

/** They say how a sandbox begins; elsewhere they would be ignored in silence. */
function refuseFlagsOfUp(action: string, values: FlagValues): void {
  const flags = ['detach', 'speed', 'scenario', 'seed'].filter((flag) => values[flag] !== undefined);
  const stray = flags.find((flag) => action !== 'up' && !(action === 'kubeconfig' && flag === 'seed'));
  if (stray !== undefined) throw usageError((t) => t.sandbox.onlyUp(`--${stray}`), help);
}

const help: Say = (t) => t.cli.errors.hintOf('sandbox');

const say = ({ io, t }: Session, ...what: readonly Say[]): void => {
  for (const each of what) io.stdout.write(`${asStarted(each(t), startedOf({}, io.env))}\n`);
};
const refusal = (code: string, message: Say, hint: Say): UserError =>
  new UserError({ code, exit: exitCodes.refused, say: message, hint });

async function up({ values, session }: Request): Promise<void> {
  const given = text(values, 'speed');
  const wanted = given === undefined ? undefined : parsedSpeed(given);
  const begin = { seed: seedOf(text(values, 'seed')), scenario: knownScenario(text(values, 'scenario')) };
  const isNew = (await readState(homeOf(session.context.env))) === undefined;
  if (!isNew && (begin.seed !== undefined || begin.scenario !== undefined))
    throw refusal(
      'sandbox-in-use',
      (t) => t.sandbox.inUse,
      (t) => t.sandbox.inUseHint,
    );
  const setSpeed = () =>
    wanted === undefined ? undefined : changeControl(session, (control) => ({ ...control, speed: wanted }));
  if (isSet(values, 'detach')) {
    const { detach, detachFailed } = await import('./detach.ts');
    const pid = await detach(session, begin);
    await awaitRehearsal(session, () => detachFailed(homeOf(session.context.env)));
    await setSpeed();
    return say(session, (t) => (pid === undefined ? t.sandbox.servedAlready : t.sandbox.detached(pid)));
  }
  const stopped = new AbortController();
  const until = AbortSignal.any([session.signal, stopped.signal]);
  const { membership, kubeconfig: file } = await joinSandbox({
    context: session.context,
    signal: session.signal,
    complain: complainTo(session.io, values),
    onStop: () => stopped.abort(),
    begin,
  });
  try {
    await rehearse({ ...session, signal: until });
    await setSpeed();
    say(session, (t) => (membership.serves ? t.sandbox.serving(file) : t.sandbox.servedElsewhere));
    if (!until.aborted) await new Promise((resolve) => until.addEventListener('abort', resolve, { once: true }));
  } catch (error) {
    // It was told to end while it prepared its scenario.
    if (!stopped.signal.aborted) throw error;
  } finally {
    await membership.leave();
  }
}

const downMs = 10_000;

async function down({ session }: Request): Promise<void> {
  say(session, (await stop(session)) ? (t) => t.sandbox.stopped : (t) => t.sandbox.notServed);
}

/** Ends the one in the background. @returns whether there was one. @throws UserError when somebody else serves. */
async function stop(session: Session): Promise<boolean> {
  const { clock, env } = session.context;
  const state = await readState(homeOf(env)).catch(() => undefined);
  if (!state || !(await apiAnswers(state))) return false;
  await changeControl(session, (control) => ({ ...control, stopAt: clock.now() }));
  const since = clock.monotonic();
  while (await isHeld(state)) {
    if (clock.monotonic() - since > downMs)
      throw refusal(
        'sandbox-served',
        (t) => t.sandbox.stillServed,
        (t) => t.sandbox.stillServedHint,
      );
    await clock.sleep(100, session.signal);
  }
  return true;
}

async function reset({ session }: Request): Promise<void> {
  const home = homeOf(session.context.env);
  await stop(session);
  const kept = await forget(home, session.context.clock.now());
  const { forgetAnswers } = await import('../console/memory.ts');
  await forgetAnswers(session.context.env, workspace.namespace);
  say(session, (t) => t.sandbox.reset(home));
  if (kept !== undefined) say(session, (t) => t.sandbox.resetKept(kept));
}

async function status({ session }: Request): Promise<void> {
  const home = homeOf(session.context.env);
  const state = await readState(home);
  if (!state) return say(session, (t) => t.sandbox.noState);
  const served = await apiAnswers(state);
  say(
    session,
    (t) => t.sandbox.home(home),
    (t) => t.sandbox.scenario(state.scenario),
    (t) => t.sandbox.api(`https://127.0.0.1:${state.port}`, served),
  );
  const control = await readServedControl(session);
  say(
    session,
    (t) => t.sandbox.speed(Number.isFinite(control.speed) ? String(control.speed) : 'max'),
    (t) => t.sandbox.faults(control.faults.join(', ') || t.sandbox.none),
  );
}

async function speed({ session, words: [given] }: Request): Promise<void> {
  const wanted = given === undefined ? undefined : parsedSpeed(given);
  const { speed: now } =
    wanted === undefined
      ? await readServedControl(session)
      : await changeControl(session, (control) => ({ ...control, speed: wanted }));
  say(session, (t) => t.sandbox.speed(Number.isFinite(now) ? String(now) : 'max'));
}

async function kubeconfig({ values, session }: Request): Promise<void> {
  const { detach } = await import('./detach.ts');
  await detach(session, { seed: seedOf(text(values, 'seed')) });
  session.io.stdout.write(`${homeOf(session.context.env)}/kubeconfig\n`);
}

async function list({ session }: Request): Promise<void> {
  const width = Math.max(...scenarios.map(({ name }) => name.length));
  for (const { name, summary, finds } of scenarios) {
    session.io.stdout.write(`${name.padEnd(width)}  ${summary(session.t)}\n`);
    session.io.stdout.write(`${' '.repeat(width)}  ${session.t.sandbox.found(finds(session.t))}\n`);
  }
}

async function fault({ session, words: [name, turn = 'on'] }: Request): Promise<void> {
  const known = faultNames.find((each) => each === name);
  if (name !== undefined && known === undefined)
    throw usageError((t) => t.sandbox.badFault(name, faultNames.join(', '), nearest(name, faultNames)), help);
  if (turn !== 'on' && turn !== 'off') throw usageError((t) => t.sandbox.badSwitch(turn), help);
  const control =
    known === undefined ? await readServedControl(session) : await setFault(session, known, turn === 'on');
  say(session, (t) => t.sandbox.faults(control.faults.join(', ') || t.sandbox.none));
  if (name === undefined) say(session, (t) => t.sandbox.possibleFaults(faultNames.join(', ')));
}

function setFault(session: Session, name: FaultName, isOn: boolean) {
  return changeControl(session, (control) => {
    if (name === 'api-restart') return { ...control, restartAt: session.context.clock.now() };
    const others = control.faults.filter((each) => each !== name);
    return { ...control, faults: isOn ? [...others, name] : others };
  });
}

function parsedSpeed(given: string): number {
  const value = speedOf(given);
  if (Number.isNaN(value)) throw usageError((t) => t.sandbox.badSpeed(given), help);
  return value;
}

function seedOf(given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  if (!/^\d{1,9}$/.test(given)) throw usageError((t) => t.sandbox.badSeed(given), help);
  return Number(given);
}

function knownScenario(given: string | undefined): string | undefined {
  const known = scenarios.map(({ name }) => name);
  if (given === undefined || known.includes(given)) return given;
  throw usageError((t) => t.sandbox.badScenario(given, known.join(', '), nearest(given, known)), help);
}

/** How a program uses the sandbox: it serves it, or is the guest of another program that does. */

import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Context } from '../context.ts';
import { exitCodes, UserError } from '../errors.ts';
import { sandboxHome } from './home/home.ts';
import { workspace, writeKubeconfig } from './home/kubeconfig.ts';
import { type Membership, takePart, type Ways } from './home/serving.ts';
import { createState, readState, type SandboxState, unusable } from './home/state.ts';

export interface JoinedSandbox {
  readonly home: string;
  readonly state: SandboxState;
  /** Path of a kubeconfig of the user. */
  readonly kubeconfig: string;
  readonly membership: Membership;
}

/** The folder of the sandbox. @throws UserError `sandbox-home` when the user has none. */
export function homeOf(env: Context['env']): string {
  const home = sandboxHome(env, process.platform);
  if (home !== undefined) return home;
  throw new UserError({
    code: 'sandbox-home',
    exit: exitCodes.refused,
    say: (t) => t.sandbox.noHome,
    hint: (t) => t.sandbox.unusableHint,
  });
}

/** What is chosen when a sandbox begins, and stays. */
export interface Beginning {
  readonly seed?: number | undefined;
  readonly scenario?: string | undefined;
}

/** The state that is there, or one made now. @throws UserError when it cannot be read or kept. */
export async function ensureState(home: string, context: Context, begin: Beginning = {}): Promise<SandboxState> {
  const known = await readState(home);
  if (known) return known;
  const { makeAuthority } = await import('./server/certificates.ts');
  const hex = (bytes: number) => Buffer.from(context.randomBytes(bytes)).toString('hex');
  const made = await createState(home, {
    port: await freePort(),
    publicPort: await freePort(),
    seed: begin.seed ?? Number.parseInt(hex(4), 16),
    scenario: begin.scenario ?? 'fresh',
    token: hex(32),
    adminToken: hex(32),
    authority: await makeAuthority(context.clock.now(), [workspace.domain, `*.${workspace.domain}`]),
  });
  // Somebody else was faster.
  return made ?? ((await readState(home)) as SandboxState);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

export interface JoinOptions {
  readonly context: Context;
  readonly signal: AbortSignal;
  readonly begin?: Beginning;
  /** Hears of defects of the simulation. */
  readonly complain: (who: string, error: unknown) => void;
  readonly onStop?: () => void;
}

/**
 * Serves the sandbox until `membership.leave`, or makes sure that somebody does.
 * @throws UserError `sandbox-home`, `sandbox-state`, `sandbox-port` (exit 3).
 */
export async function joinSandbox({ context, signal, begin, complain, onStop }: JoinOptions): Promise<JoinedSandbox> {
  const home = homeOf(context.env);
  const state = await ensureState(home, context, begin);
  const kubeconfig = await writeKubeconfig(home, state).catch((error: unknown) => {
    throw storageRefusal(home, error);
  });
  const { clock, randomBytes } = context;
  const ways: Ways = {
    port: state.port,
    answers: () => apiAnswers(state),
    // One that is too busy to say who it is may be ours.
    isOurs: () => isSandbox(state.publicPort, state, { patienceMs: silentMs, ifSilent: true }),
    gone: (until) => untilGone(state, until),
    async serve() {
      const { startSandbox } = await import('./sandbox.ts');
      const { JournalError } = await import('./objects/index.ts');
      try {
        return await startSandbox({ home, state, clock, randomBytes, complain, ...(onStop ? { onStop } : {}) });
      } catch (error) {
        throw error instanceof JournalError ? journalRefusal(error) : storageRefusal(home, error);
      }
    },
  };
  return { home, state, kubeconfig, membership: await takePart(ways, clock, signal) };
}

/** What a file system says that is full, or that nobody may write to. */
const storageCodes: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EISDIR', 'ENOTDIR', 'EIO'];

function storageRefusal(home: string, error: unknown): unknown {
  const known = error as NodeJS.ErrnoException;
  return storageCodes.includes(known.code) ? unusable(home, known) : error;
}

function journalRefusal({ file, problem }: { readonly file: string; readonly problem: string }): UserError {
  const newer = problem === 'newer';
  return new UserError({
    code: 'sandbox-state',
    exit: exitCodes.refused,
    say: (t) => (newer ? t.sandbox.newer(file) : t.sandbox.damaged(file)),
    hint: (t) => (newer ? t.sandbox.newerHint : t.sandbox.damagedHint),
  });
}

const answerMs = 3_000;
/** Whoever says nothing for so long is asked again. */
const silentMs = 1_000;

/** Whether the sandbox is served. Never throws. */
export const apiAnswers = (state: SandboxState): Promise<boolean> => isSandbox(state.port, state);

/** Whether it is our sandbox that has a port, told by its certificate. */
function isSandbox(
  port: number,
  { authority }: SandboxState,
  { patienceMs, ifSilent } = { patienceMs: answerMs, ifSilent: false },
): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTls({ host: '127.0.0.1', port, ca: authority.ca, servername: 'localhost' });
    const end = (answers: boolean) => {
      socket.destroy();
      resolve(answers);
    };
    socket.setTimeout(patienceMs, () => end(ifSilent));
    socket.on('secureConnect', () => end(true));
    socket.on('error', () => end(false));
  });
}

/** Whether somebody serves, or is just ending. Never throws. */
export function isHeld({ publicPort }: SandboxState): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: publicPort });
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

/** A connection that carries nothing, and ends with who serves. */
function untilGone({ publicPort }: SandboxState, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: publicPort });
    const end = () => {
      socket.destroy();
      signal.removeEventListener('abort', end);
      resolve();
    };
    socket.on('close', end);
    socket.on('error', end);
    signal.addEventListener('abort', end, { once: true });
  });
}

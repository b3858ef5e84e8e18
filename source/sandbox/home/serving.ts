/**
 * One server for all who use the sandbox: the first program that needs it serves, the others are its guests, and when it ends
 * one of them takes over port, token and state (DESIGN section 8). Who listens is who serves, so no lock can be left behind.
 */
import type { Clock } from '../../context.ts';
import { exitCodes, UserError } from '../../errors.ts';

/** What serves, once its port is its own. */
export interface Server {
  close(): Promise<void>;
}

export interface Ways {
  /** @throws an error of code EADDRINUSE when somebody else listens. */
  serve(signal: AbortSignal): Promise<Server>;
  /** Whether it is the sandbox that listens, and ready. Never throws. */
  answers(signal: AbortSignal): Promise<boolean>;
  /** Whether it may be a sandbox of this state that has the port, be it ready or not. Never throws. */
  isOurs(signal: AbortSignal): Promise<boolean>;
  /** Resolves when who serves is gone. */
  gone(signal: AbortSignal): Promise<void>;
  readonly port: number;
}

export interface Membership {
  /** Whether this program serves. */
  readonly serves: boolean;
  /** Stops serving, if it does. */
  leave(): Promise<void>;
}

const triesMs = 100;
const manyLooks = 3;
/** One that is just starting or just ending needs no longer than this. */
const patienceMs = 15_000;

/**
 * Serves, or makes sure that somebody does, until `leave`.
 * @throws UserError `sandbox-port` (exit 3) when another program has the port; what `serve` throws.
 */
export async function takePart(ways: Ways, clock: Clock, signal: AbortSignal): Promise<Membership> {
  const leaving = new AbortController();
  const until = AbortSignal.any([signal, leaving.signal]);
  let server = await serveOrFind(ways, clock, until);
  /** Guests wait for their host to go. */
  const attend = async (): Promise<void> => {
    while (!server && !until.aborted) {
      await ways.gone(until);
      if (!until.aborted) server = await serveOrFind(ways, clock, until);
    }
  };
  const attending = attend().catch(() => {});
  return {
    get serves() {
      return server !== undefined;
    },
    async leave() {
      leaving.abort(new Error('it is not needed any more'));
      await attending;
      const own = server;
      server = undefined;
      await own?.close();
    },
  };
}

/** Undefined when somebody else serves. */
async function serveOrFind(ways: Ways, clock: Clock, signal: AbortSignal): Promise<Server | undefined> {
  const since = clock.monotonic();
  let strangers = 0;
  for (;;) {
    try {
      return await ways.serve(signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
    if (await ways.answers(signal)) return undefined;
    // One that has just ended looks like a stranger for a moment.
    strangers = (await ways.isOurs(signal)) ? 0 : strangers + 1;
    if (strangers === manyLooks) throw taken(ways.port);
    if (clock.monotonic() - since > patienceMs) throw taken(ways.port);
    await clock.sleep(triesMs, signal);
  }
}

function taken(port: number): UserError {
  return new UserError({
    code: 'sandbox-port',
    exit: exitCodes.refused,
    say: (t) => t.sandbox.portTaken(port),
    hint: (t) => t.sandbox.portTakenHint,
  });
}

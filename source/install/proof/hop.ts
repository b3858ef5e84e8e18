/** One step of the proof, and how long it is tried. */
import type { Clock } from '../../context.ts';
import { messageOf, UserError } from '../../errors.ts';
import { dictionaries, type Say } from '../../messages/index.ts';
import { NoPodError } from '../../observe/sources/ready-pod.ts';
import type { NoteEvent, ProofEvent } from '../events.ts';
import type { Run } from './run.ts';

export type Leg = 'inside' | 'public';

export interface Passed {
  readonly ok: true;
  readonly message: Say;
  /** Good enough, but the user should know this. */
  readonly warning?: Say;
}

export interface Fault {
  readonly ok: false;
  readonly message: Say;
  readonly hint?: Say;
  /** How long trying goes on while this is what is wrong, in ms since the hop began; default: the hop's own limit. */
  readonly limitMs?: number;
}

export type Outcome = Passed | Fault;

export interface Hop {
  /** Stable; public hops begin with `public-`. */
  readonly id: string;
  readonly leg: Leg;
  /** Hops without which this one cannot pass; when one of them failed, it is not tried. */
  readonly needs: readonly string[];
  readonly timeoutMs: number;
  /** Tried at least as long as the public leg may take to settle (DNS, gateway, certificate). */
  readonly settles?: boolean;
  /** One try. What it throws counts as a fault. */
  run(run: Run, signal: AbortSignal): Promise<Outcome>;
}

/** Trying for that long needs no explanation. */
const quietMs = 3_000;
const firstPauseMs = 250;
const longestPauseMs: Readonly<Record<Leg, number>> = { inside: 5_000, public: 10_000 };

/**
 * Tries a hop until it passes or its time is over, telling what it waits for when that takes a while; throws only when
 * aborted. `settleMs`: what is left for the public leg to settle.
 */
export async function* decide(
  hop: Hop,
  run: Run,
  clock: Clock,
  settleMs: number,
  signal: AbortSignal,
): AsyncGenerator<NoteEvent, ProofEvent> {
  const startedAt = clock.monotonic();
  const isNews = newsOf();
  const ownLimitMs = hop.settles ? Math.max(hop.timeoutMs, settleMs) : hop.timeoutMs;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs[hop.leg])) {
    const outcome = await once(hop, run, signal);
    const ms = Math.round(clock.monotonic() - startedAt);
    const event = { type: 'proof', hop: hop.id, ok: outcome.ok, ms, message: outcome.message } as const;
    if (outcome.ok) return outcome.warning ? { ...event, warning: true, hint: outcome.warning } : event;
    const leftMs = (outcome.limitMs ?? ownLimitMs) - ms;
    if (leftMs <= 0) return outcome.hint ? { ...event, hint: outcome.hint } : event;
    const waiting: Say = (t) => t.proof.waiting(hop.id, outcome.message(t));
    if (ms >= quietMs && isNews(waiting)) yield { type: 'note', message: waiting };
    await clock.sleep(Math.min(pauseMs, leftMs), signal);
  }
}

/** What was not told before; numbers in it may go up and down. */
function newsOf(): (say: Say) => boolean {
  let told = '';
  return (say) => {
    const text = say(dictionaries.en).replace(/\d+/g, '#');
    const isNew = text !== told;
    told = text;
    return isNew;
  };
}

async function once(hop: Hop, run: Run, signal: AbortSignal): Promise<Outcome> {
  try {
    return await hop.run(run, signal);
  } catch (error) {
    signal.throwIfAborted();
    return faultOf(error, run);
  }
}

function faultOf(error: unknown, run: Run): Fault {
  if (error instanceof NoPodError) {
    const { component } = error;
    return { ok: false, message: (t) => t.proof.fault.noPod(component), hint: (t) => t.proof.hint.status };
  }
  const refused = (error as { code?: unknown }).code === 401 || (error as { code?: unknown }).code === 403;
  const limit = refused ? { limitMs: 0 } : {};
  if (error instanceof UserError)
    return { ok: false, message: error.say, ...(error.hint ? { hint: error.hint } : {}), ...limit };
  const text = run.clean(messageOf(error));
  return { ok: false, message: (t) => t.proof.fault.unreachable(text), hint: (t) => t.proof.hint.status, ...limit };
}

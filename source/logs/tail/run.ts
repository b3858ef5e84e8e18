/** One run of a container, read to its end whatever becomes of the connection: every line once, in its order. */
import { backoffMs, ConnectionError } from '../../cluster/index.ts';
import type { Cluster } from '../../cluster/types.ts';
import type { Clock } from '../../context.ts';
import { messageOf } from '../../errors.ts';
import { timeAt } from '../stamp.ts';
import type { GapReason, Marker, Run, TailRequest, Tell, Waiting } from '../types.ts';
import { isForbidden, isNothing } from './answers.ts';
import { isFollowed } from './followed.ts';
import { cutIn, Framing } from './framing.ts';
import { Given, type Resume, type Resumed } from './resume.ts';
import { listening } from './silence.ts';

/** How a run ended, as far as that is known. */
export interface RunEnd {
  readonly exitCode: number | undefined;
  readonly reason: string | undefined;
}

/** Where the log of a run is to be had: as the container's, as the one before it, no more, no more with its pod. */
export type Place = 'here' | 'previous' | 'gone' | 'pod-gone';

/** A run as its pod tells it. */
export interface LiveRun {
  readonly run: Run;
  readonly place: Place;
  /** Milliseconds since 1970, in whole seconds; NaN where the pod does not tell. */
  readonly startedAt: number;
  /** Undefined while it goes on. */
  readonly end: RunEnd | undefined;
  /** Resolves when `end` is told. */
  readonly ended: Promise<void>;
  /** The run before it, where that had ended before anything was told, and its log is still to be had. */
  readonly before?: LiveRun;
}

export interface RunDeps {
  readonly cluster: Pick<Cluster, 'logBytes'>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly tell: Tell;
  /** When the run was told, monotonic. */
  readonly toldAt: number;
  /** Looks at the pod itself: what is told of it may come late. */
  readonly look: (signal: AbortSignal) => Promise<void>;
  /** Why the run is silent now; undefined: it is read. */
  readonly wait: (waiting: Waiting | undefined) => void;
}

type Asked = Pick<TailRequest, 'follow' | 'previous' | 'tailLines' | 'since'>;

/** How long the watch may take to tell why a stream ended, before it is opened again. */
const firstPauseMs = 200;
/** Nothing has come for so long: all there is has come. */
const quietMs = 1_000;
/** A restart is told so long after it happened, at the latest. */
const toldWithinMs = 3_000;
/** Shorter absences are not worth a mark. */
const awayMs = 1_000;
/** What was known so long ago may have changed. */
const freshMs = 500;
/** A stream that lasted so long was no failure. */
const longMs = 10_000;
/** What is left of a run that has ended may soon be gone: so many failures in a row are tried again at once. */
const fewFailures = 3;
/**
 * A node tells the API server within 10 s what it could not tell before: so often it is waited for, each time for longer.
 * A clock that was set back looks the same, and then nothing will be told.
 */
const mostFollows = 12;
/** Without `follow`, so many failures in a row are the answer. */
export const mostFailures = 8;

/** Until the run has ended and is read, or without `follow`, until all there is was read. Rejects with the signal's reason only. */
export async function readRun(live: LiveRun, asked: Asked, deps: RunDeps, signal: AbortSignal): Promise<void> {
  const reader = new RunReader(live, asked, deps, signal);
  await reader.read();
  await deps.tell({ type: 'closed', run: live.run });
}

class RunReader {
  readonly #live: LiveRun;
  readonly #asked: Asked;
  readonly #deps: RunDeps;
  readonly #signal: AbortSignal;
  readonly #given = new Given();
  readonly #framing = new Framing();
  #failures = 0;
  /** Pieces that have come. */
  #heard = 0;
  /** Times that something was given. */
  #gives = 0;
  #wasOpen = false;
  /** Only the end of what is there is asked for, and has not come yet. */
  #isCutShort: boolean;
  /** Whether the last stream ended by itself: then nothing is known to be missing. */
  #isWhole = false;
  /** Since when nothing can be read, monotonic. */
  #awaySince: number | undefined;
  /** How long nothing could be read, until it is known whether anything was lost. */
  #awayMs = 0;
  /** Times that the node had begun the next run before its pod told. */
  #follows = 0;

  constructor(live: LiveRun, asked: Asked, deps: RunDeps, signal: AbortSignal) {
    this.#live = live;
    this.#asked = asked;
    this.#isCutShort = asked.tailLines !== undefined;
    this.#deps = deps;
    this.#signal = signal;
  }

  async read(): Promise<void> {
    const { run, before } = this.#live;
    await this.#deps.tell({ type: 'opened', run, ...(before ? { before: before.run } : {}) });
    for (;;) {
      const { end, place } = this.#live;
      const isLast = !this.#asked.follow || end !== undefined;
      if (place === 'gone') return this.#finish(this.#lost(place));
      // Its name may be another pod's by now: only what follows a line that was given is certainly its own.
      if (place === 'pod-gone' && (this.#isWhole || this.#given.isEmpty)) return this.#finish(this.#lost(place));
      const [gives, openedAt] = [this.#gives, this.#deps.clock.monotonic()];
      try {
        // What is there is read to its end first: of what comes later nothing may be cut short.
        const isFirst = this.#isCutShort;
        await this.#readOnce(isLast, place);
        if (isLast) return await this.#finish(undefined);
        this.#isWhole = !isFirst;
        if (isFirst && !this.#isCutShort) continue;
      } catch (error) {
        if (this.#signal.aborted) throw this.#signal.reason;
        if (isLast && this.#live.place === place && this.#isNoMore(error, place))
          return this.#finish(this.#lost(place));
        // Rights that were there may come back: an API server that starts does not know them yet.
        if (isForbidden(error) && !this.#wasOpen) {
          this.#deps.wait({ type: 'forbidden' });
          return this.#mark({ type: 'gap', reason: 'forbidden', forMs: undefined });
        }
        if (!this.#asked.follow && this.#failures >= mostFailures) throw error;
        // What is not there, or another run's, says nothing of what was read.
        if (!isNothing(error) && !(error instanceof OverError)) this.#isWhole = false;
        this.#away(error);
      }
      // Streams that end at once are not opened again at once for ever.
      const isLong = this.#deps.clock.monotonic() - openedAt > longMs;
      if (this.#gives > gives || isLong) this.#failures = 0;
      const isUrgent = this.#failures < fewFailures;
      const pauseMs = firstPauseMs + backoffMs(this.#failures++, this.#deps.random());
      const pause = this.#deps.clock.sleep(pauseMs, this.#signal);
      // That it has ended is a reason to look again at once, but not for ever.
      await (end && !isUrgent ? pause : Promise.race([this.#live.ended, pause]));
      this.#signal.throwIfAborted();
    }
  }

  async #readOnce(isLast: boolean, place: Place): Promise<void> {
    const { run } = this.#live;
    const { tailLines = 0, since } = this.#asked;
    const follow = !isLast && !this.#isCutShort;
    const from = this.#given.isEmpty ? since : this.#given.since;
    const previous = this.#asked.previous || place === 'previous';
    const options = {
      container: run.container,
      follow,
      previous,
      timestamps: true,
      ...(from === undefined ? {} : { sinceTime: new Date(from * 1000).toISOString().replace(/\.\d+Z$/, 'Z') }),
      // Also where none is to be told, the last one says where to go on.
      ...(this.#isCutShort ? { tailLines: Math.max(1, tailLines) } : {}),
    };
    let resume = this.#given.isEmpty ? undefined : this.#given.resume();
    this.#framing.drop();
    const { cluster, clock } = this.#deps;
    const leaving = new AbortController();
    const until = AbortSignal.any([this.#signal, leaving.signal]);
    if (follow) void this.#leaveWhenEnded(leaving).catch(() => {});
    const open = (signal: AbortSignal) => cluster.logBytes(run.pod, { ...options, signal });
    const probe = (signal: AbortSignal) =>
      cluster.logBytes(run.pod, { container: run.container, previous, timestamps: true, tailLines: 1, signal });
    // Who does not follow has no reason to be silent, whatever was given.
    const isGiven = (line: Buffer) => follow && this.#given.isLast(line);
    const pieces = listening(open, { clock, signal: until, probe, isGiven });
    try {
      for (let next = pieces.next(); ; next = pieces.next()) {
        const isQuiet = resume !== undefined && !resume.isComing && (await this.#isQuiet(next));
        if (isQuiet) resume = await this.#settle(place, resume as Resume, (resume as Resume).decide());
        const { done, value } = await next;
        if (done) break;
        this.#heard += 1;
        this.#wasOpen = true;
        this.#back();
        if (!resume) this.#markAway();
        if (value.length === 0) {
          if (this.#given.isEmpty && clock.monotonic() - this.#deps.toldAt > freshMs) await this.#check(place);
          continue;
        }
        for (const lines of this.#framing.add(value))
          if (resume) resume = await this.#settle(place, resume, resume.add(lines));
          else {
            const told = this.#give(lines);
            if (told) await told;
          }
      }
      const begun = this.#framing.end();
      if (!begun) this.#isCutShort = false;
      // Of a run that has ended, also what its last words lack an end.
      const rest = isLast ? begun : undefined;
      if (resume && rest) resume = await this.#settle(place, resume, resume.add(rest));
      else if (rest) await this.#give(rest);
      // Cut off before it came to what is new: what has come is no news.
      if (resume?.isComing) throw new ConnectionError('reset', 'the log ended before what was read of it');
      if (resume) await this.#settle(place, resume, isLast ? resume.conclude() : resume.decide());
    } finally {
      leaving.abort(new OverError());
      // Not waited for: it ends behind what was asked for last.
      void pieces.return(undefined).catch(() => {});
    }
  }

  /** Nothing more comes of a run that has ended: a stream that does not end by itself is left. */
  async #leaveWhenEnded(leaving: AbortController): Promise<void> {
    await this.#live.ended;
    for (let heard = -1; heard !== this.#heard && !leaving.signal.aborted; ) {
      heard = this.#heard;
      await this.#deps.clock.sleep(toldWithinMs, this.#signal);
    }
    leaving.abort(new OverError());
  }

  /** Whether nothing comes for a while. */
  async #isQuiet(next: Promise<unknown>): Promise<boolean> {
    const waiting = new AbortController();
    const quiet = this.#deps.clock.sleep(quietMs, waiting.signal).then(
      () => true,
      () => false,
    );
    const isQuiet = await Promise.race([
      quiet,
      next.then(
        () => false,
        () => false,
      ),
    ]);
    waiting.abort();
    return isQuiet;
  }

  /** @returns what is still to be decided */
  async #settle(place: Place, resume: Resume, resumed: Resumed): Promise<Resume | undefined> {
    if (resumed.type === 'waiting') return resume;
    if (resumed.type === 'found') {
      this.#markAway();
      if (resumed.bytes) await this.#give(resumed.bytes);
      return undefined;
    }
    // What is there may be the next run's already, or another pod's: then it is not this one's to give.
    const { end, ended } = this.#live;
    if (this.#asked.follow && !end) await Promise.race([ended, this.#deps.clock.sleep(toldWithinMs, this.#signal)]);
    await this.#check(place);
    this.#awayMs = 0;
    const forMs = timeAt(resumed.bytes, 0) - this.#given.lastTime;
    await this.#mark({ type: 'gap', reason: 'rotated', forMs: Number.isNaN(forMs) ? undefined : Math.max(0, forMs) });
    await this.#give(resumed.bytes);
    return undefined;
  }

  /** @throws OverError unless what is there is this run's still */
  async #check(place: Place): Promise<void> {
    if (this.#asked.previous) return;
    await this.#deps.look(this.#signal);
    if (this.#live.place !== place || place === 'pod-gone') throw new OverError();
    if (place !== 'here' || this.#follows >= mostFollows) return;
    if (!(await isFollowed(this.#deps, this.#live, this.#given.lastTime, this.#signal))) return;
    this.#follows += 1;
    throw new OverError();
  }

  #give(bytes: Buffer): void | Promise<void> {
    this.#gives += 1;
    this.#given.add(bytes);
    const isBefore = this.#isCutShort && this.#asked.tailLines === 0;
    this.#isCutShort = false;
    if (isBefore) return undefined;
    const told = this.#deps.tell({ type: 'lines', run: this.#live.run, bytes });
    const lines = cutIn(bytes);
    return lines === 0 ? told : Promise.resolve(told).then(() => this.#mark({ type: 'cut', lines }));
  }

  async #mark(marker: Marker): Promise<void> {
    await this.#deps.tell({ type: 'marker', run: this.#live.run, marker });
  }

  #away(error: unknown): void {
    // A container that does not run yet has no log; the watch says when it has.
    if (isNothing(error) || error instanceof OverError) return;
    this.#awaySince ??= this.#deps.clock.monotonic();
    // What an API server asked its node for in vain is nobody's business.
    const message = messageOf(error).replace(/^Get "[^"]*": /, '');
    this.#deps.wait(isForbidden(error) ? { type: 'forbidden' } : { type: 'away', message });
  }

  /** It is read again; whether anything was lost is not known yet. */
  #back(): void {
    if (this.#awaySince === undefined) return;
    this.#awayMs += this.#deps.clock.monotonic() - this.#awaySince;
    this.#awaySince = undefined;
    this.#deps.wait(undefined);
  }

  /** While a node rotates the log of a container that has just ended, it is not there for a moment: that is asked again. */
  #isNoMore(error: unknown, place: Place): boolean {
    if (error instanceof OverError) return true;
    const mayBeRotated = place === 'here' && this.#live.end !== undefined && this.#failures < fewFailures;
    return isNothing(error) && !mayBeRotated;
  }

  /** Nothing was lost. */
  #markAway(): void {
    if (this.#awayMs >= awayMs) void this.#mark({ type: 'away', forMs: this.#awayMs });
    this.#awayMs = 0;
  }

  /** What is missing of a run that is not to be had any more. */
  #lost(place: Place): GapReason | undefined {
    // Of which nothing was ever there, nothing is missing.
    if (this.#isWhole || (place === 'here' && this.#given.isEmpty)) return undefined;
    return lostWith[place];
  }

  async #finish(lost: GapReason | undefined): Promise<void> {
    const { end } = this.#live;
    this.#deps.wait(undefined);
    if (lost) await this.#mark({ type: 'gap', reason: lost, forMs: undefined });
    // Of the run before, it is not its own end that is known.
    if (end && !this.#asked.previous) await this.#mark({ type: 'ended', ...end });
  }
}

/** Why the rest of a run is not to be had, by where it was. */
const lostWith: Readonly<Record<Place, GapReason>> = {
  here: 'run-gone',
  previous: 'run-gone',
  gone: 'run-gone',
  'pod-gone': 'pod-gone',
};

/** What is read here ends; what is left of the run is read otherwise. */
class OverError extends Error {}

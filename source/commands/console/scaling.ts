/** Keeps the scale screen up to date, and applies what is decided on it. */
import {
  begun,
  emptyScale,
  findingsIn,
  idsIn,
  outcomeIn,
  type ScaleRun,
  type ScaleState,
  withCurrents,
} from '../../console/screens/scale/state.ts';
import type { Clock } from '../../context.ts';
import { UserError } from '../../errors.ts';
import type { InstallEvent } from '../../install/events.ts';
import { asUserError } from '../../install/explain.ts';
import type { Say } from '../../messages/index.ts';
import type { Snapshot } from '../../observe/types.ts';
import { changesOf, wordsOf } from '../../operate/scale/change.ts';
import { currentsOf } from '../../operate/scale/current.ts';
import { logErrorsSince } from '../../operate/scale/log-errors.ts';
import { surroundingsOf } from '../../operate/scale/look.ts';
import { addPartitions, type MorePartitions } from '../../operate/scale/partitions.ts';
import { scale } from '../../operate/scale/scale.ts';
import type { Finding, Wants } from '../../operate/scale/types.ts';
import type { ComponentId } from '../../stack/types.ts';
import { type Around, asked, readyWithinMs } from './around.ts';
import { shownError } from './errors.ts';
import { paced } from './paced.ts';

/** Quotas and autoscalers are no matter of moments. */
const everyMs = 10_000;
/** Nor is what a log says of a change that does not help. */
const logEveryMs = 60_000;

export class Scaling {
  readonly #around: () => Around;
  readonly #clock: Clock;
  /** What the rows were made of. */
  #seen: { readonly snapshot: unknown; readonly parts: number } | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;
  #heardAt = Number.NEGATIVE_INFINITY;
  #of: string | undefined;
  /** The change that is being applied. */
  #under: { readonly enough: AbortController; readonly over: Promise<void> } | undefined;

  constructor(around: () => Around, clock: Clock) {
    this.#around = around;
    this.#clock = clock;
    const { store, signal } = around();
    const look = paced(() => this.#look(), clock, signal);
    store.subscribe(look);
    look();
  }

  /** Judged once more by what is there now, and applied. A change before it is waited for no more. */
  apply(wants: Wants): Promise<void> {
    const before = this.#under;
    before?.enough.abort();
    const enough = new AbortController();
    const begin = async () => {
      await before?.over;
      if (!enough.signal.aborted) await this.#apply(wants, enough.signal);
    };
    const over = begin();
    this.#under = { enough, over };
    return over;
  }

  async #apply(wants: Wants, enough: AbortSignal): Promise<void> {
    const around = this.#around();
    const { store, instance, signal } = around;
    const { scale: shown, home } = store.read();
    const changes = changesOf(wants, shown.currents);
    const waited = new Map([...home.figures].map(([id, { backlog }]) => [id, backlog?.waiting ?? 0]));
    this.#heardAt = Number.NEGATIVE_INFINITY;
    this.#change((now) => ({ ...now, run: begun(changes, waited) }));
    const request = {
      name: instance,
      wants: () => wants,
      consent: async () => true,
      dryRun: false,
      conflicts: undefined,
      wait: true,
      enough,
      timeoutMs: readyWithinMs,
      readOnly: store.read().isReadOnly,
    };
    try {
      await asked(around, async (outside) => {
        try {
          for await (const event of scale(request, outside, signal)) this.#told(event);
        } catch (error) {
          throw asUserError(error, outside);
        }
      });
    } catch (error) {
      if (enough.aborted) return;
      const known = error instanceof UserError ? error : shownError(error);
      this.#change((now) => ({ ...now, run: now.run && { ...now.run, isOver: true, error: known } }));
    }
  }

  /** More partitions; what is known of the topics is asked anew. */
  async raise(more: MorePartitions): Promise<void> {
    const around = this.#around();
    const { instance, signal, toast, store } = around;
    const now = store.read().scale.around?.partitions.get(more.topic) ?? 0;
    try {
      await asked(around, ({ cluster }) => addPartitions(cluster, instance, more, signal));
      toast((t) => t.console.scale.raised(more.topic, now + more.count));
    } catch (error) {
      toast(shownError(error).say);
    }
    this.#askedAt = Number.NEGATIVE_INFINITY;
    this.#look();
  }

  #told(event: InstallEvent): void {
    if (event.type === 'component') {
      // It is waited for only once it is applied.
      this.#applied(event.component);
      this.#say((t) => t.console.scale.settled(event.component, event.ready, event.desired));
    }
    if (event.type === 'cause' && event.cause) this.#say(event.cause.message);
    if (event.type === 'review') this.#refused(event.findings);
    if (event.type === 'note') this.#say(event.message);
    if (event.type !== 'scaled') return;
    const { figures } = this.#around().store.read().home;
    const restarts = new Map([...figures].map(([id, each]) => [id, each.restarts]));
    const settled = { at: this.#clock.monotonic(), restarts };
    this.#change((now) => ({ ...now, wants: new Map(), run: now.run && { ...now.run, isOver: true, settled } }));
    this.#say((t) => t.console.install.said(wordsOf(event.changes).join(' '), t.console.scale.done));
  }

  /** What shows only when the cluster is asked; the rest is on the screen while it is decided. */
  #refused(findings: readonly Finding[]): void {
    this.#change((now) => {
      const known = new Set(findingsIn(now).map(({ id }) => id));
      const refused = findings.filter(({ id, verdict }) => verdict === 'refuse' && !known.has(id));
      return { ...now, run: now.run && { ...now.run, refused } };
    });
  }

  #say(say: Say): void {
    this.#change((now) => ({ ...now, run: now.run && { ...now.run, said: [...now.run.said, say].slice(-20) } }));
  }

  /** From now on the way back leads over this part of the change, and over nothing that was before. */
  #applied(id: ComponentId): void {
    const at = this.#clock.monotonic();
    this.#change(({ applied, run, ...now }) => {
      const isKnown = run?.appliedAt.has(id) === true;
      return {
        ...now,
        run: run && !isKnown ? { ...run, appliedAt: new Map(run.appliedAt).set(id, at) } : run,
        applied: (run?.changes ?? []).filter((each) => each.component === id || applied.includes(each)),
      };
    });
  }

  #change(update: (scale: ScaleState) => ScaleState): void {
    this.#around().store.change((state) => ({ ...state, scale: update(state.scale) }));
  }

  /** What there is of each component, whenever the instance changes; what is around it, now and then. */
  #look(): void {
    const { store } = this.#around();
    const { screen, seen, home } = store.read();
    if (screen !== 'scale' || !seen) return;
    if (this.#of !== home.name) {
      this.#of = home.name;
      this.#askedAt = Number.NEGATIVE_INFINITY;
      this.#change(({ chosen }) => ({ ...emptyScale, chosen }));
    }
    // Parts are told one after the other; the first picture may be there before the last of them.
    const ids = Object.keys(home.run.components) as ComponentId[];
    if (seen.snapshot !== this.#seen?.snapshot || ids.length !== this.#seen.parts) {
      this.#seen = { snapshot: seen.snapshot, parts: ids.length };
      const currents = currentsOf(ids, seen.snapshot);
      this.#change((now) => withCurrents(now, currents));
    }
    this.#listen(seen.snapshot);
    if (this.#clock.monotonic() - this.#askedAt < everyMs) return;
    this.#askedAt = this.#clock.monotonic();
    void this.#lookAround(seen.snapshot);
  }

  /** Why a change does not help, the log of the part may tell: as long as it does not, and now and then. */
  #listen(snapshot: Snapshot): void {
    const now = this.#clock.monotonic();
    const state = this.#around().store.read();
    const { run } = state.scale;
    if (!run || now - this.#heardAt < logEveryMs) return;
    const stuck = idsIn(run).filter((id) => {
      const type = outcomeIn(id, state, now)?.type;
      return type === 'standing' || type === 'slow';
    });
    if (stuck.length === 0) return;
    this.#heardAt = now;
    for (const id of stuck) void this.#hear(id, now - (run.appliedAt.get(id) ?? now), run.changes, snapshot);
  }

  async #hear(id: ComponentId, agoMs: number, changes: ScaleRun['changes'], snapshot: Snapshot): Promise<void> {
    const around = this.#around();
    const { store, signal } = around;
    try {
      const found = await asked(around, ({ cluster }) =>
        logErrorsSince(id, agoMs, { cluster, clock: this.#clock, snapshot }, signal),
      );
      const { run } = store.read().scale;
      // Another change may have been begun meanwhile.
      if (!run || run.changes !== changes) return;
      const errors = new Map(run.errors);
      if (found) errors.set(id, found);
      else errors.delete(id);
      this.#change((now) => ({ ...now, run: now.run && { ...now.run, errors } }));
    } catch {
      // Whoever may not ask is left with the other reasons.
    }
  }

  async #lookAround(snapshot: Snapshot): Promise<void> {
    const around = this.#around();
    try {
      const found = await asked(around, ({ cluster }) => surroundingsOf(cluster, snapshot, this.#clock, around.signal));
      this.#change((now) => ({ ...now, around: found }));
    } catch {
      // Asked again soon; until then nothing is judged that the use case would not judge once more.
    }
  }
}

/** Whether a change helps, as far as a run sees it that does not wait for that: what waits is told, and what logs complain of. */
import type { Outside } from '../../install/contract.ts';
import type { InstallEvent } from '../../install/events.ts';
import { FiguresTelling } from '../../install/figures-telling.ts';
import type { Backlog } from '../../observe/backlog/backlog.ts';
import { isEmptied } from '../../observe/figures.ts';
import type { Observer } from '../../observe/observer.ts';
import type { ComponentId } from '../../stack/types.ts';
import { logErrorsSince } from './log-errors.ts';

export interface HelpingOptions {
  readonly outside: Outside;
  readonly observer: Observer;
  readonly app: string;
  readonly components: readonly ComponentId[];
}

export class Helping {
  readonly #options: HelpingOptions;
  /** Of those that were changed: when, monotonic. */
  readonly #appliedAt = new Map<ComponentId, number>();
  #before: Promise<readonly InstallEvent[]> = Promise.resolve([]);

  constructor(options: HelpingOptions) {
    this.#options = options;
  }

  /** Asks how much waits. Nothing is held up by it: what is applied meanwhile takes longer to start than the answer to come. */
  begin(signal: AbortSignal): void {
    this.#before = this.#figures(signal).catch(() => []);
  }

  applied(id: ComponentId): void {
    this.#appliedAt.set(id, this.#clock.monotonic());
  }

  /** The numbers as they are now; where as much waits as before, or more, what the log has complained of since. */
  async *told(signal: AbortSignal): AsyncGenerator<InstallEvent> {
    const now = await this.#figures(signal);
    yield* now;
    const { outside, observer } = this.#options;
    for (const component of notLess(await this.#before, now)) {
      const at = this.#appliedAt.get(component);
      if (at === undefined) continue;
      const around = { cluster: outside.cluster, clock: this.#clock, snapshot: observer.snapshot() };
      const errors = await logErrorsSince(component, this.#clock.monotonic() - at, around, signal);
      if (errors) yield { type: 'log-errors', component, errors };
    }
  }

  get #clock() {
    return this.#options.outside.context.clock;
  }

  async #figures(signal: AbortSignal): Promise<readonly InstallEvent[]> {
    const { outside, observer, app, components } = this.#options;
    const looking = new AbortController();
    const until = AbortSignal.any([signal, looking.signal]);
    try {
      const figures = new FiguresTelling(outside.cluster, outside.context, { name: app, components }, until);
      return await figures.changes(observer.snapshot());
    } finally {
      looking.abort();
    }
  }
}

/** For which as much waits as before, or more. */
function notLess(before: readonly InstallEvent[], now: readonly InstallEvent[]): readonly ComponentId[] {
  const waiting = new Map(before.flatMap(backlogIn).map(([id, backlog]) => [id, backlog.waiting]));
  return now
    .flatMap(backlogIn)
    .filter(([id, backlog]) => !isEmptied(backlog) && backlog.waiting >= (waiting.get(id) ?? Number.POSITIVE_INFINITY))
    .map(([id]) => id);
}

const backlogIn = (event: InstallEvent): readonly (readonly [ComponentId, Backlog])[] =>
  event.type === 'figures' && event.figures.backlog ? [[event.component, event.figures.backlog]] : [];

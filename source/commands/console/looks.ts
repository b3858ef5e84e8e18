/** What panes show of what was read: filters, searches and errors, each looked for bit by bit so that keys never wait. */
import { type Pane, paneOf } from '../../console/screens/logs/state.ts';
import type { Clock } from '../../context.ts';
import { guarded, SlowPattern } from '../../logs/guarded.ts';
import { patternsOf } from '../../logs/pattern.ts';
import type { ComponentLog } from '../../logs/record.ts';
import { LogSearch } from '../../logs/search.ts';
import { Selection } from '../../logs/selection.ts';
import type { ComponentId } from '../../stack/types.ts';

/** How long a filter or a search may look at once, and all of them in the background, in milliseconds. */
const lookMs = 8;
const turnMs = 20;
/** Lines that a filter looks at between two looks at the time: each may have a megabyte. */
const linesAtOnce = 20;

/** What a selection depends on. */
export type Filtered = Pick<Pane, 'component' | 'filter' | 'level' | 'without'>;

interface Shown {
  readonly pane: Filtered;
  readonly selection: Selection;
  search: LogSearch | undefined;
  /** Lines of errors, while one of them is sought. */
  errors: LogSearch | undefined;
  /** It takes too long, and shows no more than it has so far. */
  isStopped: boolean;
}

export interface LooksOptions {
  readonly clock: Clock;
  readonly log: (component: ComponentId) => ComponentLog;
  /** Told when a filter was stopped, because it takes too long. */
  readonly onSlowFilter: (filter: string) => void;
}

export class Looks {
  readonly #options: LooksOptions;
  readonly #shown = new Map<string, Shown>();
  /** Counts whose turn it is to look first. */
  #turn = 0;

  constructor(options: LooksOptions) {
    this.#options = options;
  }

  /** Only what these panes show, and what is sought in them, is kept up to date from now on. */
  keepOnly(panes: readonly Pane[], query: string): void {
    // Whole logs, too, where somebody has turned to them.
    const shown = new Set(panes.flatMap((pane) => [keyOf(pane), keyOf(paneOf(pane.component))]));
    for (const key of [...this.#shown.keys()]) if (!shown.has(key)) this.#shown.delete(key);
    for (const pane of panes) {
      const isNew = !this.#shown.has(keyOf(pane));
      const own = this.#shownOf(pane);
      if (isNew) this.#update(own, this.#timeTo(lookMs));
      if (own.search?.query !== query) own.search = undefined;
      if (pane.sought !== 'error') own.errors = undefined;
    }
  }

  /** Of a component that is not read any more. */
  forget(component: ComponentId): void {
    for (const [key, { pane }] of [...this.#shown]) if (pane.component === component) this.#shown.delete(key);
  }

  selection(pane: Filtered): Selection {
    return this.#shownOf(pane).selection;
  }

  search(pane: Pane, query: string): LogSearch {
    const shown = this.#shownOf(pane);
    if (shown.search?.query !== query) {
      shown.search = new LogSearch(query, this.#options.log(pane.component), shown.selection);
      shown.search.update(this.#timeTo(lookMs));
    }
    return shown.search as LogSearch;
  }

  errors(pane: Pane): LogSearch {
    const shown = this.#shownOf(pane);
    if (!shown.errors || pane.sought !== 'error') {
      const log = this.#options.log(pane.component);
      // From where somebody is: the nearest ones are found first.
      const start = pane.spot?.number ?? shown.selection.end;
      shown.errors = new LogSearch('', log, shown.selection, (from, to) => log.findGrave('error', from, to), start);
      shown.errors.update(this.#timeTo(lookMs));
    }
    return shown.errors;
  }

  /** Filters and searches, one after the other. @returns whether what is shown may have changed */
  lookFurther(): boolean {
    const isTime = this.#timeTo(turnMs);
    const all = [...this.#shown.values()];
    this.#turn += 1;
    let hasNews = false;
    for (let nth = 0; nth < all.length; nth += 1) {
      const shown = all[(this.#turn + nth) % all.length] as Shown;
      hasNews = this.#update(shown, isTime) || hasNews;
      for (const search of [shown.search, shown.errors]) {
        if (!search || search.isComplete) continue;
        search.update(isTime);
        hasNews = true;
      }
    }
    return hasNews;
  }

  #shownOf({ component, filter, level, without }: Filtered): Shown {
    const pane: Filtered = { component, filter, level, without };
    const key = keyOf(pane);
    const known = this.#shown.get(key);
    if (known) return known;
    const selection = new Selection(this.#options.log(component), { ...patternsOf(filter), level, without });
    const made: Shown = { pane, selection, search: undefined, errors: undefined, isStopped: false };
    this.#shown.set(key, made);
    // Who draws may be the first to ask: patterns, which may have to be stopped, are for `keepOnly`.
    if (filter === '') this.#update(made, this.#timeTo(lookMs));
    return made;
  }

  #update(shown: Shown, isTime: () => boolean): boolean {
    const { selection, pane } = shown;
    if (shown.isStopped) return false;
    try {
      const look = () => {
        let hasChanged = selection.update(linesAtOnce);
        while (selection.isBehind && isTime()) hasChanged = selection.update(linesAtOnce) || hasChanged;
        return hasChanged;
      };
      // Where nothing is new, not even the guard is worth its time.
      return pane.filter === '' || !selection.isBehind ? look() : guarded(look);
    } catch (error) {
      if (!(error instanceof SlowPattern)) throw error;
      shown.isStopped = true;
      this.#options.onSlowFilter(pane.filter);
      return false;
    }
  }

  #timeTo(ms: number): () => boolean {
    const { clock } = this.#options;
    const until = clock.monotonic() + ms;
    return () => clock.monotonic() < until;
  }
}

const keyOf = ({ component, filter, level, without }: Filtered): string =>
  JSON.stringify([component, filter, level, [...without]]);

/** What the logs screen shows: follows what its panes ask for, and keeps it. */
import type { Followed, LogsState, Pane, RunChoice } from '../../console/screens/logs/state.ts';
import type { Context } from '../../context.ts';
import { messageOf } from '../../errors.ts';
import { LogRecord } from '../../logs/log-record.ts';
import { Merge } from '../../logs/merge.ts';
import type { LogSearch } from '../../logs/search.ts';
import type { Selection } from '../../logs/selection.ts';
import { tail } from '../../logs/tail/tail.ts';
import type { Run, TailEvent, Waiting } from '../../logs/types.ts';
import type { ComponentId } from '../../stack/types.ts';
import type { OpenOutside } from '../session.ts';
import { type Asked, choicesOf, requestOf, textOf } from './log-request.ts';
import { type Filtered, Looks } from './looks.ts';

/** How often what came is taken over, and how long it waits for what is slower, in milliseconds. */
const everyMs = 80;
const holdMs = 250;
/** After how long what an error has ended is read again, in milliseconds. */
const againMs = 5_000;
/** Of what goes on, this many seconds make a rate. */
const rateSeconds = 5;
/** How long reading what was there before may take, in milliseconds. */
const pastMs = 2_000;
/** What a run has given and nobody has taken: it waits, in bytes. */
const aheadBytes = 8 * 2 ** 20;

export interface FollowedOptions {
  readonly context: Context;
  readonly app: string;
  /** As much is kept of all together. */
  readonly bufferBytes: number;
  readonly open: () => Promise<OpenOutside>;
  /** Told when something that is shown may have changed. @param isAwaited by somebody who has looked at nothing so far */
  readonly onChange: (isAwaited?: boolean) => void;
  /** Told when a filter was stopped, because it takes too long. */
  readonly onSlowFilter: (filter: string) => void;
  /** Told what ends the reading of a component. */
  readonly onTrouble: (error: unknown) => void;
  readonly signal: AbortSignal;
}

interface Source {
  readonly merge: Merge;
  readonly stop: AbortController;
  /** Those that are followed; of what is read to its end, all. */
  readonly runs: Set<Run>;
  /** What was asked for: whoever asks otherwise reads anew. */
  readonly asked: string;
  readonly isPrevious: boolean;
  /** Of runs that are followed, those before them that can be read. */
  readonly before: Map<Run, Run>;
  readonly waiting: Map<object, () => void>;
  /** Since when it is followed, monotonic. */
  readonly since: number;
  /** Lines that came within each of the last seconds. */
  readonly counts: number[];
  why: Waiting | undefined;
}

export class FollowedLogs implements Followed {
  readonly #options: FollowedOptions;
  readonly #record: LogRecord;
  readonly #sources = new Map<ComponentId, Source>();
  readonly #looks: Looks;
  #second = 0;
  /** What is sought in each component, and whether it has been asked for since it was looked for the last time. */
  readonly #sought = new Map<ComponentId, Pane['sought']>();
  #isSought = false;
  #wake: () => void = () => {};

  constructor(options: FollowedOptions) {
    this.#options = options;
    this.#record = new LogRecord(options.bufferBytes);
    const { context, onSlowFilter } = options;
    this.#looks = new Looks({ clock: context.clock, log: (component) => this.log(component), onSlowFilter });
    void this.#keepUp();
  }

  /** Follows what these panes show; what no pane shows any more is let go. */
  follow({ panes, lookBack, isPrevious, search }: LogsState): void {
    const wanted = new Map(
      panes.map(({ component, before }): [ComponentId, Asked] => [component, { lookBack, isPrevious, before }]),
    );
    for (const [component, { asked }] of [...this.#sources]) {
      const now = wanted.get(component);
      if (!now || asked !== textOf(now)) this.#let(component);
    }
    for (const [component, asked] of wanted) if (!this.#sources.has(component)) this.#begin(component, asked);
    this.#looks.keepOnly(panes, search.query);
    for (const { component, sought } of panes) {
      this.#isSought ||= sought !== undefined && sought !== this.#sought.get(component);
      this.#sought.set(component, sought);
    }
  }

  log(component: ComponentId) {
    return this.#record.of(component);
  }

  selection(pane: Filtered): Selection {
    return this.#looks.selection(pane);
  }

  search(pane: Pane, query: string): LogSearch {
    return this.#looks.search(pane, query);
  }

  errors(pane: Pane): LogSearch {
    return this.#looks.errors(pane);
  }

  waiting(component: ComponentId): Waiting | undefined {
    return this.#sources.get(component)?.why;
  }

  rate(component: ComponentId): number {
    const counts = this.#sources.get(component)?.counts.slice(1) ?? [];
    return counts.length === 0 ? 0 : counts.reduce((sum, count) => sum + count, 0) / counts.length;
  }

  pods(component: ComponentId): number {
    return new Set([...(this.#sources.get(component)?.runs ?? [])].map(({ pod }) => pod)).size;
  }

  places(component: ComponentId): readonly string[] {
    return [...new Set(this.runs(component).map(({ place }) => place))];
  }

  runs(component: ComponentId): readonly RunChoice[] {
    const { runs = [], before } = this.#sources.get(component) ?? {};
    return choicesOf([...runs, ...this.log(component).runs], before?.values() ?? []);
  }

  now(): number {
    return this.#options.context.clock.now();
  }

  #begin(component: ComponentId, asked: Asked): void {
    const { context, app, open, signal } = this.#options;
    const stop = new AbortController();
    const source: Source = {
      merge: new Merge(),
      stop,
      runs: new Set(),
      asked: textOf(asked),
      isPrevious: asked.isPrevious,
      before: new Map(),
      waiting: new Map(),
      since: context.clock.monotonic(),
      counts: [0],
      why: undefined,
    };
    this.#sources.set(component, source);
    const request = { ...requestOf(asked, context.clock.now()), app, components: [component] };
    const until = AbortSignal.any([signal, stop.signal]);
    const told = (event: TailEvent) => this.#hear(event, source);
    open()
      .then(({ cluster }) => tail(cluster, context, request, told, until))
      .catch((error: unknown) => {
        if (until.aborted) return undefined;
        source.why = { type: 'away', message: messageOf(error) };
        this.#options.onTrouble(error);
        return context.clock.sleep(againMs, until).then(() => {
          this.#let(component);
          this.#options.onChange();
        });
      })
      .catch(() => {});
  }

  #let(component: ComponentId): void {
    this.#sources.get(component)?.stop.abort(new Error('no pane shows it'));
    this.#sources.delete(component);
    this.#record.forget(component);
    this.#looks.forget(component);
  }

  #hear(event: TailEvent, source: Source): void | Promise<void> {
    const { merge } = source;
    const now = this.#options.context.clock.monotonic();
    switch (event.type) {
      case 'opened':
        source.runs.add(event.run);
        if (event.before) source.before.set(event.run, event.before);
        return merge.open(event.run);
      case 'closed':
        if (!source.isPrevious) source.runs.delete(event.run);
        source.before.delete(event.run);
        return merge.close(event.run);
      case 'waiting':
        source.why = event.waiting;
        return this.#options.onChange();
      case 'marker':
        return merge.add(event.run, event.marker, now);
      case 'lines':
        merge.add(event.run, event.bytes, now);
        // The first lines are waited for.
        if (this.log(event.run.component).end === 0) this.#wake();
        if (merge.waiting(event.run) < aheadBytes) return undefined;
        return new Promise((resolve) => source.waiting.set(event.run, resolve));
    }
  }

  async #keepUp(): Promise<void> {
    const { context, signal, onChange } = this.#options;
    const { clock } = context;
    while (!signal.aborted) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await Promise.race([woken, clock.sleep(everyMs, signal).catch(() => {})]);
      const second = Math.floor(clock.monotonic() / 1000);
      let hasNews = this.#isSought;
      let isAwaited = false;
      this.#isSought = false;
      for (const [component, source] of this.#sources) {
        if (second !== this.#second) {
          source.counts.unshift(0);
          hasNews ||= (source.counts[1] ?? 0) !== (source.counts[2] ?? 0);
          source.counts.length = Math.min(source.counts.length, rateSeconds + 1);
        }
        const isEmpty = this.log(component).end === 0;
        const hasMore = this.#take(component, source);
        hasNews ||= hasMore;
        isAwaited ||= isEmpty && hasMore;
      }
      this.#second = second;
      this.#record.shrink();
      hasNews = this.#looks.lookFurther() || hasNews;
      if (hasNews) onChange(isAwaited);
    }
  }

  /** @returns whether something came */
  #take(component: ComponentId, { merge, waiting, counts, since }: Source): boolean {
    const log = this.#record.of(component);
    const before = log.end;
    for (const { run, bytes, marker } of merge.take(this.#options.context.clock.monotonic(), holdMs)) {
      if (marker) log.mark(run, marker);
      else log.add(run, bytes);
    }
    for (const go of waiting.values()) go();
    waiting.clear();
    // What was there before is no rate of anything.
    if (this.#options.context.clock.monotonic() - since > pastMs) counts[0] = (counts[0] ?? 0) + log.end - before;
    return log.end !== before;
  }
}

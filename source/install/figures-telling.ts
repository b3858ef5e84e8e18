/** Tells the numbers of an instance: all of them once, and then those that have become other ones. */
import type { Context } from '../context.ts';
import { figureConcernsOf } from '../observe/figure-concerns.ts';
import { type Figures, figuresOf, isBehind } from '../observe/figures.ts';
import { fullness } from '../observe/figures-text.ts';
import type { FoundInstance } from '../observe/instances.ts';
import { type Measured, type Measurements, measure } from '../observe/measure.ts';
import type { Snapshot } from '../observe/types.ts';
import type { ComponentId } from '../stack/types.ts';
import { formatCount } from '../text/count.ts';
import type { FiguresEvent } from './events.ts';

export class FiguresTelling {
  readonly #ids: readonly ComponentId[];
  readonly #told = new Map<ComponentId, string>();
  readonly #first: Promise<void>;
  #last: ReadonlyMap<ComponentId, Figures> = new Map();
  #measured: Measurements | undefined;
  #wake = Promise.withResolvers<void>();

  constructor(
    cluster: Measured,
    context: Pick<Context, 'clock'>,
    { name, components }: Pick<FoundInstance, 'name' | 'components'>,
    signal: AbortSignal,
  ) {
    this.#ids = components;
    const first = Promise.withResolvers<void>();
    this.#first = first.promise;
    void (async () => {
      for await (this.#measured of measure(cluster, context, name, signal)) {
        first.resolve();
        this.#wake.resolve();
        this.#wake = Promise.withResolvers<void>();
      }
      first.resolve();
    })();
  }

  /** Resolves when there are new ones. */
  next(): Promise<void> {
    return this.#wake.promise;
  }

  /** All of them, as they were looked at last. */
  get last(): ReadonlyMap<ComponentId, Figures> {
    return this.#last;
  }

  /** Waits for the first ones. */
  async changes(snapshot: Snapshot): Promise<readonly FiguresEvent[]> {
    await this.#first;
    const events: FiguresEvent[] = [];
    this.#last = figuresOf(this.#ids, snapshot, this.#measured);
    for (const [component, figures] of this.#last) {
      const said = tellable(component, figures);
      if (said === undefined || this.#told.get(component) === said) continue;
      this.#told.set(component, said);
      events.push({ type: 'figures', component, figures });
    }
    return events;
  }
}

/** What a change of is worth a line: not each percent of a processor. Undefined: there is nothing to tell. */
function tellable(component: ComponentId, figures: Figures): string | undefined {
  const { cpu, restarts, backlog, volume } = figures;
  const concerns = figureConcernsOf(component, figures).map(({ id }) => id);
  if (!cpu && !backlog && !volume && restarts === 0 && concerns.length === 0) return undefined;
  return [
    restarts,
    backlog && backlog.waiting > 0 && formatCount(backlog.waiting),
    backlog && isBehind(backlog),
    volume && fullness(volume),
    ...concerns,
  ].join();
}

/** Tells the numbers of an instance: all of them once, and then those that have become other ones. */
import type { Context } from '../context.ts';
import { figureConcernsOf } from '../observe/figure-concerns.ts';
import { type Figures, figuresOf, isBehind } from '../observe/figures.ts';
import { fullness } from '../observe/figures-text.ts';
import type { FoundInstance } from '../observe/instances.ts';
import { type Measured, type Measurements, measure, sourceIds } from '../observe/measure.ts';
import type { Snapshot } from '../observe/types.ts';
import type { ComponentId } from '../stack/types.ts';
import { formatCount } from '../text/count.ts';
import type { FiguresEvent, SourcesEvent } from './events.ts';
import { Latest } from './latest.ts';

export class FiguresTelling {
  readonly #ids: readonly ComponentId[];
  readonly #told = new Map<ComponentId, string>();
  readonly #measured: Latest<Measurements>;
  #last: ReadonlyMap<ComponentId, Figures> = new Map();
  /** What was told of them last. */
  #troubles: string | undefined;

  constructor(
    cluster: Measured,
    context: Pick<Context, 'clock'>,
    { name, components }: Pick<FoundInstance, 'name' | 'components'>,
    signal: AbortSignal,
  ) {
    this.#ids = components;
    // Somebody may look only once: nothing is left out because it takes longer.
    const isWhole = ({ tookMs }: Measurements) => tookMs.size === sourceIds.length;
    this.#measured = new Latest(measure(cluster, context, name, signal), isWhole);
  }

  /** Resolves when there are new ones. */
  next(): Promise<void> {
    return this.#measured.next();
  }

  /** All of them, as they were looked at last. */
  get last(): ReadonlyMap<ComponentId, Figures> {
    return this.#last;
  }

  /** Waits for the first ones. */
  async changes(snapshot: Snapshot): Promise<readonly (FiguresEvent | SourcesEvent)[]> {
    await this.#measured.first;
    const measured = this.#measured.read();
    const events: (FiguresEvent | SourcesEvent)[] = [];
    this.#last = figuresOf(this.#ids, snapshot, measured);
    for (const [component, figures] of this.#last) {
      const said = tellable(component, figures);
      if (said === undefined || this.#told.get(component) === said) continue;
      this.#told.set(component, said);
      events.push({ type: 'figures', component, figures });
    }
    const sources = measured && sourcesOf(measured);
    const troubles = JSON.stringify(sources?.map(({ trouble }) => trouble?.message ?? null));
    if (!sources || troubles === this.#troubles) return events;
    this.#troubles = troubles;
    return [...events, { type: 'sources', sources }];
  }
}

function sourcesOf({ troubles, tookMs }: Measurements): SourcesEvent['sources'] {
  return sourceIds.map((id) => {
    const trouble = troubles.get(id);
    return { id, tookMs: tookMs.get(id), trouble };
  });
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

/** Tells what of an instance wants attention, with all that is asked for it: the address, and what is planned. */
import { type Address, type Concern, type PartSeen, rankedConcerns } from '../observe/concerns.ts';
import { type Drift, driftOf } from '../observe/drift.ts';
import type { Figures } from '../observe/figures.ts';
import type { Snapshot } from '../observe/types.ts';
import { defaultPlatform } from '../stack/model.ts';
import { render } from '../stack/render.ts';
import type { ComponentId, KubeObject } from '../stack/types.ts';
import { addressAsked } from './address.ts';
import type { Outside } from './contract.ts';
import type { ConcernsEvent } from './events.ts';
import { type Ledger, ledgerIn } from './ledger.ts';
import { keptOf } from './topics.ts';

/** What others have changed since the answers of the record were applied; nothing without a record. */
export function driftIn(snapshot: Snapshot): readonly Drift[] {
  const { Deployment, StatefulSet } = snapshot.objects;
  return driftOf(plannedIn(snapshot), [...Deployment, ...StatefulSet]);
}

/** By the answers as they are written: they are rendered once, however often somebody looks. */
const planned = new Map<string, readonly KubeObject[]>();

function plannedIn(snapshot: Snapshot): readonly KubeObject[] {
  const ledger = ledgerIn(snapshot);
  // While it is being installed, what is there is on its way to what is planned.
  if (!ledger?.finished) return [];
  const key = JSON.stringify([snapshot.namespace, ledger.host, ledger.answers]);
  const known = planned.get(key) ?? workloadsOf(ledger, snapshot.namespace);
  planned.clear();
  planned.set(key, known);
  return known;
}

/** Neither addresses nor passwords are compared, so that what only the cluster could tell of them does not matter. */
function workloadsOf({ answers, host }: Ledger, namespace: string): readonly KubeObject[] {
  const input = { answers, namespace, host, platform: defaultPlatform, migrate: 'upgrade', urls: 'composed' } as const;
  try {
    return render(input).flatMap(({ object }) => (/^(Deployment|StatefulSet)$/.test(object.kind) ? [object] : []));
  } catch {
    // Of a release that this program does not know.
    return [];
  }
}

export class ConcernsTelling {
  #address: Address | undefined;
  #told: string | undefined;
  readonly #first: Promise<void>;
  #wake = Promise.withResolvers<void>();

  /** @param url the public address, where the record tells it */
  constructor(outside: Outside, url: string | undefined, signal: AbortSignal) {
    this.#first = url ? this.#ask(outside, url, signal) : Promise.resolve();
  }

  /** Resolves at the first answer; whatever ends it, the rest is told nevertheless. */
  #ask(outside: Outside, url: string, signal: AbortSignal): Promise<void> {
    const first = Promise.withResolvers<void>();
    void (async () => {
      for await (this.#address of addressAsked(outside, url, signal)) {
        first.resolve();
        this.#wake.resolve();
        this.#wake = Promise.withResolvers<void>();
      }
    })()
      .catch(() => {})
      .finally(first.resolve);
    return first.promise;
  }

  /** Resolves when the address was asked again. */
  next(): Promise<void> {
    return this.#wake.promise;
  }

  /** Waits until the address was asked once. Undefined when all is as it was told. */
  async changes(
    snapshot: Snapshot,
    parts: Readonly<Partial<Record<ComponentId, PartSeen>>>,
    figures: ReadonlyMap<ComponentId, Figures>,
  ): Promise<ConcernsEvent | undefined> {
    await this.#first;
    const concerns = rankedConcerns({
      parts,
      figures,
      kept: keptOf(ledgerIn(snapshot)),
      quotas: snapshot.objects.ResourceQuota,
      drift: driftIn(snapshot),
      address: this.#address,
      now: snapshot.at,
    });
    const told = concerns.map(keyOf).join('\n');
    if (told === this.#told) return undefined;
    this.#told = told;
    return { type: 'concerns', concerns };
  }
}

/** Not each event more or less is worth telling anew. */
const keyOf = ({ id, components }: Concern): string => `${id} ${components.join(' ')}`;

/** Tells what of an instance wants attention, with all that is asked for it: the address, and what is planned. */
import { type Address, type Concern, type PartSeen, type PublicAddress, rankedConcerns } from '../observe/concerns.ts';
import { type Drift, driftOf } from '../observe/drift.ts';
import type { Figures } from '../observe/figures.ts';
import { keptWith } from '../observe/kept-with.ts';
import type { Snapshot } from '../observe/types.ts';
import { defaultPlatform } from '../stack/model.ts';
import { render } from '../stack/render.ts';
import type { ComponentId, KubeObject } from '../stack/types.ts';
import { addressAsked } from './address.ts';
import type { Outside } from './contract.ts';
import type { ConcernsEvent } from './events.ts';
import { Latest } from './latest.ts';
import { type Ledger, ledgerIn } from './ledger.ts';
import { keptOf } from './topics.ts';

/** What others have changed since the answers of the record were applied; nothing without a record. */
export function driftIn(snapshot: Snapshot): readonly Drift[] {
  const { Deployment, StatefulSet } = snapshot.objects;
  return driftOf(plannedIn(snapshot), [...Deployment, ...StatefulSet]);
}

function plannedIn(snapshot: Snapshot): readonly KubeObject[] {
  const ledger = ledgerIn(snapshot);
  // While it is being installed, what is there is on its way to what is planned.
  return ledger?.finished ? workloadsOf(ledger) : [];
}

/**
 * As the answers have them rendered: once a record, however often somebody looks. Neither addresses, names of the place nor
 * passwords are compared, so that what only the cluster could tell of them does not matter.
 */
const workloadsOf = keptWith(({ answers, host }: Ledger): readonly KubeObject[] => {
  const input = {
    answers,
    namespace: '',
    host,
    platform: defaultPlatform,
    migrate: 'upgrade',
    urls: 'composed',
  } as const;
  try {
    return render(input).flatMap(({ object }) => (/^(Deployment|StatefulSet)$/.test(object.kind) ? [object] : []));
  } catch {
    // Of a release that this program does not know.
    return [];
  }
});

export class ConcernsTelling {
  readonly #address: Latest<Address>;
  #told: string | undefined;

  /** @param address undefined where nothing tells it */
  constructor(outside: Outside, address: PublicAddress | undefined, signal: AbortSignal) {
    this.#address = new Latest(address ? addressAsked(outside, address, signal) : []);
  }

  /** Resolves when the address was asked again. */
  next(): Promise<void> {
    return this.#address.next();
  }

  /** Waits until the address was asked once. Undefined when all is as it was told. */
  async changes(
    snapshot: Snapshot,
    parts: Readonly<Partial<Record<ComponentId, PartSeen>>>,
    figures: ReadonlyMap<ComponentId, Figures>,
  ): Promise<ConcernsEvent | undefined> {
    await this.#address.first;
    const concerns = rankedConcerns({
      parts,
      figures,
      kept: keptOf(ledgerIn(snapshot)),
      quotas: snapshot.objects.ResourceQuota,
      drift: driftIn(snapshot),
      address: this.#address.read(),
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

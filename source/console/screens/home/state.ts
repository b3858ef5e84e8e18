/** What home shows: the parts of one instance as they are, or which instances there are. */
import type { Say } from '../../../messages/index.ts';
import type { Address } from '../../../observe/concerns.ts';
import type { Drift } from '../../../observe/drift.ts';
import type { Figures } from '../../../observe/figures.ts';
import type { FoundInstance } from '../../../observe/instances.ts';
import type { SourceId } from '../../../observe/measure.ts';
import type { Trouble } from '../../../observe/sources/trouble.ts';
import type { ComponentId } from '../../../stack/types.ts';
import { noSearch, type Search } from '../../components/search.ts';
import { emptyRun, type RunView } from '../install/run.ts';

/** What the parts are listed by; `phase` is the order in which they begin. */
export const orders = ['phase', 'cpu', 'memory', 'waiting', 'restarts'] as const;
export type Order = (typeof orders)[number];

export interface Gone {
  /** Epoch milliseconds when that was seen; undefined where it was so from the beginning. */
  readonly at: number | undefined;
  /** Whether its record is left, so that an install of the same name takes up what it has kept. */
  readonly isRecorded: boolean;
}

export interface HomeState {
  /** The instance that is shown; undefined while one has to be chosen. */
  readonly name: string | undefined;
  readonly choices: readonly FoundInstance[];
  readonly run: RunView;
  /** The numbers beside each part; empty until something has been seen. */
  readonly figures: ReadonlyMap<ComponentId, Figures>;
  /** How long each topic keeps events, in seconds, where that is known. */
  readonly kept: ReadonlyMap<string, number>;
  /** Why numbers are missing. */
  readonly troubles: ReadonlyMap<SourceId, Trouble>;
  /** What others have changed of it. */
  readonly drift: readonly Drift[];
  /** Whether its public address answers; undefined until it has been asked. */
  readonly address: Address | undefined;
  /** Its public address, where it is known. */
  readonly url: string | undefined;
  /** The instance that was shown is there no more. */
  readonly gone: Gone | undefined;
  /** Why nothing can be shown. */
  readonly trouble: Say | undefined;
  /** A part, or an instance while one has to be chosen, by its name. Undefined is the first. */
  readonly chosen: string | undefined;
  readonly onlyProblems: boolean;
  /** Only parts that this is found in. */
  readonly filter: Search;
  readonly sortedBy: Order;
  /** Whether also what is well and idle has a line of its own where there is little room. */
  readonly isUnfolded: boolean;
}

export const emptyHome: HomeState = {
  name: undefined,
  choices: [],
  run: emptyRun,
  figures: new Map(),
  kept: new Map(),
  troubles: new Map(),
  drift: [],
  address: undefined,
  url: undefined,
  gone: undefined,
  trouble: undefined,
  chosen: undefined,
  onlyProblems: false,
  filter: noSearch,
  sortedBy: 'phase',
  isUnfolded: false,
};

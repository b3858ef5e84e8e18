/** What the events screen remembers. */
import { noSearch, type Search } from '../../components/search.ts';
import type { Spot } from '../../components/selection.ts';

export interface EventsState {
  /** Undefined follows the first. */
  readonly spot: Spot | undefined;
  readonly onlyWarnings: boolean;
  /** Id of a column. */
  readonly sortedBy: string;
  readonly search: Search;
}

export const emptyEvents: EventsState = { spot: undefined, onlyWarnings: false, sortedBy: 'age', search: noSearch };

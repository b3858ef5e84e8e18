/** What the objects screen remembers. */
import { componentIds } from '../../../stack/types.ts';
import { noSearch, type Search } from '../../components/search.ts';
import { emptyTree, type TreeState } from '../../components/tree.ts';

export interface ObjectsState {
  readonly tree: TreeState;
  readonly search: Search;
}

export const partId = (part: string): string => `part/${part}`;

/** The parts are seen at once; what they are made of is one key away. */
export const emptyObjects: ObjectsState = {
  tree: { ...emptyTree, folded: new Set(componentIds.map(partId)) },
  search: noSearch,
};

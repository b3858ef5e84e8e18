/** What the screen about one part remembers. */
import type { ComponentId } from '../../../stack/types.ts';
import { type Pager, topOfText } from '../../components/pager.ts';
import { noSearch, type Search } from '../../components/search.ts';

export interface PartState {
  /** Undefined until one was opened. */
  readonly id: ComponentId | undefined;
  readonly pager: Pager;
  readonly search: Search;
  /** The line that was found last, until something else moves. */
  readonly hit: number | undefined;
}

export const emptyPart: PartState = { id: undefined, pager: topOfText, search: noSearch, hit: undefined };

/** What is chosen in a list that changes while somebody looks: kept by its name, so that it does not move under the cursor. */
import { moveCursor } from './list.ts';

/** Where it stands now; the first entry when it is gone, or when nothing was chosen. */
export const indexOf = (ids: readonly string[], chosen: string | undefined): number =>
  Math.max(0, chosen === undefined ? 0 : ids.indexOf(chosen));

/** The name after a press. @returns undefined for a press that does not move, and in an empty list */
export function chosenAfter(ids: readonly string[], chosen: string | undefined, press: string): string | undefined {
  const cursor = moveCursor({ index: indexOf(ids, chosen) }, press, ids.length);
  return cursor && ids[cursor.index];
}

/** A choice that stays near where it was when what was chosen is gone. */
export interface Spot {
  readonly id: string;
  readonly index: number;
}

/** Where the cursor stands among the entries there are now; the first one when nothing was chosen. */
export function placeOf(ids: readonly string[], spot: Spot | undefined): number {
  if (spot === undefined) return 0;
  const found = ids.indexOf(spot.id);
  return found >= 0 ? found : Math.max(0, Math.min(spot.index, ids.length - 1));
}

export function spotAt(ids: readonly string[], index: number): Spot | undefined {
  const id = ids[index];
  return id === undefined ? undefined : { id, index };
}

/** @returns undefined for a press that does not move, and in an empty list */
export function spotAfter(
  ids: readonly string[],
  spot: Spot | undefined,
  press: string,
  page: number,
): Spot | undefined {
  const cursor = moveCursor({ index: placeOf(ids, spot) }, press, ids.length, page);
  return cursor && spotAt(ids, cursor.index);
}

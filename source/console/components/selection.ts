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

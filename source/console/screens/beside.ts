/** On a wide terminal, what is known of the part under the cursor stands at the right of the list that it is in. */
import type { ComponentId } from '../../stack/types.ts';
import { width } from '../../text/width.ts';
import { dim, fill, type Line, type Picture, readable } from '../draw/line.ts';
import type { View } from '../screen.ts';
import type { State } from '../state.ts';
import { drawFacts, partBeat } from './part/view.ts';

/** So wide that there is room for both. */
const roomBeside = 160;
/** Of the width, for the list. */
const share = 0.6;
const border = '│';

/** What a screen with such a list shows besides. */
export const shownBeside = (state: State): readonly unknown[] =>
  state.columns >= roomBeside ? [state.seen, state.home.run, partBeat(state)] : [];

/** Where the list is: all of the screen, unless something stands beside it. */
export function listView(view: View): View {
  const { state, columns } = view;
  const hasFacts = columns >= roomBeside && state.seen !== undefined && state.home.name !== undefined;
  return hasFacts ? { ...view, columns: Math.round(share * columns) } : view;
}

/** The list as it was drawn into its view, and the part beside it. */
export function withFacts(list: Picture, part: ComponentId | undefined, view: View): Picture {
  const { columns } = listView(view);
  if (columns === view.columns || part === undefined) return list;
  const facts = drawFacts(part, { ...view, columns: view.columns - columns - width(border) }).lines;
  const lines = Array.from({ length: view.rows }, (_, row): Line => {
    return [...fill(readable(list.lines[row] ?? []), columns), dim(border), ...(facts[row] ?? [])];
  });
  return { ...list, lines };
}

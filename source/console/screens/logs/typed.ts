/** What is typed below the panes. Pure. */
import { escapeControls } from '../../../text/escape.ts';
import { drawField } from '../../components/text-field.ts';
import { accent, bad, cellsOf, dim, type Line } from '../../draw/line.ts';
import type { View } from '../../screen.ts';
import type { Followed, Pane } from './state.ts';

/** The search or the filter, in the last line. */
export function drawTyped(
  { state, t, columns }: View,
  followed: Followed,
): { readonly line: Line; readonly column?: number } | undefined {
  const { typing, search, panes, focus } = state.logs;
  const pane = panes[focus];
  if (typing) {
    const words = t.console.logs.typing[typing.what];
    const label = ` ${words.prompt} `;
    const { line, column } = drawField(typing.field, columns - cellsOf([label]) - 1, {
      placeholder: words.example,
    });
    if (typing.trouble) return { line: [' ', bad(typing.trouble(t))], column: 0 };
    return { line: [accent(label), ...line], column: cellsOf([label]) + column };
  }
  if (search.query === '' && !search.field) return undefined;
  const found = pane && search.query !== '' ? foundOf(pane, search.query, followed, t) : '';
  if (!search.field) return { line: [accent(' /'), escapeControls(search.query), dim(`  ${found}`)] };
  const room = Math.max(10, columns - found.length - 6);
  const { line, column } = drawField(search.field, room);
  return { line: [accent(' /'), ...line, dim(`  ${found}`)], column: 2 + column };
}

function foundOf(pane: Pane, query: string, followed: Followed, t: View['t']): string {
  const search = followed.search(pane, query);
  const at = pane.spot ? search.placeOf(pane.spot.number) : 0;
  const said = t.console.search.found(at, search.count);
  return search.isComplete ? said : `${said} …`;
}

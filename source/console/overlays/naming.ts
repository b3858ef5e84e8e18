/** A question before something that cannot be undone: agreed to by typing the name of what it concerns. */
import { wrap } from '../../text/clip.ts';
import { width } from '../../text/width.ts';
import { pageWithRest, scrollWithRest, topOfText } from '../components/pager.ts';
import { drawField, edit, insert } from '../components/text-field.ts';
import { type Line, type Picture, strong, warn } from '../draw/line.ts';
import type { View } from '../screen.ts';
import { commandLines } from './confirm.ts';
import type { Naming } from './overlay.ts';

/** What moves in the text above the field; all else is typed. */
const moves: readonly string[] = ['up', 'down', 'pageup', 'pagedown'];

/** @returns undefined for a press that is none of a text */
export function pressNaming(naming: Naming, press: string, view: View): Naming | undefined {
  if (moves.includes(press)) {
    const { pager = topOfText } = naming;
    return { ...naming, pager: scrollWithRest(pager, press, asking(naming, view).length, view.rows - 1) ?? pager };
  }
  const field = edit(naming.field, press);
  return field && { ...naming, field };
}

export const pasteNaming = (naming: Naming, text: string): Naming => ({ ...naming, field: insert(naming.field, text) });

export const isNamed = ({ field, name }: Naming): boolean => field.text.trim() === name;

export function drawNaming(naming: Naming, view: View): Picture {
  const { name, field, pager = topOfText } = naming;
  const { t, columns, rows } = view;
  const asked = ` ${t.console.confirm.typeName(name)} `;
  const { line, column } = drawField(field, Math.max(8, columns - width(asked) - 2));
  // Where all of it has no place, the field keeps its own.
  const text = pageWithRest(asking(naming, view), pager, rows - 1);
  const head = text.length < rows - 1 ? [...text, []] : text;
  return { lines: [...head, [asked, ...line]], cursor: { column: width(asked) + column, row: head.length } };
}

const asking = (naming: Naming, view: View): readonly Line[] => [
  [' ', strong(view.t.console.confirm.title)],
  [],
  ...wrap(naming.question(view.t), view.columns - 2).map((text): Line => [' ', warn(text)]),
  [],
  ...commandLines(naming, view),
];

/** A question before something that cannot be undone: agreed to by typing the name of what it concerns. */
import { wrap } from '../../text/clip.ts';
import { width } from '../../text/width.ts';
import { drawField, edit, insert } from '../components/text-field.ts';
import { type Picture, strong, warn } from '../draw/line.ts';
import type { View } from '../screen.ts';
import { commandLines } from './confirm.ts';
import type { Naming } from './overlay.ts';

/** @returns undefined for a press that is none of a text */
export function pressNaming(naming: Naming, press: string): Naming | undefined {
  const field = edit(naming.field, press);
  return field && { ...naming, field };
}

export const pasteNaming = (naming: Naming, text: string): Naming => ({ ...naming, field: insert(naming.field, text) });

export const isNamed = ({ field, name }: Naming): boolean => field.text.trim() === name;

export function drawNaming(naming: Naming, view: View): Picture {
  const { question, name, field } = naming;
  const { t, columns, rows } = view;
  const asked = ` ${t.console.confirm.typeName(name)} `;
  const { line, column } = drawField(field, Math.max(8, columns - width(asked) - 2));
  const whole = [
    [' ', strong(t.console.confirm.title)],
    [],
    ...wrap(question(t), columns - 2).map((text) => [' ', warn(text)]),
    [],
    ...commandLines(naming, view),
    [],
  ];
  // Where all of it has no place, the field keeps its own.
  const head = whole.slice(0, rows - 1);
  return { lines: [...head, [asked, ...line]], cursor: { column: width(asked) + column, row: head.length } };
}

/** Actions by their names: type a part of one, press Enter. */
import fuzzysort from 'fuzzysort';
import { padEnd, width } from '../../text/width.ts';
import { moveCursor, windowStart } from '../components/list.ts';
import { drawField, edit, type TextField } from '../components/text-field.ts';
import { glyphs } from '../draw/glyphs.ts';
import { accent, dim, type Line, type Picture, strong } from '../draw/line.ts';
import { type Binding, keyNames } from '../keys/bindings.ts';
import type { App, View } from '../screen.ts';
import { contextless } from './help.ts';

interface Palette {
  readonly field: TextField;
  readonly index: number;
}

/** Those whose sentence is meant by the letters, the closest first; all of them for none. */
export function matching(bindings: readonly Binding<App>[], text: string, t: App['t']): readonly Binding<App>[] {
  const named = bindings.map((binding) => ({ binding, name: nameOf(binding, t) }));
  if (text.trim() === '') return bindings;
  return fuzzysort.go(text, named, { key: 'name' }).map(({ obj }) => obj.binding);
}

const nameOf = (binding: Binding<App>, t: App['t']): string => (binding.description ?? binding.label)(t);

export function pressPalette({ field, index }: Palette, press: string, count: number): Palette | undefined {
  if (press === 'up' || press === 'down') return { field, index: moveCursor({ index }, press, count)?.index ?? index };
  const edited = edit(field, press);
  return edited && { field: edited, index: 0 };
}

export function drawPalette({ field, index }: Palette, found: readonly Binding<App>[], view: View): Picture {
  const { t, columns, rows, state } = view;
  const { line, column } = drawField(field, columns - 4, { placeholder: t.console.palette.prompt });
  const keys = Math.max(0, ...found.map((binding) => width(keyNames(binding))));
  const place = rows - 3;
  const start = windowStart(index, found.length, place);
  const entries = found.slice(start, start + place).map((binding, at): Line => {
    const why = binding.disabled?.(contextless(state, t));
    const name = nameOf(binding, t);
    const isChosen = start + at === index;
    return [
      isChosen ? accent(` ${glyphs.selected} `) : '   ',
      dim(`${padEnd(keyNames(binding), keys)}  `),
      why ? dim(`${name}  ${why(t)}`) : isChosen ? strong(name) : name,
    ];
  });
  return {
    lines: [[accent(' : '), ...line], [], ...(found.length === 0 ? [[dim(`   ${t.console.palette.none}`)]] : entries)],
    cursor: { column: 3 + column, row: 0 },
  };
}

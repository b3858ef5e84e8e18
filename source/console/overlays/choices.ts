/** A list to choose from. */
import { wrap } from '../../text/clip.ts';
import { moveCursor, windowStart } from '../components/list.ts';
import { glyphs } from '../draw/glyphs.ts';
import { accent, good, type Line, type Picture, strong } from '../draw/line.ts';
import type { Binding } from '../keys/bindings.ts';
import type { App, View } from '../screen.ts';
import type { Choice, Choices } from './overlay.ts';

export function drawChoices({ title, entries, index }: Choices, { t, rows, columns }: View): Picture {
  const head = wrap(title(t), columns - 2).map((line): Line => [' ', strong(line)]);
  const place = rows - head.length - 1;
  const start = windowStart(index, entries.length, place);
  const shown = entries.slice(start, start + place).map((entry, at): Line => {
    const isChosen = start + at === index;
    return [
      accent(isChosen ? ` ${glyphs.selected} ` : '   '),
      ...switchOf(entry),
      isChosen ? strong(entry.label(t)) : entry.label(t),
    ];
  });
  return { lines: [...head, [], ...shown] };
}

const switchOf = ({ isOn }: Choice): Line => (isOn === undefined ? [] : [isOn ? good(glyphs.ready) : ' ', ' ']);

export function pressChoices(choices: Choices, press: string): Choices | undefined {
  const moved = moveCursor(choices, press, choices.entries.length);
  return moved && { ...choices, index: moved.index };
}

export const choicesBindings = (choices: Choices): readonly Binding<App>[] => {
  const isSwitched = choices.entries[choices.index]?.isOn !== undefined;
  return [
    {
      id: 'choices.choose',
      keys: ['enter', ' '],
      label: (t) => (isSwitched ? t.console.keys.switch : t.console.keys.choose),
      run: (app) => {
        if (!isSwitched) app.change((state) => ({ ...state, overlay: undefined }));
        choices.onChoose(app, choices.index);
      },
    },
  ];
};

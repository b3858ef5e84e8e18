/** The command that does the same as the screen. */
import { wrap } from '../../text/clip.ts';
import { accent, dim, type Picture, strong } from '../draw/line.ts';
import type { View } from '../screen.ts';

export function drawCommand(text: string, { t, columns }: View): Picture {
  return {
    lines: [
      [strong(t.console.command.title)],
      [],
      ...wrap(text, columns - 4).map((line) => ['  ', accent(line)]),
      [],
      ...wrap(t.console.command.note, columns - 2).map((line) => [dim(line)]),
    ],
  };
}

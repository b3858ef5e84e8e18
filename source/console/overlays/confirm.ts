/** A question before something is changed, with what would be done. */
import { wrap } from '../../text/clip.ts';
import { dim, type Picture, strong } from '../draw/line.ts';
import type { View } from '../screen.ts';
import type { Confirm } from './overlay.ts';

export function drawConfirm({ question, commands }: Confirm, { t, columns }: View): Picture {
  return {
    lines: [
      [strong(t.console.confirm.title)],
      [],
      ...wrap(question(t), columns - 2).map((line) => [line]),
      [],
      ...commands.flatMap((command) => wrap(command, columns - 4).map((line) => ['  ', dim(line)])),
    ],
  };
}

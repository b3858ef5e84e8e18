/** A question before something is changed, with what would be done. */
import { wrap } from '../../text/clip.ts';
import { type Pager, page, scroll, topOfText } from '../components/pager.ts';
import { dim, type Line, type Picture, strong } from '../draw/line.ts';
import type { View } from '../screen.ts';
import type { Confirm } from './overlay.ts';

export function drawConfirm(confirm: Confirm, view: View): Picture {
  const { pager = topOfText } = confirm;
  const lines = confirmLines(confirm, view);
  if (lines.length <= view.rows) return { lines };
  // Nobody agrees to what is out of sight without being told that there is more.
  const rows = view.rows - 1;
  const below = Math.max(0, lines.length - pager.top - rows);
  const more = below > 0 ? ` ↓ ${below}` : ` ↑ ${pager.top}`;
  return { lines: [...page(lines, pager, rows), [dim(more)]] };
}

/** @returns undefined for a press that does not move */
export function pressConfirm(confirm: Confirm, press: string, view: View): Confirm | undefined {
  const { pager = topOfText } = confirm;
  const moved: Pager | undefined = scroll(pager, press, confirmLines(confirm, view).length, view.rows - 1);
  return moved && { ...confirm, pager: moved };
}

const confirmLines = (confirm: Confirm, view: View): readonly Line[] => [
  [' ', strong(view.t.console.confirm.title)],
  [],
  ...wrap(confirm.question(view.t), view.columns - 2).map((line): Line => [' ', line]),
  [],
  ...commandLines(confirm, view),
];

/** What is done, as it is typed. */
export const commandLines = (
  { commands, byHand }: Pick<Confirm, 'commands' | 'byHand'>,
  { t, columns }: View,
): readonly Line[] =>
  [commands.join('\n'), ...(byHand ? [byHand(t)] : [])].flatMap((text, index): readonly Line[] => [
    ...(index > 0 ? [[]] : []),
    ...wrap(text, columns - 4).map((line): Line => ['   ', dim(line)]),
  ]);

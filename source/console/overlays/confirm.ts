/** A question before something is changed, with what would be done. */
import { wrap } from '../../text/clip.ts';
import { type Pager, pageWithRest, scrollWithRest, topOfText } from '../components/pager.ts';
import { dim, type Line, type Picture, strong } from '../draw/line.ts';
import type { View } from '../screen.ts';
import type { Confirm } from './overlay.ts';

export function drawConfirm(confirm: Confirm, view: View): Picture {
  const { pager = topOfText } = confirm;
  // Nobody agrees to what is out of sight without being told that there is more.
  return { lines: pageWithRest(confirmLines(confirm, view), pager, view.rows) };
}

/** @returns undefined for a press that does not move */
export function pressConfirm(confirm: Confirm, press: string, view: View): Confirm | undefined {
  const { pager = topOfText } = confirm;
  const moved: Pager | undefined = scrollWithRest(pager, press, confirmLines(confirm, view).length, view.rows);
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

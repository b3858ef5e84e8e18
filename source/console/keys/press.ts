/** What was pressed, as a name: `a`, `A`, `中`, `up`, `enter`, `ctrl-c`, `alt-b`. Ink tells it in several ways. */
import { graphemes } from '../../text/clip.ts';

/** The part of Ink's key record that is used. */
export interface InkKey {
  readonly upArrow: boolean;
  readonly downArrow: boolean;
  readonly leftArrow: boolean;
  readonly rightArrow: boolean;
  readonly pageUp: boolean;
  readonly pageDown: boolean;
  readonly home: boolean;
  readonly end: boolean;
  readonly return: boolean;
  readonly escape: boolean;
  readonly tab: boolean;
  readonly backspace: boolean;
  readonly delete: boolean;
  readonly ctrl: boolean;
  readonly shift: boolean;
  readonly meta: boolean;
}

const named: readonly (readonly [keyof InkKey, string])[] = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'pageup'],
  ['pageDown', 'pagedown'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'esc'],
  ['tab', 'tab'],
  ['backspace', 'backspace'],
  ['delete', 'delete'],
];

/** Characters that are keys of their own when they come in the middle of others. */
const controls: ReadonlyMap<string, string> = new Map([
  ['\r', 'enter'],
  ['\n', 'enter'],
  ['\r\n', 'enter'],
  ['\t', 'tab'],
  ['\x7f', 'backspace'],
  ['\b', 'backspace'],
]);

/** An input method for Chinese may type these for the keys they look like. */
const fullWidth: ReadonlyMap<string, string> = new Map([
  ['：', ':'],
  ['／', '/'],
  ['？', '?'],
  ['＄', '$'],
  ['￥', '$'],
]);

/** Several when they came at once: a terminal hands over what was typed quickly, or over a slow line, as one piece. */
export function pressesOf(input: string, key: InkKey): readonly string[] {
  const modifier = key.ctrl ? 'ctrl-' : key.meta ? 'alt-' : '';
  const special = named.find(([flag]) => key[flag]);
  if (special) return [`${key.shift && special[1] === 'tab' ? 'shift-' : modifier}${special[1]}`];
  if (modifier !== '') return input === '' ? [] : [`${modifier}${input}`];
  return graphemes(input)
    .map((each) => controls.get(each) ?? controlKey(each))
    .filter((each) => each !== undefined);
}

/** `ctrl-u` of its character. Other control characters are pieces of sequences, and no keys. */
function controlKey(character: string): string | undefined {
  if (!/^[\u0000-\u001f\u007f-\u009f]$/.test(character)) return character;
  const code = character.charCodeAt(0);
  return code >= 1 && code <= 26 ? `ctrl-${String.fromCharCode(code + 96)}` : undefined;
}

/** The key that a press stands for where no text is typed. */
export const keyOf = (press: string): string => fullWidth.get(press) ?? press;

/** Whether it is text, where text is typed. */
export const isText = (press: string): boolean => graphemes(press).length === 1;

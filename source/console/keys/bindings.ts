/** Keys as records. What reacts to them, the footer, the help, the palette and the README's table all come from these. */
import type { Say } from '../../messages/index.ts';
import { keyOf } from './press.ts';

/** @typeParam C what an action is done with. */
export interface Binding<C> {
  /** Stable, such as `install.agree`. */
  readonly id: string;
  /** Names as in `press.ts`; the first is the one that is shown. */
  readonly keys: readonly string[];
  /** One or two words, for the footer. */
  readonly label: Say;
  /** A sentence, for the help and the palette. Without it, the label. */
  readonly description?: Say;
  /** Reachable and in the help, but not worth a place in the footer. */
  readonly quiet?: boolean;
  /** Why it cannot act now; undefined when it can. */
  readonly disabled?: (context: C) => Say | undefined;
  /** @param press which of its keys it was */
  readonly run: (context: C, press: string) => void;
}

export type Dispatched<C> =
  | { readonly type: 'run'; readonly binding: Binding<C> }
  | { readonly type: 'refused'; readonly why: Say }
  | { readonly type: 'unknown' };

/** What a press means, asked of the innermost scope first. */
export function dispatch<C>(press: string, scopes: readonly (readonly Binding<C>[])[], context: C): Dispatched<C> {
  const key = keyOf(press);
  const binding = scopes.flat().find(({ keys }) => keys.includes(key));
  if (binding === undefined) return { type: 'unknown' };
  const why = binding.disabled?.(context);
  return why === undefined ? { type: 'run', binding } : { type: 'refused', why };
}

const shownAs: ReadonlyMap<string, string> = new Map([
  ['up', '↑'],
  ['down', '↓'],
  ['left', '←'],
  ['right', '→'],
  ['enter', 'Enter'],
  ['esc', 'Esc'],
  ['tab', 'Tab'],
  ['shift-tab', 'Shift-Tab'],
  ['pageup', 'PgUp'],
  ['pagedown', 'PgDn'],
  ['home', 'Home'],
  ['end', 'End'],
  ['ctrl-c', 'Ctrl-C'],
  ['ctrl-z', 'Ctrl-Z'],
  [' ', 'Space'],
]);

/** A key as people know it: `Enter`, `Ctrl-C`, `a`. */
export const keyName = (key: string): string =>
  shownAs.get(key) ?? key.replace(/^ctrl-([a-z])$/, (_, letter: string) => `Ctrl-${letter.toUpperCase()}`);

/** Keys of a binding as the footer shows them: those that belong together stand together. */
export function keyNames({ keys }: Pick<Binding<never>, 'keys'>): string {
  const [first = '', second = ''] = keys;
  const pair = ['updown', 'leftright'].includes(first + second);
  return pair ? keyName(first) + keyName(second) : keyName(first);
}

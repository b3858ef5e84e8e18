/** What lies over a screen until it is closed. */
import type { Say } from '../../messages/index.ts';
import type { Pager } from '../components/pager.ts';
import type { TextField } from '../components/text-field.ts';
import type { App } from '../screen.ts';
import type { Reader } from './text.ts';

export type Overlay =
  | { readonly type: 'help'; readonly pager: Pager }
  | { readonly type: 'palette'; readonly field: TextField; readonly index: number }
  /** `g` was pressed, and which screen is not yet said. The screen stays in sight. */
  | { readonly type: 'go' }
  | { readonly type: 'command'; readonly text: string }
  | Reader
  | Confirm;

export interface Confirm {
  readonly type: 'confirm';
  readonly question: Say;
  /** What is done, as commands. */
  readonly commands: readonly string[];
  readonly onYes: (app: App) => void;
}

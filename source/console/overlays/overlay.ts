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
  | Choices
  | Naming
  | Confirm;

export interface Confirm {
  readonly type: 'confirm';
  readonly question: Say;
  /** What is done, as commands. */
  readonly commands: readonly string[];
  /** How it is done without this program, and what that leaves out. */
  readonly byHand?: Say;
  readonly onYes: (app: App) => void;
  /** How far it is read, where it is longer than its place. */
  readonly pager?: Pager;
}

/** What cannot be undone is agreed to by typing the name of what it concerns. */
export interface Naming extends Omit<Confirm, 'type'> {
  readonly type: 'naming';
  readonly name: string;
  readonly field: TextField;
}

/** A list to choose from; where several can be on, they are switched one by one. */
export interface Choices {
  readonly type: 'choices';
  readonly title: Say;
  readonly entries: readonly Choice[];
  readonly index: number;
  /** Told the entry. Those that are switched keep the list open. */
  readonly onChoose: (app: App, index: number) => void;
}

export interface Choice {
  readonly label: Say;
  /** Of one that is switched. */
  readonly isOn?: boolean;
}

/** What a screen is: a record. The app shows one of them, and knows nothing about what is on it. */
import type { Messages, Say } from '../messages/index.ts';
import type { Actions } from './actions.ts';
import type { Line, Picture } from './draw/line.ts';
import type { Binding } from './keys/bindings.ts';
import type { State } from './state.ts';

/** What keys are done with. */
export interface App {
  readonly state: State;
  readonly t: Messages;
  readonly actions: Actions;
  change(update: (state: State) => State): void;
}

export interface View {
  readonly state: State;
  readonly t: Messages;
  /** Of the body, in cells. */
  readonly columns: number;
  readonly rows: number;
}

/** Keys that work in one place; no two of them mean two things at once. */
export interface KeyScope {
  readonly name: Say;
  readonly bindings: readonly Binding<App>[];
}

export interface Screen {
  /** What it is called where screens are listed, and the letter that goes to it after `g`. Without it, nothing leads there. */
  readonly place?: { readonly key: string; readonly name: Say };
  /** What stands at the left of the title. */
  readonly title: (state: State, t: Messages) => Line;
  /** What stands at its right: short facts. */
  readonly facts: (state: State, t: Messages) => readonly string[];
  readonly bindings: (state: State) => readonly Binding<App>[];
  /** All its keys, by where they work, for those who read about them. */
  readonly keyTable: readonly KeyScope[];
  /** Whether printable keys are text now. */
  readonly isTyping?: (state: State) => boolean;
  /** Presses that are not of the bindings, or all printable ones while typing. @returns whether it took the press */
  readonly press?: (press: string, app: App) => boolean;
  readonly paste?: (text: string, app: App) => void;
  /** What of the state it shows: it is drawn anew when one of these is another value. */
  readonly shows: (state: State) => readonly unknown[];
  /** Whether something moves, so that time has to pass on the screen. */
  readonly isMoving?: (state: State) => boolean;
  readonly draw: (view: View) => Picture;
}

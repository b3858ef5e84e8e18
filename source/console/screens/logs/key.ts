/** What the keys of the logs screen are made with. */
import type { Say } from '../../../messages/index.ts';
import { viewOf } from '../../frame.ts';
import type { Binding } from '../../keys/bindings.ts';
import type { App } from '../../screen.ts';
import type { State } from '../../state.ts';
import type { PageOf } from './moments.ts';
import { changePane, cursorOf } from './moves.ts';
import { type Followed, focused, type LogsState, type Pane } from './state.ts';
import { pageOf, pagesIn } from './view.ts';

export const update = ({ change }: App, how: (logs: LogsState) => LogsState): void =>
  change((state) => ({ ...state, logs: how(state.logs) }));

export const say = ({ change }: App, toast: Say): void => change((state) => ({ ...state, toast }));

/** The pane with the focus and what is read in it. */
export function here({ logs }: State): { readonly pane: Pane; readonly followed: Followed } | undefined {
  const pane = focused(logs);
  return pane && logs.followed ? { pane, followed: logs.followed } : undefined;
}

export const page = (state: State): number => pageOf(state.logs, viewOf(state));

export const pages = (state: State): PageOf => pagesIn(state.logs, viewOf(state));

/** Changes the pane with the focus by what is read in it; nothing is sought any more. */
export function inPane(app: App, how: (pane: Pane, followed: Followed) => Pane): void {
  const found = here(app.state);
  if (found) update(app, (logs) => changePane(logs, (pane) => how({ ...pane, sought: undefined }, found.followed)));
}

type Words = App['t']['console']['keys'];
type Word = { [K in keyof Words]: Words[K] extends string ? K : never }[keyof Words];

export const key = (
  id: string,
  keys: readonly string[],
  name: Word,
  description: Word,
  run: (app: App, press: string) => void,
  more: Partial<Binding<App>> = {},
): Binding<App> => ({
  id: `logs.${id}`,
  keys,
  label: (t) => t.console.keys[name],
  description: (t) => t.console.keys[description],
  run,
  ...more,
});

export const quiet = { quiet: true };
/** Where there is no line, none can be asked about. */
export const needsLine: Partial<Binding<App>> = {
  disabled: ({ state }) => {
    const found = here(state);
    return found && cursorOf(found.pane, found.followed) !== undefined ? undefined : (t) => t.console.logs.noLine;
  },
};
export const severalPanes: Partial<Binding<App>> = {
  disabled: ({ state }) => (state.logs.panes.length > 1 ? undefined : (t) => t.console.logs.onePane),
};

/** The line that the cursor is on. */
export function lineHere(state: State) {
  const found = here(state);
  const number = found && cursorOf(found.pane, found.followed);
  const line = number === undefined ? undefined : found?.followed.log(found.pane.component).line(number);
  return found && line ? { ...found, line } : undefined;
}

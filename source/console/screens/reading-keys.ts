/** Keys that open a text about what the cursor is on; the same ones on every screen. */
import type { Say } from '../../messages/index.ts';
import type { ObjectName } from '../../observe/inventory.ts';
import type { ComponentId } from '../../stack/types.ts';
import type { Reading } from '../actions.ts';
import type { Binding } from '../keys/bindings.ts';
import type { App } from '../screen.ts';
import type { State } from '../state.ts';
import { paneOf } from './logs/state.ts';

interface ReadingKey {
  readonly what: Reading;
  readonly keys: readonly string[];
  readonly quiet?: boolean;
}

/** @param scope beginning of the ids. @param chosen what the cursor is on, or why that cannot be read */
export const readingKey = (
  scope: string,
  { what, keys, quiet = false }: ReadingKey,
  chosen: (state: State) => ComponentId | ObjectName | Say,
): Binding<App> => ({
  id: `${scope}.${what}`,
  keys,
  label: (t) => t.console.keys[what],
  description: (t) => t.console.keys[`${what}Text`],
  quiet,
  disabled({ state }) {
    const found = chosen(state);
    return typeof found === 'function' ? found : undefined;
  },
  run({ state, actions, change }) {
    const found = chosen(state);
    if (typeof found === 'function') return;
    // What a part writes is followed; of one of its pods, the end is enough.
    if (what === 'log' && typeof found === 'string') change((now) => ({ ...now, ...showing(found, now) }));
    else actions.read(what, found);
  },
});

/** The logs screen with one pane. */
const showing = (component: ComponentId, { logs }: State): Pick<State, 'screen' | 'logs'> => ({
  screen: 'logs',
  logs: { ...logs, panes: [paneOf(component)], focus: 0, isZoomed: false },
});

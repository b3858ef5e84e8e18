/** Keys that open a text about what the cursor is on; the same ones on every screen. */
import { runName } from '../../logs/names.ts';
import { logging } from '../../logs/presets.ts';
import type { Say } from '../../messages/index.ts';
import { rootCause } from '../../observe/cause.ts';
import { lastCrash } from '../../observe/crashes.ts';
import type { ObjectName } from '../../observe/inventory.ts';
import type { ComponentId } from '../../stack/types.ts';
import type { Reading } from '../actions.ts';
import { viewOf } from '../frame.ts';
import type { Binding } from '../keys/bindings.ts';
import type { App } from '../screen.ts';
import type { State } from '../state.ts';
import { instanceOf, nowOf } from './instance-screen.ts';
import { backTo, seek } from './logs/moments.ts';
import { type LogsState, type Pane, paneOf } from './logs/state.ts';
import { pagesIn } from './logs/view.ts';

interface ReadingKey {
  readonly what: Reading;
  readonly keys: readonly string[];
  readonly quiet?: boolean;
  /** When what the cursor is on happened, in milliseconds since 1970; without it, what counts is where a part got into trouble. */
  readonly moment?: (state: State) => number | undefined;
}

type Chosen = ComponentId | ObjectName | Say;

/** @param scope beginning of the ids. @param subject what the cursor is on, or why that cannot be read */
export const readingKey = (
  scope: string,
  { what, keys, quiet = false, moment }: ReadingKey,
  subject: (state: State) => Chosen,
): Binding<App> => {
  const chosen = what === 'log' ? (state: State) => withLog(subject(state)) : subject;
  return {
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
      if (what === 'log' && typeof found === 'string')
        change((now) => (moment ? showingLog(found, now, moment(now)) : showingTrouble(found, now)));
      else actions.read(what, found);
    },
  };
};

/** Pods have a log, and components that run as pods. */
function withLog(found: Chosen): Chosen {
  const hasLog =
    typeof found === 'function' || (typeof found === 'string' ? logging.includes(found) : found.kind === 'Pod');
  return hasLog ? found : (t) => t.console.objects.noLog;
}

/** Where the part got into trouble, if it is still in it: at the end of the run that has crashed, or where its cause began. */
function showingTrouble(component: ComponentId, state: State): State {
  const opened = showingLog(component, state);
  const { seen, now } = state;
  if (!seen || seen.snapshot.app !== instanceOf(state)) return opened;
  const { logs } = opened;
  const crash = lastCrash(component, seen.snapshot);
  if (crash) {
    const run = runName(crash);
    const pane: Pane = { ...paneOf(component), before: new Set([run]), sought: { run } };
    // Its last lines, whenever that was.
    return { ...opened, logs: { ...logs, panes: [pane], lookBack: 'tail' } };
  }
  const began = rootCause(component, seen.snapshot, { phaseStartedAt: 0 })?.began;
  if (!began) return opened;
  const askedMs = nowOf(seen, now);
  const pane: Pane = { ...paneOf(component), sought: { beforeMs: began.ms, askedMs, pod: began.pod } };
  return { ...opened, logs: { ...logs, panes: [pane], lookBack: backTo(began.ms, logs, askedMs) } };
}

/** The logs screen with one pane, from where it is left again. @param moment that is shown, in milliseconds since 1970 */
function showingLog(component: ComponentId, state: State, moment?: number): State {
  const { screen, seen, now } = state;
  const logs: LogsState = {
    ...state.logs,
    from: screen,
    panes: [paneOf(component)],
    focus: 0,
    isZoomed: false,
    isPrevious: false,
  };
  const opened: State = { ...state, screen: 'logs', logs };
  if (moment === undefined || !seen) return opened;
  return { ...opened, logs: seek(logs, moment, nowOf(seen, now), pagesIn(logs, viewOf(opened))) };
}

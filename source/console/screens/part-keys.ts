/** Keys that change something about the part that the cursor is on; the same ones at home and on the part's own screen. */
import { startedCommand } from '../../messages/started.ts';
import { canFix } from '../../observe/fix-said.ts';
import type { Cause } from '../../observe/types.ts';
import { componentOf, restartable } from '../../stack/components.ts';
import type { ComponentId } from '../../stack/types.ts';
import type { Binding } from '../keys/bindings.ts';
import type { App } from '../screen.ts';
import type { State } from '../state.ts';
import { noPart } from './instance-screen.ts';

type Subject = (state: State) => ComponentId | undefined;

/** @param scope beginning of the id. @param subject the part; without one, the scale screen is opened all the same */
export const scaleKey = (scope: string, subject: Subject): Binding<App> => ({
  id: `${scope}.scale`,
  keys: ['s'],
  label: (t) => t.console.keys.scale,
  description: (t) => t.console.keys.scaleText,
  run: ({ state, change }) => {
    const chosen = subject(state);
    // The first that can be changed: a store's replicas are fixed.
    const field = chosen && 'fixed' in componentOf(chosen).scaling ? 'cpu' : 'replicas';
    change((now) => ({ ...now, screen: 'scale', scale: { ...now.scale, chosen, field } }));
  },
});

/** Asks first, with the command that does the same. */
export const restartKey = (scope: string, subject: Subject, quiet = false): Binding<App> => ({
  id: `${scope}.restart`,
  keys: ['R'],
  label: (t) => t.console.keys.restart,
  description: (t) => t.console.keys.restartText,
  quiet,
  disabled: ({ state }) => {
    const part = subject(state);
    if (part === undefined) return noPart;
    if (state.isReadOnly) return (t) => t.install.readOnly;
    return restartable.includes(part) ? undefined : (t) => t.scale.restart.cannot(part);
  },
  run: ({ state, change }) => {
    const part = subject(state);
    if (part === undefined) return;
    change((now) => ({
      ...now,
      overlay: {
        type: 'confirm',
        question: (t) => t.console.confirm.restart(part),
        commands: [`${startedCommand(state.started, 'restart')} ${part}`],
        onYes: ({ actions }) => actions.restart(part),
      },
    }));
  },
});

/** Of the part, where it is in trouble and something can be done about it. */
export const causeOf = (state: State, part: ComponentId | undefined): Cause | undefined => {
  const cause = part && state.home.run.components[part]?.cause;
  return cause && canFix(cause) ? cause : undefined;
};

export const fixKey = (scope: string, subject: Subject): Binding<App> => ({
  id: `${scope}.fix`,
  keys: ['f'],
  label: (t) => t.console.keys.fix,
  description: (t) => t.console.keys.fixText,
  disabled: ({ state }) => {
    if (state.isReadOnly) return (t) => t.install.readOnly;
    return causeOf(state, subject(state)) ? undefined : (t) => t.console.install.noFix;
  },
  run: ({ state, actions }) => {
    const cause = causeOf(state, subject(state));
    if (cause) actions.fix(cause);
  },
});

/** Opens the instance itself, wherever somebody is. */
export const browseKey = (scope: string): Binding<App> => ({
  id: `${scope}.open`,
  keys: ['o'],
  label: (t) => t.console.keys.browser,
  description: (t) => t.console.keys.openText,
  disabled: ({ state }) => {
    if (state.isSimulated) return (t) => t.console.install.done.simulated;
    return state.home.url ? undefined : (t) => t.console.noUrl;
  },
  run: ({ state, actions }) => {
    if (state.home.url) actions.browse(state.home.url);
  },
});

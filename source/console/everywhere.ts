/** Keys that work on every screen. */
import { topOfText } from './components/pager.ts';
import { fieldOf } from './components/text-field.ts';
import { go, journeys } from './going.ts';
import type { Binding } from './keys/bindings.ts';
import type { Overlay } from './overlays/overlay.ts';
import type { App } from './screen.ts';
import { isInstalling } from './screens/instance-screen.ts';
import type { State } from './state.ts';

const open = ({ change }: App, overlay: Overlay): void => change((state) => ({ ...state, overlay }));

/** On every screen where no text is typed. */
export const everywhere: readonly Binding<App>[] = [
  go,
  ...journeys,
  {
    id: 'help',
    keys: ['?'],
    label: (t) => t.console.keys.help,
    description: (t) => t.console.keys.helpText,
    run: (app) => open(app, { type: 'help', pager: topOfText }),
  },
  {
    id: 'palette',
    keys: [':'],
    label: (t) => t.console.keys.palette,
    description: (t) => t.console.keys.paletteText,
    quiet: true,
    run: (app) => open(app, { type: 'palette', field: fieldOf(''), index: 0 }),
  },
  {
    id: 'language',
    keys: ['L'],
    label: (t) => t.console.otherLanguage,
    description: (t) => t.console.keys.languageText,
    run: ({ state, change, actions }) => {
      const language = state.language === 'en' ? 'zh' : 'en';
      actions.language(language);
      change((now) => ({ ...now, language }));
    },
  },
];

/** Even while text is typed. */
export const always: readonly Binding<App>[] = [
  {
    id: 'leave',
    keys: ['ctrl-c'],
    label: (t) => t.console.keys.leave,
    description: (t) => t.console.keys.leaveText,
    run: ({ actions }) => actions.leave(),
  },
  {
    id: 'redraw',
    keys: ['ctrl-l'],
    label: (t) => t.console.keys.redraw,
    description: (t) => t.console.keys.redrawText,
    quiet: true,
    run: ({ actions }) => actions.redraw(),
  },
  {
    id: 'suspend',
    keys: ['ctrl-z'],
    label: (t) => t.console.keys.suspend,
    description: (t) => t.console.keys.suspendText,
    quiet: true,
    run: ({ actions }) => actions.suspend(),
  },
];

/** Where no screen can be gone to, none is offered. */
export const everywhereFrom = (state: State): readonly Binding<App>[] =>
  isInstalling(state) ? everywhere.filter(({ id }) => !/^go(\.|$)/.test(id)) : everywhere;

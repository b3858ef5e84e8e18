/** Home: how the instance is, and what can be done about a part. */
import type { Say } from '../../../messages/index.ts';
import type { ComponentId } from '../../../stack/types.ts';
import type { Reading } from '../../actions.ts';
import { chosenAfter, indexOf } from '../../components/selection.ts';
import type { Binding } from '../../keys/bindings.ts';
import type { App, Screen } from '../../screen.ts';
import { freshness } from '../install/freshness.ts';
import type { HomeState } from './state.ts';
import { drawHome, namesOf, partsOf } from './view.ts';

const update = ({ change }: App, how: (home: HomeState) => HomeState): void =>
  change((state) => ({ ...state, home: how(state.home) }));

const choose: Binding<App> = {
  id: 'home.choose',
  keys: ['up', 'down', 'k', 'j', 'pageup', 'pagedown', 'home', 'end'],
  label: (t) => t.console.keys.choose,
  description: (t) => t.console.keys.chooseText,
  run: (app, press) => {
    const { home } = app.state;
    const ids = home.name === undefined ? namesOf(home) : partsOf(home);
    const chosen = chosenAfter(ids, home.chosen, press);
    if (chosen !== undefined) update(app, (now) => ({ ...now, chosen }));
  },
};

const pick: Binding<App> = {
  id: 'home.pick',
  keys: ['enter'],
  label: (t) => t.console.keys.open,
  run: ({ state, actions }) => {
    const chosen = state.home.choices[indexOf(namesOf(state.home), state.home.chosen)];
    if (chosen) actions.watch(chosen.name);
  },
};

const chosenPart = (home: HomeState): ComponentId | undefined => partsOf(home)[indexOf(partsOf(home), home.chosen)];

const reading = (what: Reading, key: string, label: Say, description: Say): Binding<App> => ({
  id: `home.${what}`,
  keys: [key],
  label,
  description,
  disabled: ({ state }) => (chosenPart(state.home) ? undefined : (t) => t.console.install.noPart),
  run: ({ state, actions }) => {
    const part = chosenPart(state.home);
    if (part) actions.read(what, part);
  },
});

const browse: Binding<App> = {
  id: 'home.open',
  keys: ['o'],
  label: (t) => t.console.keys.browser,
  description: (t) => t.console.keys.openText,
  disabled: ({ state }) => (state.home.url ? undefined : (t) => t.console.home.noUrl),
  run: ({ state, actions }) => {
    if (state.home.url) actions.browse(state.home.url);
  },
};

const problems: Binding<App> = {
  id: 'home.problems',
  keys: ['p'],
  label: (t) => t.console.keys.problems,
  description: (t) => t.console.keys.problemsText,
  run: (app) => update(app, (home) => ({ ...home, onlyProblems: !home.onlyProblems })),
};

/** When it could not be looked at. */
const retry: Binding<App> = {
  id: 'home.retry',
  keys: ['r', 'enter'],
  label: (t) => t.console.keys.recheck,
  description: (t) => t.console.keys.recheckText,
  run: ({ state, actions }) => actions.watch(state.home.name),
};

const quit: Binding<App> = {
  id: 'home.quit',
  keys: ['q'],
  label: (t) => t.console.keys.quit,
  description: (t) => t.console.keys.leaveText,
  quiet: true,
  run: ({ actions }) => actions.leave(),
};

const ofParts: readonly Binding<App>[] = [
  reading(
    'describe',
    'enter',
    (t) => t.console.keys.describe,
    (t) => t.console.keys.describeText,
  ),
  reading(
    'log',
    'l',
    (t) => t.console.keys.log,
    (t) => t.console.keys.logText,
  ),
  reading(
    'events',
    'e',
    (t) => t.console.keys.events,
    (t) => t.console.keys.eventsText,
  ),
  reading(
    'yaml',
    'v',
    (t) => t.console.keys.yaml,
    (t) => t.console.keys.yamlText,
  ),
];

const hostOf = ({ url }: HomeState): string => url?.replace(/^https:\/\//, '') ?? '';

export const homeScreen: Screen = {
  title: ({ home }, t) => [home.name ?? t.console.home.title],
  facts: (state, t) => [
    state.place,
    hostOf(state.home),
    state.home.trouble ? t.console.home.notConnected : freshness(state.home.run, state.now, t),
  ],
  bindings: ({ home }) => {
    if (home.trouble) return [retry, quit];
    return home.name === undefined ? [choose, pick, quit] : [choose, ...ofParts, browse, problems, quit];
  },
  keyTable: [
    { name: (t) => t.console.scopes.home, bindings: [choose, ...ofParts, browse, problems, quit] },
    { name: (t) => t.console.scopes.choices, bindings: [choose, pick, quit] },
    { name: (t) => t.console.scopes.trouble, bindings: [retry, quit] },
  ],
  shows: ({ home }) => [home],
  // An age that grows is something that moves.
  isMoving: ({ home }) => home.run.cutOffSince !== undefined,
  draw: drawHome,
};

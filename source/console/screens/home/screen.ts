/** Home: how the instance is, and what can be done about a part. */

import { beginSearch, isSearching, noSearch } from '../../components/search.ts';
import { chosenAfter, indexOf } from '../../components/selection.ts';
import { dim } from '../../draw/line.ts';
import { viewOf } from '../../frame.ts';
import type { Binding } from '../../keys/bindings.ts';
import { readerOf } from '../../overlays/text.ts';
import type { App, Screen } from '../../screen.ts';
import type { State } from '../../state.ts';
import { listView, shownBeside } from '../beside.ts';
import { begunAnew } from '../install/state.ts';
import { instanceFacts, noPart, quit, retry, troubleScope } from '../instance-screen.ts';
import { openPart } from '../part/screen.ts';
import { browseKey, causeOf, fixKey, restartKey, scaleKey } from '../part-keys.ts';
import { readingKey } from '../reading-keys.ts';
import { searchKeys } from '../search-keys.ts';
import { concernLines, concernsIn } from './foot.ts';
import { chosenPart, folded, idsOf, listed, namesOf, underCursor } from './listed.ts';
import { type HomeState, orders } from './state.ts';
import { drawHome } from './view.ts';

/** Where the cursor is. */
const listOf = (state: State) => listView(viewOf(state));

const update = ({ change }: App, how: (home: HomeState) => HomeState): void =>
  change((state) => ({ ...state, home: how(state.home) }));

const choose: Binding<App> = {
  id: 'home.choose',
  keys: ['up', 'down', 'k', 'j', 'pageup', 'pagedown', 'home', 'end'],
  label: (t) => t.console.keys.choose,
  description: (t) => t.console.keys.chooseText,
  quiet: true,
  run: (app, press) => {
    const { home } = app.state;
    const view = listOf(app.state);
    const chosen =
      home.name === undefined
        ? chosenAfter(namesOf(home), home.chosen, press)
        : chosenAfter(idsOf(view), underCursor(view), press);
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

const browse = browseKey('home');

const problems: Binding<App> = {
  id: 'home.problems',
  keys: ['p'],
  label: (t) => t.console.keys.problems,
  description: (t) => t.console.keys.problemsText,
  run: (app) => update(app, (home) => ({ ...home, onlyProblems: !home.onlyProblems })),
};

const order: Binding<App> = {
  id: 'home.order',
  keys: ['S'],
  label: (t) => t.console.keys.order,
  description: (t) => t.console.keys.orderPartsText,
  quiet: true,
  run: (app) =>
    update(app, (home) => {
      const sortedBy = orders[(orders.indexOf(home.sortedBy) + 1) % orders.length] ?? 'phase';
      // What comes first is what is looked for.
      return { ...home, sortedBy, chosen: undefined };
    }),
};

const search = searchKeys({
  scope: 'home',
  search: ({ state }) => state.home.filter,
  change: (app, filter) => update(app, (home) => ({ ...home, filter })),
  labels: { found: (t) => t.console.keys.accepted, noSearch: (t) => t.console.keys.allParts },
  // Whatever is typed narrows what is listed: the cursor stays, or stands on the first that is left.
  go: () => {},
});

const filter: Binding<App> = {
  id: 'home.filter',
  keys: ['/'],
  label: (t) => t.console.keys.filter,
  description: (t) => t.console.keys.filterPartsText,
  quiet: true,
  run: (app) => update(app, (home) => ({ ...home, filter: beginSearch })),
};

const concerns: Binding<App> = {
  id: 'home.concerns',
  keys: ['w'],
  label: (t) => t.console.keys.concerns,
  description: (t) => t.console.keys.concernsText,
  quiet: true,
  run: ({ state, t, change }) => {
    const overlay = readerOf((now) => now.concern.title, 'plain', concernLines(state, t));
    change((now) => ({ ...now, overlay }));
  },
};

const isOnFolded = (state: State): boolean => underCursor(listOf(state)) === folded;

/** Gives each part a line of its own again. */
const unfold: Binding<App> = {
  id: 'home.unfold',
  keys: ['enter', 'right'],
  label: (t) => t.console.keys.unfold,
  description: (t) => t.console.keys.unfoldText,
  run: (app) => {
    const [first] = listed(listOf(app.state)).folded;
    update(app, (home) => ({ ...home, isUnfolded: true, chosen: first }));
  },
};

const partUnderCursor = (state: State) => chosenPart(listOf(state));
const partOfHome = (state: State) => partUnderCursor(state) ?? noPart;

const detail: Binding<App> = {
  id: 'home.part',
  keys: ['enter'],
  label: (t) => t.console.keys.part,
  description: (t) => t.console.keys.partText,
  disabled: ({ state }) => (partUnderCursor(state) === undefined ? noPart : undefined),
  run: ({ change }) => change((state) => openPart(partUnderCursor(state), state)),
};

const scale = scaleKey('home', partUnderCursor);

const ofParts: readonly Binding<App>[] = [
  detail,
  readingKey('home', { what: 'log', keys: ['l'] }, partOfHome),
  scale,
  readingKey('home', { what: 'events', keys: ['e'] }, partOfHome),
  restartKey('home', partUnderCursor, true),
  readingKey('home', { what: 'describe', keys: ['d'], quiet: true }, partOfHome),
  readingKey('home', { what: 'yaml', keys: ['v'], quiet: true }, partOfHome),
];

const fix = fixKey('home', partUnderCursor);

/** What was looked for goes first. */
const unfilter: Binding<App> = {
  id: 'home.unfilter',
  keys: ['esc'],
  label: (t) => t.console.keys.allParts,
  description: (t) => t.console.keys.allPartsText,
  run: (app) => update(app, (home) => ({ ...home, filter: noSearch })),
};

/** Where there are several. */
const others: Binding<App> = {
  id: 'home.others',
  keys: ['esc'],
  label: (t) => t.console.keys.others,
  description: (t) => t.console.keys.othersText,
  run: ({ actions }) => actions.watch(undefined),
};

/** Where the instance is there no more. */
const installAgain: Binding<App> = {
  id: 'home.install',
  keys: ['i', 'enter'],
  label: (t) => t.console.keys.install,
  description: (t) => t.console.keys.installText,
  disabled: ({ state }) => (state.isReadOnly ? (t) => t.install.readOnly : undefined),
  run({ state, change, actions }) {
    actions.callOff();
    const { name = '' } = state.home;
    change((now) => ({ ...now, screen: 'install', install: begunAnew(now.install, name) }));
    actions.look();
  },
};

const ofAll: readonly Binding<App>[] = [browse, problems, filter, order, concerns];

/** What is there to be read comes first. That use is not told is all said where it would stand. */
const ofAllNow = (state: State): readonly Binding<App>[] =>
  concernsIn(state).length > 0 || [...state.home.troubles.keys()].some((source) => source !== 'metrics')
    ? [browse, { ...concerns, quiet: false }, problems, filter, order]
    : ofAll;

const back = ({ filter: { query }, choices }: HomeState): readonly Binding<App>[] => {
  if (query !== '') return [unfilter];
  return choices.length > 1 ? [others] : [];
};

export const homeScreen: Screen = {
  place: { key: 'h', name: (t) => t.console.screens.home },
  title: ({ home: { name, sortedBy, onlyProblems } }, t) => [
    name ?? t.console.home.title,
    ...(sortedBy === 'phase' ? [] : [dim(` · ${t.console.home.orders[sortedBy]}`)]),
    ...(onlyProblems ? [dim(` · ${t.console.keys.problems}`)] : []),
  ],
  facts: instanceFacts,
  bindings: (state) => {
    const { home } = state;
    if (home.trouble) return [retry, choose, quit];
    if (home.name === undefined) return [choose, pick, quit];
    if (home.gone) return [installAgain, ...(home.choices.length > 1 ? [others] : []), quit];
    if (isSearching(home.filter)) return search.typing;
    if (isOnFolded(state)) return [choose, unfold, scale, ...ofAllNow(state), ...back(home), quit];
    const [first, last] = causeOf(state, partUnderCursor(state)) ? [[fix], []] : [[], [{ ...fix, quiet: true }]];
    return [choose, ...first, ...ofParts, ...ofAllNow(state), ...last, ...back(home), quit];
  },
  keyTable: [
    {
      name: (t) => t.console.scopes.home,
      bindings: [choose, fix, ...ofParts, ...ofAll, others, quit],
    },
    { name: (t) => t.console.scopes.search, bindings: search.typing },
    { name: (t) => t.console.scopes.choices, bindings: [choose, pick, quit] },
    { name: (t) => t.console.scopes.gone, bindings: [installAgain, others, quit] },
    troubleScope,
  ],
  isTyping: ({ home: { filter: typed, gone, trouble } }) => isSearching(typed) && !trouble && !gone,
  press: search.press,
  paste: search.paste,
  shows: (state) => [state.home, state.seen?.snapshot.objects.ResourceQuota, ...shownBeside(state)],
  // An age that grows is something that moves.
  isMoving: ({ home }) => home.run.cutOffSince !== undefined,
  draw: drawHome,
};

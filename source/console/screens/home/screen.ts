/** Home: how the instance is, and what can be done about a part. */

import { canFix } from '../../../observe/fix-said.ts';
import type { Cause } from '../../../observe/types.ts';
import { chosenAfter, indexOf } from '../../components/selection.ts';
import { viewOf } from '../../frame.ts';
import type { Binding } from '../../keys/bindings.ts';
import { readerOf } from '../../overlays/text.ts';
import type { App, Screen } from '../../screen.ts';
import type { State } from '../../state.ts';
import { instanceFacts, noPart, quit, retry, troubleScope } from '../instance-screen.ts';
import { readingKey } from '../reading-keys.ts';
import { concernLines, concernsIn } from './foot.ts';
import type { HomeState } from './state.ts';
import { chosenPart, drawHome, folded, idsOf, listed, namesOf } from './view.ts';

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
    const ids = home.name === undefined ? namesOf(home) : idsOf(viewOf(app.state));
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

const browse: Binding<App> = {
  id: 'home.open',
  keys: ['o'],
  label: (t) => t.console.keys.browser,
  description: (t) => t.console.keys.openText,
  disabled: ({ state }) => {
    if (state.isSimulated) return (t) => t.console.install.done.simulated;
    return state.home.url ? undefined : (t) => t.console.home.noUrl;
  },
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

const concerns: Binding<App> = {
  id: 'home.concerns',
  keys: ['w'],
  label: (t) => t.console.keys.concerns,
  description: (t) => t.console.keys.concernsText,
  quiet: true,
  run: ({ state, t, change }) => {
    const overlay = readerOf((now) => now.concern.title, 'plain', concernLines(concernsIn(state), t));
    change((now) => ({ ...now, overlay }));
  },
};

const isOnFolded = (state: State): boolean => {
  const ids = idsOf(viewOf(state));
  return ids[indexOf(ids, state.home.chosen)] === folded;
};

/** Gives each part a line of its own again. */
const unfold: Binding<App> = {
  id: 'home.unfold',
  keys: ['enter', 'right'],
  label: (t) => t.console.keys.unfold,
  description: (t) => t.console.keys.unfoldText,
  run: (app) => {
    const [first] = listed(viewOf(app.state)).folded;
    update(app, (home) => ({ ...home, isUnfolded: true, chosen: first }));
  },
};

const partOfHome = (state: State) => chosenPart(viewOf(state)) ?? noPart;

const scale: Binding<App> = {
  id: 'home.scale',
  keys: ['s'],
  label: (t) => t.console.keys.scale,
  description: (t) => t.console.keys.scaleText,
  run: ({ state, change }) => {
    const chosen = chosenPart(viewOf(state));
    change((now) => ({ ...now, screen: 'scale', scale: { ...now.scale, chosen } }));
  },
};

const ofParts: readonly Binding<App>[] = [
  readingKey('home', { what: 'describe', keys: ['enter'] }, partOfHome),
  readingKey('home', { what: 'log', keys: ['l'] }, partOfHome),
  scale,
  readingKey('home', { what: 'events', keys: ['e'] }, partOfHome),
  readingKey('home', { what: 'yaml', keys: ['v'], quiet: true }, partOfHome),
];

/** Of the part under the cursor, where it is in trouble. */
const causeOfHome = (state: State): Cause | undefined => {
  const part = chosenPart(viewOf(state));
  const cause = part && state.home.run.components[part]?.cause;
  return cause && canFix(cause) ? cause : undefined;
};

const fix: Binding<App> = {
  id: 'home.fix',
  keys: ['f'],
  label: (t) => t.console.keys.fix,
  description: (t) => t.console.keys.fixText,
  disabled: ({ state }) => {
    if (state.isReadOnly) return (t) => t.install.readOnly;
    return causeOfHome(state) ? undefined : (t) => t.console.install.noFix;
  },
  run: ({ state, actions }) => {
    const cause = causeOfHome(state);
    if (cause) actions.fix(cause);
  },
};

/** Where there are several. */
const others: Binding<App> = {
  id: 'home.others',
  keys: ['esc'],
  label: (t) => t.console.keys.others,
  description: (t) => t.console.keys.othersText,
  run: ({ actions }) => actions.watch(undefined),
};

export const homeScreen: Screen = {
  place: { key: 'h', name: (t) => t.console.screens.home },
  title: ({ home }, t) => [home.name ?? t.console.home.title],
  facts: instanceFacts,
  bindings: (state) => {
    const { home } = state;
    if (home.trouble) return [retry, choose, quit];
    if (home.name === undefined) return [choose, pick, quit];
    if (isOnFolded(state)) return [choose, unfold, browse, problems, concerns, quit];
    const [first, last] = causeOfHome(state) ? [[fix], []] : [[], [{ ...fix, quiet: true }]];
    return [
      choose,
      ...first,
      ...ofParts,
      browse,
      problems,
      concerns,
      ...last,
      ...(home.choices.length > 1 ? [others] : []),
      quit,
    ];
  },
  keyTable: [
    {
      name: (t) => t.console.scopes.home,
      bindings: [choose, fix, ...ofParts, browse, problems, concerns, others, quit],
    },
    { name: (t) => t.console.scopes.choices, bindings: [choose, pick, quit] },
    troubleScope,
  ],
  shows: ({ home, seen }) => [home, seen?.snapshot.objects.ResourceQuota],
  // An age that grows is something that moves.
  isMoving: ({ home }) => home.run.cutOffSince !== undefined,
  draw: drawHome,
};

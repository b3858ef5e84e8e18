/** Logs: what the parts of an instance write, side by side, as they write it. */
import type { Messages } from '../../../messages/index.ts';
import { isSearching } from '../../components/search.ts';
import { edit, insert } from '../../components/text-field.ts';
import { dim, type Line } from '../../draw/line.ts';
import { viewOf } from '../../frame.ts';
import type { Binding } from '../../keys/bindings.ts';
import type { App, Screen } from '../../screen.ts';
import type { State } from '../../state.ts';
import { home, instanceFacts, isInstalling, quit, retry, titleOf } from '../instance-screen.ts';
import { searchKeys } from '../search-keys.ts';
import { arrangeKeys, paneKey, zoom } from './arrange-keys.ts';
import { here, update } from './key.ts';
import { errorKeys, lineKeys, pause, typingKeys } from './keys.ts';
import { changePane, cursorOf, jump } from './moves.ts';
import type { LogsState } from './state.ts';
import { drawLogs, formatRate, pageOf, placesIn } from './view.ts';

function goTo(app: App, way: 'here' | 'next' | 'previous'): void {
  const found = here(app.state);
  const { query } = app.state.logs.search;
  if (!found || query === '') return;
  const { pane, followed } = found;
  const number = followed.search(pane, query).go(cursorOf(pane, followed) ?? 0, way);
  if (number === undefined) return;
  const page = pageOf(app.state.logs, viewOf(app.state));
  update(app, (logs) => changePane(logs, (each) => jump(each, number, followed, page)));
}

const search = searchKeys({
  scope: 'logs',
  search: ({ state }) => state.logs.search,
  change: (app, next) => update(app, (logs) => ({ ...logs, search: next })),
  go: goTo,
});

/** To the screen that somebody came from; the search ends first. */
const back: Binding<App> = {
  ...search.back,
  description: (t) => t.console.keys.toWhereFrom,
  run(app, press) {
    if (app.state.logs.search.query !== '') search.back.run(app, press);
    else app.change((state) => ({ ...state, screen: state.logs.from, logs: { ...state.logs, from: 'home' } }));
  },
};

const bindings = [paneKey, ...errorKeys, ...search.begin, pause, zoom, ...lineKeys, ...arrangeKeys, back];

/** Lines a second of all that is shown. */
function rateOf({ panes, followed }: LogsState): number {
  const components = new Set(panes.map(({ component }) => component));
  return followed ? [...components].reduce((sum, component) => sum + followed.rate(component), 0) : 0;
}

/** How many of the panes there is room for. */
function unshown(state: State, t: Messages): Line {
  const { panes, isZoomed } = state.logs;
  const shown = placesIn(state.logs, viewOf(state)).length;
  return isZoomed || shown === panes.length ? [] : [dim(` · ${t.console.logs.panesShown(shown, panes.length)}`)];
}

export const logsScreen: Screen = {
  place: { key: 'l', name: (t) => t.console.screens.logs },
  title: (state, t) => [
    ...titleOf(state, t.console.screens.logs),
    ...unshown(state, t),
    dim(` · ${t.console.logs.lookBack[state.logs.lookBack]}`),
  ],
  facts: (state, t) => [...instanceFacts(state, t), t.console.logs.facts(formatRate(rateOf(state.logs)))],
  bindings: (state) => {
    if (state.home.trouble) return [retry, home, quit];
    if (state.logs.typing) return typingKeys;
    if (isSearching(state.logs.search)) return search.typing;
    // Whoever only looks does not end an install.
    return isInstalling(state) ? bindings : [...bindings, quit];
  },
  keyTable: [
    { name: (t) => t.console.screens.logs, bindings: [...bindings, quit] },
    { name: (t) => t.console.scopes.filter, bindings: typingKeys },
  ],
  isTyping: ({ logs }) => isSearching(logs.search) || logs.typing !== undefined,
  press(pressed, app) {
    const { typing } = app.state.logs;
    if (!typing) return search.press(pressed, app);
    const field = edit(typing.field, pressed);
    if (field) update(app, (logs) => ({ ...logs, typing: { ...typing, field, trouble: undefined } }));
    return field !== undefined;
  },
  paste(text, app) {
    const { typing } = app.state.logs;
    if (!typing) return search.paste(text, app);
    const field = insert(typing.field, text);
    return update(app, (logs) => ({ ...logs, typing: { ...typing, field, trouble: undefined } }));
  },
  shows: (state: State) => [state.logs, state.home.trouble, ageStep(state)],
  draw: drawLogs,
};

/** Where ages are shown, they pass. */
const ageStep = ({ logs, now }: State): number => (logs.times === 'age' ? Math.floor(now / 1000) : 0);

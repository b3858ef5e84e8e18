/** Events: what happened to the parts of an instance, as it happens. */

import type { Happening } from '../../../observe/happenings.ts';
import { isSearching, nextHit } from '../../components/search.ts';
import { placeOf, spotAfter, spotAt } from '../../components/selection.ts';
import { nextOrder } from '../../components/table.ts';
import { viewOf } from '../../frame.ts';
import type { Binding } from '../../keys/bindings.ts';
import { readerOf } from '../../overlays/text.ts';
import type { App, Screen } from '../../screen.ts';
import type { State } from '../../state.ts';
import { wordsIn } from '../../words.ts';
import { home, instanceFacts, noPart, quit, retry, titleOf } from '../instance-screen.ts';
import { readingKey } from '../reading-keys.ts';
import { searchKeys } from '../search-keys.ts';
import type { EventsState } from './state.ts';
import { columnsOf, drawEvents, eventHits, eventIds, eventLines, eventName, eventsBeat, eventsShown } from './view.ts';

const update = ({ change }: App, how: (events: EventsState) => EventsState): void =>
  change((state) => ({ ...state, events: how(state.events) }));

const shownIn = (state: State): readonly Happening[] => eventsShown(state, wordsIn(state));

function chosenEvent(state: State): Happening | undefined {
  const shown = shownIn(state);
  return shown[placeOf(eventIds(shown), state.events.spot)];
}

const choose: Binding<App> = {
  id: 'events.choose',
  keys: ['up', 'down', 'k', 'j', 'pageup', 'pagedown', 'home', 'end'],
  label: (t) => t.console.keys.choose,
  description: (t) => t.console.keys.chooseText,
  quiet: true,
  run(app, press) {
    const ids = eventIds(shownIn(app.state));
    const spot = spotAfter(ids, app.state.events.spot, press, viewOf(app.state).rows - 6);
    // At the top, whatever happens next is what is looked at.
    if (spot) update(app, (events) => ({ ...events, spot: spot.index === 0 ? undefined : spot }));
  },
};

const whole: Binding<App> = {
  id: 'events.open',
  keys: ['enter'],
  label: (t) => t.console.keys.wholeEvent,
  description: (t) => t.console.keys.wholeEventText,
  disabled: ({ state }) => (chosenEvent(state) ? undefined : (t) => t.console.events.none),
  run(app) {
    const event = chosenEvent(app.state);
    if (!event) return;
    const overlay = readerOf(() => eventName(event), 'plain', eventLines(event, app.t));
    app.change((state) => ({ ...state, overlay }));
  },
};

const warnings: Binding<App> = {
  id: 'events.warnings',
  keys: ['p'],
  label: (t) => t.console.keys.warnings,
  description: (t) => t.console.keys.warningsText,
  run: (app) => update(app, (events) => ({ ...events, onlyWarnings: !events.onlyWarnings })),
};

const order: Binding<App> = {
  id: 'events.order',
  keys: ['S'],
  label: (t) => t.console.keys.order,
  description: (t) => t.console.keys.orderText,
  quiet: true,
  run: (app) =>
    update(app, (events) => ({ ...events, sortedBy: nextOrder(columnsOf(app.t), events.sortedBy) ?? events.sortedBy })),
};

const partOfEvent = (state: State) => chosenEvent(state)?.part ?? noPart;
const log = readingKey('events', { what: 'log', keys: ['l'], moment: (state) => chosenEvent(state)?.at }, partOfEvent);
const describe = readingKey('events', { what: 'describe', keys: ['d'], quiet: true }, partOfEvent);
const yaml = readingKey('events', { what: 'yaml', keys: ['v'], quiet: true }, partOfEvent);

function goTo(app: App, way: 'here' | 'next' | 'previous'): void {
  const shown = shownIn(app.state);
  const ids = eventIds(shown);
  const hit = nextHit(eventHits(shown, app.state), placeOf(ids, app.state.events.spot), way);
  const spot = hit === undefined ? undefined : spotAt(ids, hit);
  if (spot) update(app, (events) => ({ ...events, spot }));
}

const search = searchKeys({
  scope: 'events',
  search: ({ state }) => state.events.search,
  change: (app, search) => update(app, (events) => ({ ...events, search })),
  go: goTo,
});

const bindings = [choose, whole, log, describe, yaml, warnings, ...search.begin, order, search.back, quit];

export const eventsScreen: Screen = {
  place: { key: 'e', name: (t) => t.console.screens.events },
  title: (state, t) => titleOf(state, t.console.screens.events),
  facts: instanceFacts,
  bindings: (state) => {
    if (state.home.trouble) return [retry, home, quit];
    return isSearching(state.events.search) ? search.typing : bindings;
  },
  keyTable: [
    { name: (t) => t.console.screens.events, bindings },
    { name: (t) => t.console.scopes.search, bindings: search.typing },
  ],
  isTyping: ({ events, home: { trouble } }) => isSearching(events.search) && !trouble,
  press: search.press,
  paste: search.paste,
  // Of all that changes in an instance, only this concerns what has happened.
  shows: (state) => [
    state.seen?.snapshot.objects.Event,
    state.seen?.snapshot.forbidden.size,
    state.events,
    state.home.trouble,
    eventsBeat(state),
  ],
  isMoving: ({ home }) => home.run.cutOffSince !== undefined,
  draw: drawEvents,
};

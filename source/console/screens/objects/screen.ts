/** Objects: what an instance is made of, and what can be read of each. */
import type { ObjectName } from '../../../observe/inventory.ts';
import type { ComponentId } from '../../../stack/types.ts';
import { isSearching, nextHit } from '../../components/search.ts';
import { chosenRow, pressTree, revealed, toggled } from '../../components/tree.ts';
import { viewOf } from '../../frame.ts';
import type { Binding } from '../../keys/bindings.ts';
import type { App, Screen } from '../../screen.ts';
import type { State } from '../../state.ts';
import { ageBeat, home, instanceFacts, noPart, quit, retry, titleOf } from '../instance-screen.ts';
import { readingKey } from '../reading-keys.ts';
import { searchKeys } from '../search-keys.ts';
import { allRows, newestOf, nodesOf, rowsIn, type Thing } from './nodes.ts';
import type { ObjectsState } from './state.ts';
import { drawObjects, objectHits } from './view.ts';

const update = ({ change }: App, how: (objects: ObjectsState) => ObjectsState): void =>
  change((state) => ({ ...state, objects: how(state.objects) }));

const chosenThing = (state: State): Thing | undefined => chosenRow(rowsIn(state), state.objects.tree)?.value;

const moving = (id: string, keys: readonly string[], more: Pick<Binding<App>, 'label' | 'description' | 'quiet'>) => ({
  id,
  keys,
  ...more,
  run(app: App, press: string) {
    const rows = rowsIn(app.state);
    const tree = pressTree(rows, app.state.objects.tree, press, viewOf(app.state).rows - 1);
    if (tree) update(app, (objects) => ({ ...objects, tree }));
  },
});

const choose: Binding<App> = moving('objects.choose', ['up', 'down', 'k', 'j', 'pageup', 'pagedown', 'home', 'end'], {
  label: (t) => t.console.keys.choose,
  description: (t) => t.console.keys.chooseText,
  quiet: true,
});

const fold: Binding<App> = moving('objects.fold', ['left', 'right'], {
  label: (t) => t.console.keys.fold,
  description: (t) => t.console.keys.foldText,
});

/** What is read: of an object itself, of a part as a whole. */
function subjectOf(state: State): ComponentId | ObjectName | typeof noPart {
  const thing = chosenThing(state);
  if (thing?.type === 'part') return thing.part;
  return thing?.type === 'object' ? { kind: thing.object.kind, name: thing.object.name } : noPart;
}

const open: Binding<App> = {
  id: 'objects.open',
  keys: ['enter'],
  label: (t) => t.console.keys.open,
  description: (t) => t.console.keys.openObjectText,
  run(app) {
    const subject = subjectOf(app.state);
    if (typeof subject === 'object') app.actions.read('describe', subject);
    else update(app, (objects) => ({ ...objects, tree: toggled(rowsIn(app.state), objects.tree) }));
  },
};

const describe = readingKey('objects', { what: 'describe', keys: ['d'], quiet: true }, subjectOf);
const yaml = readingKey('objects', { what: 'yaml', keys: ['v'] }, subjectOf);
const events = readingKey('objects', { what: 'events', keys: ['e'] }, subjectOf);
const log = readingKey('objects', { what: 'log', keys: ['l'] }, subjectOf);

function goTo(app: App, way: 'here' | 'next' | 'previous'): void {
  const nodes = nodesOf(app.state);
  const all = allRows(nodes);
  const chosen = chosenRow(rowsIn(app.state), app.state.objects.tree);
  const at = all.findIndex(({ id }) => id === chosen?.id);
  const hit = all[nextHit(objectHits(app.state), at, way) ?? -1];
  if (hit) update(app, (objects) => ({ ...objects, tree: revealed(nodes, hit.id, objects.tree) }));
}

const search = searchKeys({
  scope: 'objects',
  search: ({ state }) => state.objects.search,
  change: (app, search) => update(app, (objects) => ({ ...objects, search })),
  go: goTo,
});

const bindings = [choose, open, fold, describe, yaml, events, log, ...search.begin, search.back, quit];

export const objectsScreen: Screen = {
  place: { key: 'o', name: (t) => t.console.screens.objects },
  title: (state, t) => titleOf(state, t.console.screens.objects),
  facts: instanceFacts,
  bindings: (state) => {
    if (state.home.trouble) return [retry, home, quit];
    return isSearching(state.objects.search) ? search.typing : bindings;
  },
  keyTable: [{ name: (t) => t.console.screens.objects, bindings }],
  isTyping: ({ objects, home: { trouble } }) => isSearching(objects.search) && !trouble,
  press: search.press,
  paste: search.paste,
  shows: (state) => [state.seen, state.objects, state.home.trouble, state.home.run, ageBeat(newestOf(state), state)],
  isMoving: ({ home }) => home.run.cutOffSince !== undefined,
  draw: drawObjects,
};

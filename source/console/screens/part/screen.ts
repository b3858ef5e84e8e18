/** One part: why it is as it is, what it is made of, and what can be done about it. */
import { isSearching } from '../../components/search.ts';
import { viewOf } from '../../frame.ts';
import { type Binding, keyName } from '../../keys/bindings.ts';
import { goToHit, pressText } from '../../overlays/text.ts';
import type { App, Screen } from '../../screen.ts';
import type { State } from '../../state.ts';
import { home, instanceFacts, noPart, quit, retry, titleOf } from '../instance-screen.ts';
import { browseKey, causeOf, fixKey, restartKey, scaleKey } from '../part-keys.ts';
import { readingKey } from '../reading-keys.ts';
import { searchKeys } from '../search-keys.ts';
import { emptyPart, type PartState } from './state.ts';
import { drawPart, partBeat, readerIn } from './view.ts';

const update = ({ change }: App, how: (part: PartState) => PartState): void =>
  change((state) => ({ ...state, part: how(state.part) }));

const partOf = ({ part }: State) => part.id;
const read = (state: State) => partOf(state) ?? noPart;

const fix = fixKey('part', partOf);

/** What can be done, the most usual first. */
const doings: readonly Binding<App>[] = [
  readingKey('part', { what: 'log', keys: ['l'] }, read),
  scaleKey('part', partOf),
  readingKey('part', { what: 'events', keys: ['e'] }, read),
  restartKey('part', partOf),
  readingKey('part', { what: 'yaml', keys: ['v'] }, read),
  readingKey('part', { what: 'describe', keys: ['d'], quiet: true }, read),
  { ...browseKey('part'), quiet: true },
];

/** An input method may swallow letters: all that they do can be chosen from a list. */
const actions: Binding<App> = {
  id: 'part.actions',
  keys: ['enter'],
  label: (t) => t.console.keys.actions,
  description: (t) => t.console.keys.actionsText,
  run(app) {
    const { id = '' } = app.state.part;
    const all = causeOf(app.state, partOf(app.state)) ? [fix, ...doings] : [...doings, fix];
    app.change((state) => ({
      ...state,
      overlay: {
        type: 'choices',
        title: (t) => t.console.part.actions(id),
        entries: all.map(({ keys: [key = ''], description, label, disabled }) => ({
          label: (t) => {
            const why = disabled?.(app);
            return `${keyName(key)}  ${(description ?? label)(t)}${why ? `  (${why(t)})` : ''}`;
          },
        })),
        index: 0,
        onChoose(now, index) {
          const chosen = all[index];
          const why = chosen?.disabled?.(now);
          if (why) now.change((before) => ({ ...before, toast: why }));
          else chosen?.run(now, '');
        },
      },
    }));
  },
};

const copy: Binding<App> = {
  id: 'part.copy',
  keys: ['y'],
  label: (t) => t.console.keys.copy,
  description: (t) => t.console.keys.copyText,
  quiet: true,
  run(app) {
    app.actions.copy((readerIn(app.state)?.lines ?? []).join('\n'));
    app.change((state) => ({ ...state, toast: (t) => t.console.keys.copied }));
  },
};

const search = searchKeys({
  scope: 'part',
  search: ({ state }) => state.part.search,
  change: (app, next) => update(app, (part) => ({ ...part, search: next })),
  go(app, way) {
    const reader = readerIn(app.state);
    if (!reader) return;
    const { pager, hit } = goToHit(reader, way, viewOf(app.state));
    update(app, (part) => ({ ...part, pager, hit }));
  },
});

const ofPart = (first: readonly Binding<App>[], last: readonly Binding<App>[]): readonly Binding<App>[] => [
  actions,
  ...first,
  ...doings,
  ...last,
  ...search.begin,
  copy,
  search.back,
  quit,
];

export const partScreen: Screen = {
  title: (state, t) => titleOf(state, partOf(state) ?? t.console.objects.noPart),
  facts: instanceFacts,
  bindings: (state) => {
    if (state.home.trouble) return [retry, home, quit];
    if (state.home.gone) return [home, quit];
    if (isSearching(state.part.search)) return search.typing;
    return causeOf(state, partOf(state)) ? ofPart([fix], []) : ofPart([], [{ ...fix, quiet: true }]);
  },
  keyTable: [{ name: (t) => t.console.screens.part, bindings: ofPart([fix], []) }],
  isTyping: ({ part, home: { gone, trouble } }) => isSearching(part.search) && !trouble && !gone,
  press(pressed, app) {
    if (search.press(pressed, app)) return true;
    const reader = readerIn(app.state);
    const moved = reader && pressText(reader, pressed, viewOf(app.state));
    if (moved) update(app, (part) => ({ ...part, pager: moved.pager, hit: undefined }));
    return moved !== undefined;
  },
  paste: search.paste,
  shows: (state) => {
    const { run, figures, troubles, gone, trouble } = state.home;
    return [state.seen, state.part, run, figures, troubles, gone, trouble, partBeat(state)];
  },
  isMoving: ({ home: { run } }) => run.cutOffSince !== undefined,
  draw: drawPart,
};

/** From its beginning. */
export const openPart = (id: PartState['id'], state: State): State => ({
  ...state,
  screen: 'part',
  part: { ...emptyPart, id },
});

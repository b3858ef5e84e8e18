/** Keys while a text is read. */
import { isSearching, noSearch } from '../components/search.ts';
import { viewOf } from '../frame.ts';
import type { Binding } from '../keys/bindings.ts';
import type { App, KeyScope, View } from '../screen.ts';
import { searchKeys } from '../screens/search-keys.ts';
import { folds, goToHit, pressText, type Reader, toggledFold } from './text.ts';

const update = ({ change }: App, how: (reader: Reader, view: View) => Reader): void =>
  change((state) =>
    state.overlay?.type === 'text' ? { ...state, overlay: how(state.overlay, viewOf(state)) } : state,
  );

const copy: Binding<App> = {
  id: 'text.copy',
  keys: ['y'],
  label: (t) => t.console.keys.copy,
  description: (t) => t.console.keys.copyText,
  run({ state, actions, change }) {
    if (state.overlay?.type !== 'text') return;
    actions.copy((state.overlay.lines ?? []).join('\n'));
    change((now) => ({ ...now, toast: (t) => t.console.keys.copied }));
  },
};

const fold: Binding<App> = {
  id: 'text.fold',
  keys: ['left', 'right'],
  label: (t) => t.console.keys.fold,
  description: (t) => t.console.keys.foldText,
  run: (app, press) => update(app, (reader, view) => pressText(reader, press, view) ?? reader),
};

const toggle: Binding<App> = {
  id: 'text.toggle',
  keys: ['enter'],
  label: (t) => t.console.keys.fold,
  quiet: true,
  run: (app) => update(app, toggledFold),
};

const close: Binding<App> = {
  id: 'text.close',
  keys: ['esc', 'q'],
  label: (t) => t.console.keys.close,
  description: (t) => t.console.keys.closeText,
  run(app) {
    const { overlay } = app.state;
    // What was searched for goes first.
    if (overlay?.type === 'text' && overlay.search.query !== '')
      update(app, (reader) => ({ ...reader, search: noSearch, hit: undefined }));
    else app.change((state) => ({ ...state, overlay: undefined }));
  },
};

const search = searchKeys({
  scope: 'text',
  search: ({ state }) => (state.overlay?.type === 'text' ? state.overlay.search : noSearch),
  change: (app, search) =>
    update(app, (reader) => ({ ...reader, search, hit: isSearching(search) ? undefined : reader.hit })),
  go: (app, way) => update(app, (reader, view) => goToHit(reader, way, view)),
});

export function textBindings(reader: Reader): readonly Binding<App>[] {
  const { search: now, lines = [] } = reader;
  if (lines.length === 0) return [close];
  if (isSearching(now)) return search.typing;
  return [...(folds(reader) ? [fold, toggle] : []), ...search.begin, copy, close];
}

export const textScope: KeyScope = {
  name: (t) => t.console.scopes.text,
  bindings: [fold, toggle, ...search.begin, copy, close],
};

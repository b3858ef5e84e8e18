/** Keys of a search on a screen; the same ones wherever something can be searched. */
import type { Say } from '../../messages/index.ts';
import { beginSearch, endSearch, noSearch, pasteSearch, type Search, typeSearch } from '../components/search.ts';
import type { Binding } from '../keys/bindings.ts';
import type { App } from '../screen.ts';
import { home } from './instance-screen.ts';

export interface Searching {
  /** Beginning of the ids. */
  readonly scope: string;
  readonly search: (app: App) => Search;
  readonly change: (app: App, search: Search) => void;
  /** What its keys are called, where they do something else than to lead to hits. */
  readonly labels?: { readonly found: Say; readonly noSearch: Say };
  readonly go: (app: App, way: 'here' | 'next' | 'previous') => void;
}

export interface SearchKeys {
  readonly begin: readonly Binding<App>[];
  /** While the text is typed. */
  readonly typing: readonly Binding<App>[];
  /** Leaves the search first, then the screen. */
  readonly back: Binding<App>;
  /** What is typed into the search. @returns whether it was */
  readonly press: (pressed: string, app: App) => boolean;
  readonly paste: (text: string, app: App) => void;
}

export function searchKeys({ scope, search, change, labels, go }: Searching): SearchKeys {
  const notBegun = (app: App): Say | undefined =>
    search(app).query === '' ? (t) => t.console.search.first : undefined;
  return {
    begin: [
      {
        id: `${scope}.search`,
        keys: ['/'],
        label: (t) => t.console.keys.search,
        description: (t) => t.console.keys.searchText,
        run: (app) => change(app, beginSearch),
      },
      {
        id: `${scope}.next`,
        keys: ['n'],
        label: (t) => t.console.keys.nextHit,
        quiet: true,
        disabled: notBegun,
        run: (app) => go(app, 'next'),
      },
      {
        id: `${scope}.previous`,
        keys: ['N'],
        label: (t) => t.console.keys.previousHit,
        quiet: true,
        disabled: notBegun,
        run: (app) => go(app, 'previous'),
      },
    ],
    typing: [
      {
        id: `${scope}.found`,
        keys: ['enter'],
        label: labels?.found ?? ((t) => t.console.keys.found),
        run: (app) => change(app, endSearch(search(app))),
      },
      {
        id: `${scope}.no-search`,
        keys: ['esc'],
        label: labels?.noSearch ?? ((t) => t.console.keys.noSearch),
        run: (app) => change(app, noSearch),
      },
    ],
    back: {
      ...home,
      id: `${scope}.back`,
      run(app) {
        if (search(app).query === '') home.run(app, 'esc');
        else change(app, noSearch);
      },
    },
    press(pressed, app) {
      const typed = typeSearch(search(app), pressed);
      if (!typed) return false;
      change(app, typed);
      go(app, 'here');
      return true;
    },
    paste(text, app) {
      change(app, pasteSearch(search(app), text));
      go(app, 'here');
    },
  };
}

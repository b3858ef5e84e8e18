/** Presses in, a changed state out: which scope gets a key, and what works on every screen. */
import type { Say } from '../messages/index.ts';
import type { Actions } from './actions.ts';
import { isSearching, pasteSearch } from './components/search.ts';
import { insert } from './components/text-field.ts';
import type { Line, Picture } from './draw/line.ts';
import { always, everywhere, everywhereFrom } from './everywhere.ts';
import { footerLine, isTooSmall, ruleOf, titleLine, viewOf } from './frame.ts';
import { places } from './going.ts';
import { type Binding, dispatch } from './keys/bindings.ts';
import { isText, keyOf } from './keys/press.ts';
import { choicesBindings, drawChoices, pressChoices } from './overlays/choices.ts';
import { drawCommand } from './overlays/command.ts';
import { drawConfirm, pressConfirm } from './overlays/confirm.ts';
import { drawHelp, pressHelp } from './overlays/help.ts';
import { drawNaming, isNamed, pasteNaming, pressNaming } from './overlays/naming.ts';
import type { Overlay } from './overlays/overlay.ts';
import { drawPalette, matching, pressPalette } from './overlays/palette.ts';
import { drawText, pressText } from './overlays/text.ts';
import { textBindings, textScope } from './overlays/text-keys.ts';
import type { App, KeyScope, Screen, View } from './screen.ts';
import { screens } from './screens/index.ts';
import { type State, screenIds } from './state.ts';
import type { Store } from './store.ts';
import { wordsIn } from './words.ts';

export const screenOf = ({ screen }: State): Screen => screens[screen];

const closing: Binding<App> = {
  id: 'overlay.close',
  keys: ['esc'],
  label: (t) => t.console.keys.close,
  run: close,
};

/** All keys of the console, by where they work. */
export const keyTable: readonly KeyScope[] = [
  { name: (t) => t.console.help.everywhere, bindings: [...everywhere, ...always] },
  ...screenIds.flatMap((id) => screens[id].keyTable),
  textScope,
];

/** Scopes of the state, the innermost first. */
export function scopesOf(state: State): readonly (readonly Binding<App>[])[] {
  const { overlay } = state;
  if (overlay) return [[...overlayBindings(overlay), ...(overlay.type === 'text' ? [] : [closing])], always];
  const screen = screenOf(state);
  const own = screen.bindings(state);
  // While text is typed, what has only letters cannot be reached.
  if (screen.isTyping?.(state)) return [own.filter(({ keys }) => !keys.every(isText)), always];
  return [own, everywhere, always];
}

function overlayBindings(overlay: Overlay): readonly Binding<App>[] {
  switch (overlay.type) {
    case 'text':
      return textBindings(overlay);
    case 'go':
      return places;
    case 'choices':
      return choicesBindings(overlay);
    case 'help':
      return [{ id: 'help.close', keys: ['?', 'q'], label: (t) => t.console.keys.close, quiet: true, run: close }];
    case 'command':
      return [
        {
          id: 'command.copy',
          keys: ['y'],
          label: (t) => t.console.keys.copy,
          run: (app) => {
            app.actions.copy(overlay.text);
            toast((t) => t.console.keys.copied, app);
          },
        },
        { id: 'command.close', keys: ['$', 'q'], label: (t) => t.console.keys.close, quiet: true, run: close },
      ];
    case 'confirm':
      return [
        {
          id: 'confirm.yes',
          keys: ['y'],
          label: (t) => t.console.keys.yes,
          run: (app) => {
            close(app);
            overlay.onYes(app);
          },
        },
        { id: 'confirm.no', keys: ['n'], label: (t) => t.console.keys.no, run: close },
      ];
    case 'naming':
      return [
        {
          id: 'naming.yes',
          keys: ['enter'],
          label: (t) => t.console.keys.yes,
          disabled: () => (isNamed(overlay) ? undefined : (t) => t.console.confirm.otherName(overlay.name)),
          run: (app) => {
            close(app);
            overlay.onYes(app);
          },
        },
      ];
    case 'palette':
      return [
        {
          id: 'palette.run',
          keys: ['enter'],
          label: (t) => t.console.keys.choose,
          run: (app) => {
            const found = foundBy(app.state, overlay)[overlay.index];
            close(app);
            if (found) act(found, app);
          },
        },
      ];
  }
}

const paletteBindings = (state: State): readonly Binding<App>[] => [
  ...screenOf(state).bindings(state),
  ...everywhereFrom(state).filter(({ id }) => id !== 'palette'),
  ...always,
];

const helpScopes = (state: State) => ({
  here: screenOf(state).bindings(state),
  everywhere: [...everywhereFrom(state), ...always],
});

const foundBy = (state: State, { field }: Extract<Overlay, { type: 'palette' }>): readonly Binding<App>[] =>
  matching(paletteBindings(state), field.text, wordsIn(state));

function close({ change }: App): void {
  change((state) => ({ ...state, overlay: undefined }));
}
function open({ change }: App, overlay: Overlay): void {
  change((state) => ({ ...state, overlay }));
}

function act(binding: Binding<App>, app: App): void {
  const why = binding.disabled?.(app);
  if (why) toast(why, app);
  else binding.run(app, binding.keys[0] ?? '');
}

export function appOf(store: Store<State>, actions: Actions): App {
  return {
    get state() {
      return store.read();
    },
    get t() {
      return wordsIn(store.read());
    },
    actions,
    change: (update) => store.change(update, true),
  };
}

export function drawOverlay(overlay: Overlay, view: View): Picture {
  switch (overlay.type) {
    case 'help':
      return drawHelp(overlay.pager, helpScopes(view.state), view);
    case 'palette':
      return drawPalette(overlay, foundBy(view.state, overlay), view);
    case 'command':
      return drawCommand(overlay.text, view);
    case 'go':
      return screenOf(view.state).draw(view);
    case 'text':
      return drawText(overlay, view);
    case 'choices':
      return drawChoices(overlay, view);
    case 'naming':
      return drawNaming(overlay, view);
    case 'confirm':
      return drawConfirm(overlay, view);
  }
}

/** The whole picture, without anybody who draws it. */
export function frameOf(state: State): readonly Line[] {
  const screen = screenOf(state);
  const view = viewOf(state);
  const { lines } = screen.draw(view);
  return [
    titleLine(screen.title(state, view.t), screen.facts(state, view.t), state),
    ruleOf(state),
    ...Array.from({ length: view.rows }, (_, row) => lines[row] ?? []),
    ruleOf(state),
    footerLine(scopesOf(state), state),
  ];
}

/** Whether what is pressed is text now. */
function isTextTyped(state: State): boolean {
  const { overlay } = state;
  if (overlay)
    return (
      overlay.type === 'palette' ||
      overlay.type === 'naming' ||
      (overlay.type === 'text' && isSearching(overlay.search))
    );
  return screenOf(state).isTyping?.(state) ?? false;
}

/** One key. */
export function press(pressed: string, app: App): void {
  if (app.state.toast) app.change((state) => ({ ...state, toast: undefined }));
  const { state } = app;
  if (isTooSmall(state) && !['ctrl-c', 'ctrl-z'].includes(pressed)) return;
  const isTyping = isTextTyped(state);
  if (isTyping && isText(pressed)) pressInside(pressed, app);
  else pressKey(isTyping ? pressed : keyOf(pressed), app);
}

function pressKey(key: string, app: App): void {
  const { state } = app;
  const found = dispatch(key, scopesOf(state), app);
  if (found.type === 'run') found.binding.run(app, key);
  else if (found.type === 'refused') toast(found.why, app);
  else if (!pressInside(key, app) && isText(key)) {
    if (state.overlay?.type === 'go') close(app);
    if (state.overlay === undefined || state.overlay.type === 'go') toast((t) => t.console.unknownKey(key), app);
  }
}

const toast = (say: Say, { change }: App): void => change((state) => ({ ...state, toast: say }));

function pressInside(pressed: string, app: App): boolean {
  const { state } = app;
  const { overlay } = state;
  if (!overlay) return screenOf(state).press?.(pressed, app) ?? false;
  if (overlay.type === 'help') {
    const pager = pressHelp(overlay.pager, pressed, helpScopes(state), viewOf(state));
    if (pager) open(app, { ...overlay, pager });
    return pager !== undefined;
  }
  if (overlay.type === 'text') {
    const reader = pressText(overlay, pressed, viewOf(state));
    if (reader) open(app, reader);
    return reader !== undefined;
  }
  if (overlay.type === 'choices') {
    const choices = pressChoices(overlay, pressed);
    if (choices) open(app, choices);
    return choices !== undefined;
  }
  if (overlay.type === 'confirm') {
    const confirm = pressConfirm(overlay, pressed, viewOf(state));
    if (confirm) open(app, confirm);
    return confirm !== undefined;
  }
  if (overlay.type === 'naming') {
    const naming = pressNaming(overlay, pressed, viewOf(state));
    if (naming) open(app, naming);
    return naming !== undefined;
  }
  if (overlay.type !== 'palette') return false;
  const palette = pressPalette(overlay, pressed, foundBy(state, overlay).length);
  if (palette) open(app, { type: 'palette', ...palette });
  return palette !== undefined;
}

/** What was pasted, as one piece. */
export function paste(text: string, app: App): void {
  const { state } = app;
  const { overlay } = state;
  if (isTooSmall(state)) return;
  if (!overlay) screenOf(state).paste?.(text, app);
  else if (overlay.type === 'palette') open(app, { ...overlay, field: insert(overlay.field, text), index: 0 });
  else if (overlay.type === 'naming') open(app, pasteNaming(overlay, text));
  else if (overlay.type === 'text') open(app, { ...overlay, search: pasteSearch(overlay.search, text) });
}

/** From screen to screen: `g`, and then the letter of one. All of it follows from the screens' records. */
import type { Say } from '../messages/index.ts';
import type { Binding } from './keys/bindings.ts';
import type { App } from './screen.ts';
import { screens } from './screens/index.ts';
import { isInstalling } from './screens/instance-screen.ts';
import { type ScreenId, type State, screenIds } from './state.ts';

const reachable = screenIds.flatMap((id) => {
  const { place } = screens[id];
  return place ? [{ id, ...place }] : [];
});

/** Why no other screen can be gone to now. */
function stays({ state }: Pick<App, 'state'>): Say | undefined {
  if (isInstalling(state)) return (t) => t.console.goingLater;
  return state.home.name === undefined ? (t) => t.console.noInstanceYet : undefined;
}

const goTo =
  (screen: ScreenId) =>
  ({ change }: App): void =>
    change((state: State) => ({ ...state, screen, overlay: undefined, logs: { ...state.logs, from: 'home' } }));

/** `g`: which letter follows is seen in the footer. */
export const go: Binding<App> = {
  id: 'go',
  keys: ['g'],
  label: (t) => t.console.keys.go,
  description: (t) => t.console.keys.goText,
  disabled: stays,
  run: ({ change }) => change((state) => ({ ...state, overlay: { type: 'go' } })),
};

/** After `g`. */
export const places: readonly Binding<App>[] = reachable.map(({ id, key, name }) => ({
  id: `go.${id}`,
  keys: [key],
  label: name,
  run: goTo(id),
}));

/** The same for those who read about keys, and for the palette: both presses as one name, which no single press has. */
export const journeys: readonly Binding<App>[] = reachable.map(({ id, key, name }) => ({
  id: `go.${id}`,
  keys: [`g ${key}`],
  label: name,
  description: (t) => t.console.keys.goToText(name(t)),
  quiet: true,
  disabled: stays,
  run: goTo(id),
}));

/** Keys that arrange the panes, and choose what is in them. */
import type { Binding } from '../../keys/bindings.ts';
import type { Choice } from '../../overlays/overlay.ts';
import type { App } from '../../screen.ts';
import { here, inPane, key, quiet, say, severalPanes, update } from './key.ts';
import { add, addable, leaveOut, remove, swap } from './moves.ts';
import { mostPanes } from './state.ts';

const pane = key('pane', ['tab', 'shift-tab', 'right', 'left'], 'pane', 'paneText', (app, press) =>
  update(app, (logs) => {
    const by = press === 'tab' || press === 'right' ? 1 : -1;
    return { ...logs, focus: (logs.focus + by + logs.panes.length) % logs.panes.length };
  }),
);

const zoom = key('zoom', ['z'], 'zoom', 'zoomText', (app) =>
  update(app, (logs) => ({ ...logs, isZoomed: !logs.isZoomed })),
);

const plus = key('add', ['+'], 'add', 'addText', (app) =>
  app.change((state) => ({
    ...state,
    overlay: {
      type: 'choices',
      title: (t) => t.console.logs.addTitle,
      entries: addable.map((name): Choice => ({ label: (t) => labelOf(name, t) })),
      index: 0,
      onChoose: (then, index) => {
        const name = addable[index] as string;
        if (then.state.logs.panes.length >= mostPanes) return say(then, (t) => t.console.logs.allShown);
        return update(then, (logs) => add(logs, name));
      },
    },
  })),
);

const minus = key('remove', ['-'], 'remove', 'removeText', (app) => update(app, remove), { ...severalPanes, ...quiet });

const exchange = key('swap', ['S'], 'swap', 'swapText', (app) => update(app, swap), { ...severalPanes, ...quiet });

const pods = key('pods', ['c'], 'pods', 'podsText', (app) => openPods(app, 0), {
  ...quiet,
  disabled: ({ state }) => {
    const found = here(state);
    return found && found.followed.places(found.pane.component).length > 0 ? undefined : (t) => t.console.logs.noLine;
  },
});

function openPods(app: App, index: number): void {
  const found = here(app.state);
  if (!found) return;
  const { component } = found.pane;
  const places = found.followed.places(component);
  app.change((state) => ({
    ...state,
    overlay: {
      type: 'choices',
      title: (t) => t.console.logs.podsTitle(component),
      entries: places.map((place) => ({ label: () => place, isOn: !found.pane.without.has(place) })),
      index,
      onChoose: (then, chosen) => {
        inPane(then, (each) => leaveOut(each, places[chosen] as string));
        openPods(then, chosen);
      },
    },
  }));
}

const labelOf = (name: string, t: App['t']): string =>
  name in t.logs.words && name !== 'title' ? `${name} · ${t.logs.words[name as 'stores']}` : name;

export const paneKeys: readonly Binding<App>[] = [pane, zoom];
export const arrangeKeys: readonly Binding<App>[] = [plus, minus, exchange, pods];

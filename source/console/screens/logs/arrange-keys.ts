/** Keys that arrange the panes, and choose what is in them. */
import { isPreset, presets } from '../../../logs/presets.ts';
import type { Binding } from '../../keys/bindings.ts';
import type { Choice } from '../../overlays/overlay.ts';
import type { App } from '../../screen.ts';
import { here, inPane, key, quiet, say, severalPanes, update } from './key.ts';
import { add, addable, leaveOut, remove, swap } from './moves.ts';

export const paneKey = key('pane', ['tab', 'shift-tab', 'right', 'left'], 'pane', 'paneText', (app, press) =>
  update(app, (logs) => {
    const by = press === 'tab' || press === 'right' ? 1 : -1;
    return { ...logs, focus: (logs.focus + by + logs.panes.length) % logs.panes.length };
  }),
);

export const zoom = key('zoom', ['z'], 'zoom', 'zoomText', (app) =>
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
        const added = add(then.state.logs, addable[index] as string);
        return added ? update(then, () => added) : say(then, (t) => t.console.logs.allShown);
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
  isPreset(name) ? t.console.logs.instead(name, presets[name].join(', ')) : name;

export const arrangeKeys: readonly Binding<App>[] = [plus, minus, exchange, pods];

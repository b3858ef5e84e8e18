/** Keys that arrange the panes, and choose what is in them. */
import { isPreset, presets } from '../../../logs/presets.ts';
import type { Say } from '../../../messages/index.ts';
import type { Binding } from '../../keys/bindings.ts';
import type { Choice } from '../../overlays/overlay.ts';
import type { App } from '../../screen.ts';
import { here, inPane, key, quiet, say, severalPanes, update } from './key.ts';
import { add, addable, leaveOut, readBefore, remove, swap } from './moves.ts';
import type { Pane, RunChoice } from './state.ts';

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

const runsHere = ({ state }: App): readonly RunChoice[] => {
  const found = here(state);
  return found?.followed.runs(found.pane.component) ?? [];
};

const pods = key('pods', ['c'], 'pods', 'podsText', (app) => openPods(app, runsHere(app), 0), {
  ...quiet,
  disabled: (app) => (runsHere(app).length > 0 ? undefined : (t) => t.console.logs.noLine),
});

/** @param runs as they were when it was opened: what is read anew is not known for a moment */
function openPods(app: App, runs: readonly RunChoice[], index: number): void {
  const found = here(app.state);
  if (!found) return;
  const { pane } = found;
  const switches = switchesOf(runs);
  app.change((state) => ({
    ...state,
    overlay: {
      type: 'choices',
      title: (t) => t.console.logs.podsTitle(pane.component),
      entries: switches.map(({ label, isOn }) => ({ label, isOn: isOn(pane) })),
      index,
      onChoose: (then, chosen) => {
        inPane(then, (each) => switches[chosen]?.press(each) ?? each);
        openPods(then, runs, chosen);
      },
    },
  }));
}

interface Switch {
  readonly label: Say;
  readonly isOn: (pane: Pane) => boolean;
  readonly press: (pane: Pane) => Pane;
}

/** Of each container; and of its runs, where it has several. */
function switchesOf(runs: readonly RunChoice[]): readonly Switch[] {
  return [...Map.groupBy(runs, ({ place }) => place)].flatMap(([place, own]): readonly Switch[] => [
    { label: () => place, isOn: ({ without }) => !without.has(place), press: (pane) => leaveOut(pane, place) },
    ...(own.length > 1 ? own.map(switchOfRun) : []),
  ]);
}

const switchOfRun = ({ name, place, restart, isBefore }: RunChoice): Switch => ({
  label: (t) => `  ${t.console.logs.recordRun(restart)}`,
  isOn: ({ before, without }) => !without.has(place) && (isBefore ? before.has(name) : !without.has(name)),
  press: (pane) => (isBefore ? readBefore(pane, name) : leaveOut(pane, name)),
});

const labelOf = (name: string, t: App['t']): string =>
  isPreset(name) ? t.console.logs.instead(name, presets[name].join(', ')) : name;

export const arrangeKeys: readonly Binding<App>[] = [plus, minus, exchange, pods];

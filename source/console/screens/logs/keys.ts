/** Keys of the logs screen. */
import type { Say } from '../../../messages/index.ts';
import { fieldOf } from '../../components/text-field.ts';
import { viewOf } from '../../frame.ts';
import type { Binding } from '../../keys/bindings.ts';
import type { Choice } from '../../overlays/overlay.ts';
import { readerOf } from '../../overlays/text.ts';
import type { App } from '../../screen.ts';
import type { State } from '../../state.ts';
import { placesOf } from './layout.ts';
import {
  add,
  addable,
  align,
  changePane,
  cursorOf,
  filterTrouble,
  jump,
  leaveOut,
  movePane,
  nextError,
  nextLevel,
  remove,
  swap,
  togglePause,
} from './moves.ts';
import { recordText } from './record-text.ts';
import { type Followed, focused, type LogsState, lookBacks, mostPanes, type Pane, timeForms } from './state.ts';
import { pageOf, roomOf } from './view.ts';

export const update = ({ change }: App, how: (logs: LogsState) => LogsState): void =>
  change((state) => ({ ...state, logs: how(state.logs) }));

export const say = ({ change }: App, toast: Say): void => change((state) => ({ ...state, toast }));

/** The pane with the focus and what is read in it. */
export function here({ logs }: State): { readonly pane: Pane; readonly followed: Followed } | undefined {
  const pane = focused(logs);
  return pane && logs.followed ? { pane, followed: logs.followed } : undefined;
}

const page = (state: State): number => pageOf(state.logs, viewOf(state));

/** Changes the pane with the focus by what is read in it. */
function inPane(app: App, how: (pane: Pane, followed: Followed) => Pane): void {
  const found = here(app.state);
  if (found) update(app, (logs) => changePane(logs, (pane) => how(pane, found.followed)));
}

type Words = App['t']['console']['keys'];
type Word = { [K in keyof Words]: Words[K] extends string ? K : never }[keyof Words];

const key = (
  id: string,
  keys: readonly string[],
  name: Word,
  description: Word,
  run: (app: App, press: string) => void,
  more: Partial<Binding<App>> = {},
): Binding<App> => ({
  id: `logs.${id}`,
  keys,
  label: (t) => t.console.keys[name],
  description: (t) => t.console.keys[description],
  run,
  ...more,
});

const quiet = { quiet: true };
/** Where there is no line, none can be asked about. */
const needsLine: Partial<Binding<App>> = {
  disabled: ({ state }) => {
    const found = here(state);
    return found && cursorOf(found.pane, found.followed) !== undefined ? undefined : (t) => t.console.logs.noLine;
  },
};
const severalPanes: Partial<Binding<App>> = {
  disabled: ({ state }) => (state.logs.panes.length > 1 ? undefined : (t) => t.console.logs.onePane),
};

/** The line that the cursor is on. */
function lineHere(state: State) {
  const found = here(state);
  const number = found && cursorOf(found.pane, found.followed);
  const line = number === undefined ? undefined : found?.followed.log(found.pane.component).line(number);
  return found && line ? { ...found, line } : undefined;
}

const move = key(
  'move',
  ['up', 'down', 'k', 'j', 'pageup', 'pagedown', 'home', 'end'],
  'move',
  'moveText',
  (app, press) => inPane(app, (pane, followed) => movePane(pane, press, followed, page(app.state))),
  quiet,
);

const pane = key('pane', ['tab', 'shift-tab', 'right', 'left'], 'pane', 'paneText', (app, press) =>
  update(app, (logs) => {
    const by = press === 'tab' || press === 'right' ? 1 : -1;
    return { ...logs, focus: (logs.focus + by + logs.panes.length) % logs.panes.length };
  }),
);

const zoom = key('zoom', ['z'], 'zoom', 'zoomText', (app) =>
  update(app, (logs) => ({ ...logs, isZoomed: !logs.isZoomed })),
);

const pause = key('pause', [' '], 'pause', 'pauseText', (app) =>
  inPane(app, (each, followed) => togglePause(each, followed, page(app.state))),
);

const error = key('error', ['E'], 'error', 'errorText', (app) => {
  const found = here(app.state);
  const number = found && nextError(found.pane, found.followed);
  if (number === undefined) return say(app, (t) => t.console.logs.noErrors);
  return inPane(app, (each, followed) => jump(each, number, followed, page(app.state)));
});

const filter = key('filter', ['f'], 'filter', 'filterText', (app) =>
  update(app, (logs) => ({ ...logs, typing: { field: fieldOf(focused(logs)?.filter ?? ''), trouble: undefined } })),
);

const severity = key('severity', ['v'], 'severity', 'severityText', (app) => inPane(app, nextLevel));

const record = key(
  'record',
  ['enter'],
  'record',
  'recordText',
  (app) => {
    const found = lineHere(app.state);
    if (!found) return;
    const lines = recordText(found.line, found.pane, app.state.logs, found.followed, app.t);
    const { component } = found.pane;
    const overlay = readerOf((t) => t.console.logs.record(component), 'plain', lines);
    app.change((state) => ({ ...state, overlay }));
  },
  needsLine,
);

/** More than terminals take into a clipboard (xterm's limit is near it). */
const longestCopy = 64 * 1024;

const copy = key(
  'copy',
  ['y'],
  'copyLine',
  'copyLineText',
  (app) => {
    const found = lineHere(app.state);
    if (!found) return;
    const { line, pane: own, followed } = found;
    const text = [line, ...followed.log(own.component).continuation(line.number)].map((each) => each.text).join('\n');
    if (text.length > longestCopy) return say(app, (t) => t.console.logs.tooLong(Math.ceil(text.length / 1024)));
    app.actions.copy(text);
    say(app, (t) => t.console.logs.copied);
  },
  { ...needsLine, ...quiet },
);

const moment = key(
  'align',
  ['t'],
  'align',
  'alignText',
  (app) => {
    const { logs } = app.state;
    const { columns, rows } = viewOf(app.state);
    const places = placesOf(logs, columns, roomOf(logs, rows));
    const rowsOf = (index: number) => (places.find((place) => place.index === index)?.rows ?? 2) - 1;
    const aligned = logs.followed && align(logs, logs.followed, rowsOf);
    if (!aligned) return say(app, (t) => t.console.logs.noTime);
    update(app, () => aligned);
    const stamp = lineHere(app.state)?.line.stamp.slice(11, 23) ?? '';
    return say(app, (t) => t.console.logs.aligned(stamp));
  },
  needsLine,
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

const labelOf = (name: string, t: App['t']): string =>
  name in t.logs.words && name !== 'title' ? `${name} · ${t.logs.words[name as 'stores']}` : name;

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

const times = key(
  'times',
  ['T'],
  'times',
  'timesText',
  (app) =>
    update(app, (logs) => ({
      ...logs,
      times: timeForms[(timeForms.indexOf(logs.times) + 1) % timeForms.length] ?? 'time',
    })),
  quiet,
);
const wrap = key(
  'wrap',
  ['W'],
  'wrapLines',
  'wrapText',
  (app) => update(app, (logs) => ({ ...logs, isWrapped: !logs.isWrapped })),
  quiet,
);
const raw = key(
  'raw',
  ['x'],
  'raw',
  'rawText',
  (app) => update(app, (logs) => ({ ...logs, isRaw: !logs.isRaw })),
  quiet,
);
const previous = key(
  'previous',
  ['p'],
  'previousRun',
  'previousText',
  (app) => update(app, (logs) => ({ ...fromEnd(logs), isPrevious: !logs.isPrevious })),
  quiet,
);
const save = key(
  'save',
  ['w'],
  'saveLines',
  'saveLinesText',
  ({ state, actions }) => {
    const own = focused(state.logs);
    if (own) actions.saveLines(own);
  },
  { ...needsLine, ...quiet },
);

const lookBack = key(
  'look-back',
  ['0', '1', '2', '3', '4', '5'],
  'lookBack',
  'lookBackText',
  (app, press) => {
    const chosen = lookBacks[Number(press)] ?? 'tail';
    update(app, (logs) => ({ ...fromEnd(logs), lookBack: chosen }));
    say(app, (t) => t.console.logs.lookingBack(t.console.logs.lookBack[chosen]));
  },
  quiet,
);

/** What is read anew has other numbers. */
const fromEnd = (logs: LogsState): LogsState => ({
  ...logs,
  panes: logs.panes.map((each) => ({ ...each, spot: undefined })),
});

export const paneKeys: readonly Binding<App>[] = [pane, zoom, pause];
export const lineKeys: readonly Binding<App>[] = [
  filter,
  severity,
  error,
  record,
  moment,
  plus,
  minus,
  exchange,
  move,
  copy,
  pods,
  times,
  wrap,
  raw,
  previous,
  save,
  lookBack,
];

/** While a filter is typed. */
export const typingKeys: readonly Binding<App>[] = [
  key('filtered', ['enter'], 'endFilter', 'filterText', (app) => {
    const { typing } = app.state.logs;
    const text = typing?.field.text.trim() ?? '';
    const trouble = filterTrouble(text);
    if (trouble) return update(app, (logs) => ({ ...logs, typing: typing && { ...typing, trouble } }));
    return update(app, (logs) => ({ ...changePane(logs, (each) => ({ ...each, filter: text })), typing: undefined }));
  }),
  key('unfiltered', ['esc'], 'noFilter', 'noFilter', (app) => update(app, (logs) => ({ ...logs, typing: undefined }))),
];

/** Keys of the logs screen that find, read and take lines. */
import { fieldOf } from '../../components/text-field.ts';
import { viewOf } from '../../frame.ts';
import type { Binding } from '../../keys/bindings.ts';
import { readerOf } from '../../overlays/text.ts';
import type { App } from '../../screen.ts';
import { here, inPane, key, lineHere, needsLine, page, quiet, say, update } from './key.ts';
import { placesOf } from './layout.ts';
import {
  align,
  changePane,
  commandOf,
  filterTrouble,
  jump,
  movePane,
  nextError,
  nextLevel,
  toggleMark,
  togglePause,
} from './moves.ts';
import { recordText } from './record-text.ts';
import { focused, type LogsState, lookBacks, timeForms } from './state.ts';
import { roomOf } from './view.ts';

const move = key(
  'move',
  ['up', 'down', 'k', 'j', 'pageup', 'pagedown', 'home', 'end'],
  'move',
  'moveText',
  (app, press) => inPane(app, (pane, followed) => movePane(pane, press, followed, page(app.state))),
  quiet,
);

export const pause = key('pause', [' '], 'pause', 'pauseText', (app) =>
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

const mark = key(
  'mark',
  ['m'],
  'mark',
  'markText',
  (app) => {
    const found = lineHere(app.state);
    if (found) inPane(app, (each) => toggleMark(each, found.line.number));
  },
  { ...needsLine, ...quiet },
);

const command = key(
  'command',
  ['$'],
  'command',
  'commandText',
  (app) => {
    const own = focused(app.state.logs);
    if (own) app.change((state) => ({ ...state, overlay: { type: 'command', text: commandOf(state.logs, own) } }));
  },
  quiet,
);

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

export const lineKeys: readonly Binding<App>[] = [
  filter,
  severity,
  error,
  record,
  moment,
  move,
  copy,
  times,
  wrap,
  raw,
  previous,
  save,
  lookBack,
  mark,
  command,
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

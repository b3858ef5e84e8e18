/** Keys of the logs screen that find, read and take lines. */

import { aheadMs, momentOf } from '../../../logs/moment.ts';
import type { Say } from '../../../messages/index.ts';
import { startedCommand } from '../../../messages/started.ts';
import { fieldOf } from '../../components/text-field.ts';
import type { Binding } from '../../keys/bindings.ts';
import type { Choice } from '../../overlays/overlay.ts';
import { readerOf } from '../../overlays/text.ts';
import type { App } from '../../screen.ts';
import { here, inPane, key, lineHere, needsLine, page, pages, quiet, say, update } from './key.ts';
import { align, seek } from './moments.ts';
import {
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
import {
  type Followed,
  focused,
  type LogsState,
  lookBacks,
  type Pane,
  paneOf,
  renumbered,
  type Typing,
  timeForms,
  wordings,
} from './state.ts';

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
  const number = found ? nextError(found.pane, found.followed) : 'none';
  if (number === 'none') return found ? errorElsewhere(app, found.followed) : say(app, (t) => t.console.logs.noErrors);
  if (number !== 'later') return inPane(app, (each, followed) => jump(each, number, followed, page(app.state)));
  inPane(app, (each) => ({ ...each, sought: 'error' }));
  return say(app, (t) => t.console.logs.lookingForErrors);
});

/** In the first of the other panes that has one. */
function errorElsewhere(app: App, followed: Followed): void {
  const { panes, focus } = app.state.logs;
  const own = panes[focus] as Pane;
  for (const [index, pane] of panes.entries()) {
    const number = index === focus ? 'none' : nextError(pane, followed);
    if (typeof number !== 'number') continue;
    update(app, (logs) =>
      changePane({ ...logs, focus: index }, (each) => jump(each, number, followed, pages(app.state)(index))),
    );
    say(app, (t) => t.console.logs.errorElsewhere(own.component, pane.component));
    return;
  }
  say(app, (t) => t.console.logs.noErrors);
}

const typing = (what: Typing['what'], text: string): Typing => ({ what, field: fieldOf(text), trouble: undefined });

const filter = key('filter', ['f'], 'filter', 'filterText', (app) =>
  update(app, (logs) => ({ ...logs, typing: typing('filter', focused(logs)?.filter ?? '') })),
);

const time = key(
  'moment',
  ['@'],
  'goToMoment',
  'goToMomentText',
  (app) => update(app, (logs) => ({ ...logs, typing: typing('moment', '') })),
  quiet,
);

const severity = key('severity', ['v'], 'severity', 'severityText', (app) => inPane(app, nextLevel));

const record = key(
  'record',
  ['enter'],
  'describe',
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

/** More bytes than terminals take into a clipboard (xterm's limit is near it). */
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
    // Each of them is a byte at least.
    const lines = [line, ...followed.log(own.component).continuation(line.number, longestCopy)];
    const text = lines.map((each) => each.text).join('\n');
    const bytes = new TextEncoder().encode(text).length;
    if (bytes > longestCopy) return say(app, (t) => t.console.logs.tooLong(Math.ceil(bytes / 1024)));
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
    const aligned = logs.followed && align(logs, logs.followed, pages(app.state));
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
    if (own)
      app.change((state) => ({
        ...state,
        overlay: { type: 'command', text: commandOf(startedCommand(state.started, 'logs'), state.logs, own) },
      }));
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
  (app) => {
    const chosen = wordings[(wordings.indexOf(app.state.logs.wording) + 1) % wordings.length] ?? 'message';
    update(app, (logs) => ({ ...logs, wording: chosen }));
    say(app, (t) => t.console.logs.wording[chosen]);
  },
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
const saveWhats = ['shown', 'read'] as const;

const save = key(
  'save',
  ['w'],
  'saveLines',
  'saveLinesText',
  (app) => {
    const found = here(app.state);
    if (!found) return;
    const { pane, followed } = found;
    const { component } = pane;
    const counts = { shown: followed.selection(pane).length, read: followed.selection(paneOf(component)).length };
    app.change((state) => ({
      ...state,
      overlay: {
        type: 'choices',
        title: (t) => t.console.logs.saveTitle(component),
        entries: saveWhats.map((what): Choice => ({ label: (t) => t.console.logs.saveWhat[what](counts[what]) })),
        index: 0,
        onChoose: (then, index) => then.actions.saveLines(saveWhats[index] === 'read' ? paneOf(component) : pane),
      },
    }));
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

/** Read anew. */
const fromEnd = (logs: LogsState): LogsState => ({
  ...logs,
  panes: logs.panes.map((each) => ({ ...renumbered(each), sought: undefined })),
});

/** What leads from an error to what caused it. */
export const errorKeys: readonly Binding<App>[] = [error, record, moment];

export const lineKeys: readonly Binding<App>[] = [
  filter,
  severity,
  time,
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
  key('typed', ['enter'], 'accepted', 'acceptedText', (app) => {
    const { typing: typed } = app.state.logs;
    if (!typed) return;
    const trouble = taken[typed.what](typed.field.text.trim(), app);
    update(app, (logs) => ({ ...logs, typing: trouble && { ...typed, trouble } }));
  }),
  key('not-typed', ['esc'], 'noFilter', 'noFilter', (app) => update(app, (logs) => ({ ...logs, typing: undefined }))),
];

/** What is done with what was typed. @returns what is wrong with it */
const taken: Readonly<Record<Typing['what'], (text: string, app: App) => Say | undefined>> = {
  filter(text, app) {
    const trouble = filterTrouble(text);
    if (!trouble) update(app, (logs) => changePane(logs, (each) => ({ ...each, filter: text, sought: undefined })));
    return trouble;
  },
  moment(text, app) {
    const { followed } = app.state.logs;
    if (text === '' || !followed) return undefined;
    const ms = momentOf(text, followed.now());
    if (ms === undefined) return (t) => t.console.logs.noMoment(text);
    if (ms > followed.now() + aheadMs) return (t) => t.console.logs.notYet;
    update(app, (logs) => seek(logs, ms, followed.now(), pages(app.state)));
    return undefined;
  },
};

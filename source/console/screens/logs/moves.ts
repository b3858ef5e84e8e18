/** What keys do to the panes. Pure. */
import type { Level } from '../../../logs/formats.ts';
import { compile, isBad, wordsOf } from '../../../logs/pattern.ts';
import { isPreset, logging, presets } from '../../../logs/presets.ts';
import type { Selection } from '../../../logs/selection.ts';
import type { Say } from '../../../messages/index.ts';
import type { ComponentId } from '../../../stack/types.ts';
import { quoted } from '../../../text/shell.ts';
import {
  type Followed,
  type LogsState,
  mostPanes,
  type Pane,
  paneOf,
  panesOf,
  renumbered,
  type Spot,
} from './state.ts';

export const changePane = (logs: LogsState, how: (pane: Pane) => Pane, at = logs.focus): LogsState => ({
  ...logs,
  panes: logs.panes.map((pane, index) => (index === at ? how(pane) : pane)),
});

/** @param page lines of the pane */
export function movePane(pane: Pane, press: string, followed: Followed, page: number): Pane {
  const selection = followed.selection(pane);
  const last = selection.length - 1;
  if (last < 0) return pane;
  const at = pane.spot ? Math.min(selection.indexOf(pane.spot.number), last) : last;
  const row = Math.min(pane.spot ? pane.spot.row : page - 1, at);
  const to = targetOf(press, at, page, last);
  if (to === undefined) return pane;
  // Behind the last line it follows again.
  if (press === 'end' || (to > last && at === last)) return { ...pane, spot: undefined };
  const target = Math.max(0, Math.min(last, to));
  const isPaging = press.startsWith('page');
  const moved = isPaging ? row : Math.max(0, Math.min(page - 1, row + target - at));
  return { ...pane, spot: spotAt(selection, target, Math.min(moved, target), pane, followed) };
}

function targetOf(press: string, at: number, page: number, last: number): number | undefined {
  switch (press) {
    case 'up':
    case 'k':
      return at - 1;
    case 'down':
    case 'j':
      return at + 1;
    case 'pageup':
      return at - page;
    case 'pagedown':
      return at + page;
    case 'home':
      return 0;
    case 'end':
      return last;
    default:
      return undefined;
  }
}

function spotAt(selection: Selection, index: number, row: number, pane: Pane, followed: Followed): Spot | undefined {
  const number = selection.at(index);
  const end = pane.spot?.end ?? followed.log(pane.component).end;
  return number === undefined ? undefined : { number, row, end };
}

/** Stops where it is, or follows again. */
export function togglePause(pane: Pane, followed: Followed, page: number): Pane {
  if (pane.spot) return { ...pane, spot: undefined };
  const selection = followed.selection(pane);
  const last = selection.length - 1;
  return { ...pane, spot: spotAt(selection, last, Math.min(page - 1, last), pane, followed) };
}

/** To a line, in the middle of the pane; nothing is sought any more. */
export function jump(pane: Pane, number: number, followed: Followed, page: number): Pane {
  const selection = followed.selection(pane);
  const index = Math.min(selection.indexOf(number), selection.length - 1);
  const spot = spotAt(selection, index, Math.min(Math.floor(page / 2), index), pane, followed);
  return { ...pane, spot, sought: undefined };
}

/** Number of the line that the cursor is on: the last one where it follows. */
export function cursorOf(pane: Pane, followed: Followed): number | undefined {
  const selection = followed.selection(pane);
  const last = selection.length - 1;
  return selection.at(pane.spot ? Math.min(selection.indexOf(pane.spot.number), last) : last);
}

/** The next line of an error behind the cursor, around the end the first one; where it follows, the last one. */
export function nextError(pane: Pane, followed: Followed): number | 'none' | 'later' {
  const { spot } = pane;
  const errors = followed.errors(pane);
  const next = spot ? errors.go(spot.number, 'next') : errors.go(Number.POSITIVE_INFINITY, 'previous');
  // Others may be nearer than one around the end, until all has been looked at.
  const isNearest = next !== undefined && (!spot || next > spot.number);
  return isNearest || errors.isComplete ? (next ?? 'none') : 'later';
}

const shownLevels: readonly (Level | undefined)[] = [undefined, 'warn', 'error'];

export const nextLevel = (pane: Pane): Pane => ({
  ...pane,
  level: shownLevels[(shownLevels.indexOf(pane.level) + 1) % shownLevels.length],
});

/** What is wrong with a filter as it is typed. */
export function filterTrouble(filter: string): Say | undefined {
  const { only, not } = wordsOf(filter);
  for (const word of [...only, ...not]) {
    const compiled = compile(word);
    if (isBad(compiled)) return (t) => t.console.logs.badPattern(compiled.pattern, compiled.why);
  }
  return undefined;
}

/** What can be shown beside, and groups that can be shown instead. */
export const addable: readonly string[] = [...logging, ...Object.keys(presets)];

/** @returns undefined where there is no room for one more */
export function add(logs: LogsState, name: string): LogsState | undefined {
  if (isPreset(name)) return { ...logs, panes: panesOf(name), focus: 0, isZoomed: false };
  const here = logs.panes.findIndex(({ component }) => component === name);
  if (here >= 0) return { ...logs, focus: here };
  if (logs.panes.length >= mostPanes) return undefined;
  return { ...logs, panes: [...logs.panes, paneOf(name as ComponentId)], focus: logs.panes.length, isZoomed: false };
}

export function remove(logs: LogsState): LogsState {
  const panes = logs.panes.filter((_, index) => index !== logs.focus);
  return { ...logs, panes, focus: Math.min(logs.focus, panes.length - 1) };
}

/** With the one behind it; the last one with the first. */
export function swap(logs: LogsState): LogsState {
  const other = (logs.focus + 1) % logs.panes.length;
  const panes = [...logs.panes];
  [panes[logs.focus], panes[other]] = [panes[other] as Pane, panes[logs.focus] as Pane];
  return { ...logs, panes, focus: other };
}

export function toggleMark(pane: Pane, number: number): Pane {
  const marks = new Set(pane.marks);
  if (!marks.delete(number)) marks.add(number);
  return { ...pane, marks };
}

/** What shows the same as lines. @param command how it begins */
export function commandOf(command: string, { panes, isPrevious, lookBack }: LogsState, pane: Pane): string {
  const { only, not } = wordsOf(pane.filter);
  const patterns = [...only.map((word) => `--grep ${quoted(word)}`), ...not.map((word) => `--not ${quoted(word)}`)];
  return [
    command,
    // What is chosen is chosen in this pane only.
    ...(patterns.length > 0 || pane.level ? [pane.component] : panes.map(({ component }) => component)),
    ...patterns,
    ...(pane.level ? [`--level ${pane.level}`] : []),
    ...(lookBack === 'tail' ? [] : [lookBack === 'all' ? '--tail all' : `--since ${lookBack}`]),
    isPrevious ? '--previous' : '--follow',
    '--plain',
  ].join(' ');
}

/** @param what a container, or one of its runs */
export const leaveOut = (pane: Pane, what: string): Pane => ({ ...pane, without: toggled(pane.without, what) });

/** What is read anew has other numbers. */
export const readBefore = (pane: Pane, run: string): Pane => renumbered({ ...pane, before: toggled(pane.before, run) });

function toggled(set: ReadonlySet<string>, name: string): ReadonlySet<string> {
  const other = new Set(set);
  if (!other.delete(name)) other.add(name);
  return other;
}

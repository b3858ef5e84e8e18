/** Panes and moments: all panes to one of them, and back to one that has not been read yet. Pure. */
import { runName } from '../../../logs/names.ts';
import type { ComponentLog } from '../../../logs/record.ts';
import { changePane, cursorOf, jump, nextError } from './moves.ts';
import {
  type Followed,
  focused,
  type LogsState,
  type LookBack,
  lookBacks,
  type Pane,
  renumbered,
  secondsBack,
} from './state.ts';

/** Lines of each pane. */
export type PageOf = (index: number) => number;

/** All panes to the moment of the line. @returns undefined where it has no time */
export function align(logs: LogsState, followed: Followed, pageOf: PageOf): LogsState | undefined {
  const pane = focused(logs);
  const number = pane && cursorOf(pane, followed);
  if (!pane || number === undefined) return undefined;
  const { ms } = followed.log(pane.component).line(number) ?? { ms: Number.NaN };
  if (Number.isNaN(ms)) return undefined;
  return {
    ...logs,
    panes: logs.panes.map((each, index) => {
      const at = index === logs.focus ? number : followed.log(each.component).numberAt(ms);
      return jump(each, at, followed, pageOf(index));
    }),
  };
}

/** All panes to a moment, in milliseconds since 1970. What was written before what has been read is read first. */
export function seek(logs: LogsState, ms: number, nowMs: number, pageOf: PageOf): LogsState {
  const { followed } = logs;
  const lookBack = backTo(ms, logs, nowMs);
  const isSame = lookBack === logs.lookBack;
  const panes = logs.panes.map(
    (pane): Pane => ({ ...(isSame ? pane : renumbered(pane)), spot: undefined, sought: { ms, askedMs: nowMs } }),
  );
  const sought: LogsState = { ...logs, panes, lookBack };
  return followed && isSame ? found(sought, followed, pageOf) : sought;
}

/** Shows what was sought where it has been read by now; the others go on following their ends. */
export function found(logs: LogsState, followed: Followed, pageOf: PageOf): LogsState {
  return logs.panes.reduce((now, pane, index) => {
    const number = numberOf(pane, followed);
    if (number === 'later') return now;
    return changePane(
      now,
      (each) => (number === 'none' ? { ...each, sought: undefined } : jump(each, number, followed, pageOf(index))),
      index,
    );
  }, logs);
}

/** The line that is sought. */
function numberOf(pane: Pane, followed: Followed): number | 'none' | 'later' {
  const { sought, component } = pane;
  if (sought === undefined) return 'later';
  if (sought === 'error') return nextError(pane, followed);
  const log = followed.log(component);
  if ('run' in sought) {
    const run = log.runs.find((each) => runName(each) === sought.run);
    return (followed.selection(pane).isBehind ? undefined : run && log.lastOf(run)) ?? 'later';
  }
  if ('beforeMs' in sought) {
    // Until something later has been read, what was written last is not known: the end is followed.
    // Of the same millisecond is not later.
    const behind = log.numberAt(sought.beforeMs + 1);
    if (behind >= log.end || followed.selection(pane).isBehind) return 'later';
    return log.timeOf(behind) > sought.askedMs ? 'none' : lastBefore(behind, sought.pod, log);
  }
  const number = log.numberAt(sought.ms);
  if (number >= log.end || followed.selection(pane).isBehind) return 'later';
  return log.timeOf(number) > sought.askedMs ? 'none' : number;
}

/** What leads to a moment is read, too, in milliseconds. */
const leadMs = 10_000;

/** As far back as the moment, unless that is read already. Both in milliseconds since 1970. */
export function backTo(ms: number, { panes, followed, lookBack }: LogsState, nowMs: number): LookBack {
  const isRead = panes.every(({ component }) => {
    const log = followed?.log(component);
    return log !== undefined && log.timeOf(log.first) <= ms;
  });
  const reaches = (back: LookBack) => back === 'all' || nowMs - ms + leadMs <= (secondsBack[back] ?? 0) * 1000;
  return isRead || reaches(lookBack) ? lookBack : (lookBacks.find(reaches) ?? 'all');
}

/** So many lines of others may stand behind the last one of a pod. */
const mostOfOthers = 100_000;

/** The last line before this number that is the pod's; of anybody where it has none near; the first line where none is before. */
function lastBefore(number: number, pod: string | undefined, log: ComponentLog): number {
  const from = Math.max(log.first, number - mostOfOthers);
  for (let next = number - 1; pod !== undefined && next >= from; next -= 1)
    if (log.runOf(next)?.pod === pod && !log.line(next, 0)?.marker) return log.headOf(next);
  return log.headOf(Math.max(log.first, number - 1));
}

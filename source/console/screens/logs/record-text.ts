/** All that is known of a line, and what others wrote at that moment, as a text to be read. Pure. */
import type { LogLine } from '../../../logs/types.ts';
import type { Messages } from '../../../messages/index.ts';
import { readableLine } from '../../../text/escape.ts';
import { said } from '../../../text/said.ts';
import { type Followed, type LogsState, type Pane, paneOf } from './state.ts';

/** Lines of each other pane around the moment. */
const beside = 2;
/** Of lines that belong to it, nobody reads more. */
const mostLines = 10_000;

/** @returns untrusted text, made readable, line by line */
export function recordText(
  line: LogLine,
  pane: Pane,
  logs: LogsState,
  followed: Followed,
  t: Messages,
): readonly string[] {
  const words = t.console.logs;
  const log = followed.log(pane.component);
  const { run, stamp, text } = line;
  if (line.marker) return [t.logs.marker(line.marker)];
  const { level, message, fields } = log.parsed(line);
  const left = log.continuedBy(line.number) - mostLines;
  const others = logs.panes.filter(({ component }) => component !== pane.component);
  return [
    `${words.recordTime}: ${stamp}`,
    `${words.recordFrom}: ${run.pod} / ${run.container}${run.file ? ` / ${run.file}` : ''} (${words.recordRun(run.restart)})`,
    ...(level ? [`${words.recordLevel}: ${level}`] : []),
    '',
    ...message.split('\n').map(readableLine),
    ...log.continuation(line.number, mostLines).map((each) => readableLine(each.text)),
    ...(left > 0 ? [`+${left}`] : []),
    ...Object.entries(fields).flatMap(([name, value]) => fieldLines(name, value)),
    ...(text === message ? [] : ['', `${words.recordRaw}:`, `  ${readableLine(text)}`]),
    ...others.flatMap((other) => neighbours(other, line.ms, followed, words)),
  ];
}

/** Texts of several lines, such as tracebacks, line by line. */
function fieldLines(name: string, value: unknown): readonly string[] {
  const lines = said(value).trimEnd().split('\n').map(readableLine);
  return lines.length === 1
    ? [`${readableLine(name)}: ${lines[0]}`]
    : [`${readableLine(name)}:`, ...lines.map((line) => `  ${line}`)];
}

function neighbours(
  { component }: Pane,
  ms: number,
  followed: Followed,
  words: Messages['console']['logs'],
): readonly string[] {
  const log = followed.log(component);
  const selection = followed.selection(paneOf(component));
  if (Number.isNaN(ms) || selection.length === 0) return [];
  const at = selection.indexOf(log.numberAt(ms));
  const numbers = Array.from({ length: 2 * beside }, (_, index) => selection.at(at - beside + index));
  const lines = numbers.flatMap((number) => {
    const line = number === undefined ? undefined : log.line(number);
    return line && !line.marker ? [`  ${line.stamp.slice(11, 23)}  ${readableLine(log.parsed(line).message)}`] : [];
  });
  return lines.length === 0 ? [] : ['', `${words.recordBeside(component)}:`, ...lines];
}

/** A line of a log as a pane shows it. Pure. */
import type { Level, Parsed } from '../../../logs/formats.ts';
import type { LogLine } from '../../../logs/record.ts';
import type { Messages } from '../../../messages/index.ts';
import { formatAge } from '../../../text/duration.ts';
import { readableLine } from '../../../text/escape.ts';
import { padEnd } from '../../../text/width.ts';
import { bad, dim, type Line, type Span, warn } from '../../draw/line.ts';
import type { TimeForm, Wording } from './state.ts';

export interface LineForm {
  readonly t: Messages;
  readonly times: TimeForm;
  readonly wording: Wording;
  readonly columns: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** What tells the pods of the pane apart; undefined where there is one. */
  readonly podOf: ((line: LogLine) => Span) | undefined;
  /** Lines that belong to it. */
  readonly more: number;
}

/** From so many columns on, seconds are worth their place. */
const roomForSeconds = 56;

/** @param parsed of a line that is no mark */
export function logLine(line: LogLine, parsed: Parsed | undefined, form: LineForm): Line {
  const { t, wording, podOf, more } = form;
  if (line.marker) return [dim(`── ${readableLine(t.logs.marker(line.marker))} ──`)];
  const { level, message, fields } = parsed as Parsed;
  const folded: Line = more > 0 ? [dim(`+${more} `)] : [];
  return [
    ...timeOf(line, form),
    ...(podOf ? [podOf(line), ' '] : []),
    ...(wording === 'raw'
      ? [...folded, readableLine(line.text)]
      : [graded(level), ' ', ...folded, ...said(level, message), ...(wording === 'fields' ? fieldsOf(fields) : [])]),
  ];
}

function timeOf({ ms, stamp }: LogLine, { times, columns, now }: LineForm): Line {
  if (times === 'off') return [];
  if (times === 'full') return [dim(stamp), ' '];
  if (Number.isNaN(ms)) return [];
  if (times === 'age') return [dim(formatAge(now - ms).padStart(4)), ' '];
  return [dim(clockTime(ms, columns >= roomForSeconds)), ' '];
}

/** As this computer's clock has it. */
function clockTime(ms: number, hasSeconds: boolean): string {
  const date = new Date(ms);
  const parts = [date.getHours(), date.getMinutes(), ...(hasSeconds ? [date.getSeconds()] : [])];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

const said = (level: Level | undefined, message: string): Line => {
  const text = readableLine(message);
  return level === 'error' || level === 'fatal' ? [bad(text)] : [text];
};

/** Of texts of several lines, such as tracebacks, the first. */
function fieldsOf(fields: Parsed['fields']): Line {
  const said = (value: unknown) => (typeof value === 'string' ? value.split('\n', 1)[0] : JSON.stringify(value));
  return Object.entries(fields).map(([name, value]) => dim(readableLine(` ${name}=${said(value)}`)));
}

function graded(level: Level | undefined): Span {
  const word = padEnd((level ?? '').toUpperCase(), 5);
  if (level === 'error' || level === 'fatal') return bad(word);
  return level === 'warn' ? warn(word) : dim(word);
}

/** A line of a log as a pane shows it. Pure. */
import type { Level, Parsed } from '../../../logs/formats.ts';
import type { LogLine } from '../../../logs/types.ts';
import type { Messages } from '../../../messages/index.ts';
import { beginning } from '../../../text/clip.ts';
import { clockTime } from '../../../text/clock.ts';
import { formatAge } from '../../../text/duration.ts';
import { readableLine } from '../../../text/escape.ts';
import { said } from '../../../text/said.ts';
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
  /** As much of each text as can be seen at all, in UTF-16 units. */
  readonly most: number;
}

/** From so many columns on, seconds are worth their place. */
const roomForSeconds = 56;

/** @param parsed of a line that is no mark. @param more lines that belong to it */
export function logLine(line: LogLine, parsed: Parsed | undefined, more: number, form: LineForm): Line {
  const { t, wording, podOf, most } = form;
  // Of what runs beside or before the main container, its name.
  const beside = line.run.kind === 'app' ? '' : `${line.run.container} `;
  if (line.marker) return [dim(`── ${readableLine(beside + t.logs.marker(line.marker))} ──`)];
  const { level, message, fields } = parsed as Parsed;
  const folded: Line = more > 0 ? [dim(`+${more} `)] : [];
  return [
    ...timeOf(line, form),
    ...(podOf ? [podOf(line), ' '] : []),
    ...(wording === 'raw'
      ? [...folded, readableLine(beginning(line.text, most))]
      : [
          graded(level),
          ' ',
          ...folded,
          ...toned(level, beginning(message, most)),
          ...(wording === 'fields' ? fieldsOf(fields, most - message.length) : []),
        ]),
  ];
}

function timeOf({ ms, stamp }: LogLine, { times, columns, now }: LineForm): Line {
  if (times === 'off') return [];
  if (times === 'full') return [dim(stamp), ' '];
  if (Number.isNaN(ms)) return [];
  if (times === 'age') return [dim(formatAge(now - ms).padStart(4)), ' '];
  return [dim(clockTime(ms, columns >= roomForSeconds)), ' '];
}

const toned = (level: Level | undefined, message: string): Line => {
  const text = readableLine(message);
  return level === 'error' || level === 'fatal' ? [bad(text)] : [text];
};

/** Of texts of several lines, such as tracebacks, the first. */
function fieldsOf(fields: Parsed['fields'], most: number): Line {
  const line: Span[] = [];
  let left = most;
  for (const [name, value] of Object.entries(fields)) {
    if (left <= 0) break;
    const text = beginning(` ${name}=${said(value).split('\n', 1)[0]}`, left);
    line.push(dim(readableLine(text)));
    left -= text.length;
  }
  return line;
}

function graded(level: Level | undefined): Span {
  const word = padEnd((level ?? '').toUpperCase(), 5);
  if (level === 'error' || level === 'fatal') return bad(word);
  return level === 'warn' ? warn(word) : dim(word);
}

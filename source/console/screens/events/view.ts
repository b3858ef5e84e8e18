/** What happened, a line each, and all of what the cursor is on below them. */
import type { Messages } from '../../../messages/index.ts';
import { type Happening, happeningsOf } from '../../../observe/happenings.ts';
import { wrap } from '../../../text/clip.ts';
import { formatAge } from '../../../text/duration.ts';
import { escapeControls } from '../../../text/escape.ts';
import { drawSearch, hitsOf } from '../../components/search.ts';
import { placeOf } from '../../components/selection.ts';
import { type Column, drawTable, sorted } from '../../components/table.ts';
import { glyphs } from '../../draw/glyphs.ts';
import { dim, indent, type Line, type Picture, warn } from '../../draw/line.ts';
import { oncePer } from '../../once-per.ts';
import type { View } from '../../screen.ts';
import type { Seen, State } from '../../state.ts';
import { ageBeat, ageSince, drawWaiting } from '../instance-screen.ts';

/** Lines below the table: an empty one, about what it is, and two of what it says. */
const footRows = 4;

const ageOf = (at: number, seen: Seen, now: number): number => (at === 0 ? 0 : ageSince(at, seen, now));

export const eventName = ({ involved }: Happening): string => `${involved.kind}/${involved.name}`;

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** @param ago how old something is, in words; without it, only for ordering */
export function columnsOf(t: Messages, ago: (at: number) => string = () => ''): readonly Column<Happening>[] {
  const { columns } = t.console.events;
  const tone = ({ isWarning }: Happening) => (isWarning ? warn : undefined);
  return [
    {
      id: 'age',
      title: columns.age,
      cells: 5,
      align: 'right',
      text: ({ at }) => ago(at),
      tone: () => dim,
      order: (a, b) => b.at - a.at,
    },
    {
      id: 'part',
      title: columns.part,
      cells: 16,
      text: ({ part }) => part ?? '-',
      order: (a, b) => compare(a.part ?? '~', b.part ?? '~'),
    },
    { id: 'object', title: columns.object, cells: 'rest', from: 110, text: eventName, order: byName },
    {
      id: 'reason',
      title: columns.reason,
      cells: 16,
      from: 76,
      text: ({ reason }) => reason,
      tone,
      order: (a, b) => compare(a.reason, b.reason),
    },
    {
      id: 'count',
      title: columns.count,
      cells: 6,
      align: 'right',
      text: ({ count }) => String(count),
      order: (a, b) => b.count - a.count,
    },
    { id: 'message', title: columns.message, cells: 'rest', text: ({ message }) => message, tone },
  ];
}

const byName = (a: Happening, b: Happening): number => compare(eventName(a), eventName(b));

const allOf = oncePer(happeningsOf);

const shownOf = oncePer((all: readonly Happening[], onlyWarnings: boolean, sortedBy: string, t: Messages) =>
  sorted(
    all.filter(({ isWarning }) => isWarning || !onlyWarnings),
    columnsOf(t),
    sortedBy,
  ),
);

/** The events that are listed, in their order. */
export function eventsShown({ seen, events }: State, t: Messages): readonly Happening[] {
  return seen ? shownOf(allOf(seen.snapshot), events.onlyWarnings, events.sortedBy, t) : [];
}

/** When the ages of what is listed have to be drawn anew. */
export const eventsBeat = (state: State): number => ageBeat(state.seen && allOf(state.seen.snapshot)[0]?.at, state);

const textsOf = oncePer((shown: readonly Happening[]) =>
  shown.map((event) => [event.part, eventName(event), event.reason, event.message].join(' ')),
);

/** Numbers of the events in which the search is found. */
export const eventHits = (shown: readonly Happening[], { events }: State): readonly number[] =>
  events.search.query === '' ? [] : hitsOf(textsOf(shown), events.search.query);

export const eventIds = oncePer((shown: readonly Happening[]) => shown.map(({ id }) => id));

export function drawEvents(view: View): Picture {
  const { state, t, columns, rows } = view;
  const waiting = drawWaiting(view);
  if (waiting || !state.seen) return waiting ?? { lines: [] };
  const { seen, events, now } = state;
  if (seen.snapshot.forbidden.has('Event')) return { lines: told(t.console.events.forbidden, view) };
  const shown = eventsShown(state, t);
  const [first] = shown;
  if (!first) return { lines: told(events.onlyWarnings ? t.console.events.noWarnings : t.console.events.none, view) };
  const at = placeOf(eventIds(shown), events.spot);
  const search = drawSearch(events.search, eventHits(shown, state), at, columns, t);
  const table = drawTable(
    {
      columns: columnsOf(t, (when) => formatAge(ageOf(when, seen, now))),
      rows: shown,
      mark: ({ isWarning }) => (isWarning ? warn(glyphs.warning) : dim(glyphs.waiting)),
      chosen: at,
      sortedBy: events.sortedBy,
    },
    columns,
    rows - footRows - search.lines.length,
  );
  const body = Array.from({ length: rows - footRows - search.lines.length }, (_, row) => table[row] ?? []);
  const lines = [...body, ...footLines(shown[at] ?? first, seen, view), ...search.lines];
  const { cursor } = search;
  return { lines, ...(cursor ? { cursor: { ...cursor, row: rows - 1 } } : {}) };
}

function told(text: string, { columns }: View): readonly Line[] {
  return wrap(text, columns - 2).map((line) => [' ', dim(line)]);
}

/** All of it that has no room in its line. */
function footLines(event: Happening, seen: Seen, { state, t, columns }: View): readonly Line[] {
  const { kinds, first } = t.console.events;
  const kind = event.isWarning ? warn(`${glyphs.warning} ${kinds.warning}`) : dim(`${glyphs.waiting} ${kinds.normal}`);
  const since = event.count > 1 ? first(formatAge(ageOf(event.since, seen, state.now)), event.count) : '';
  const about = [eventName(event), event.reason, since].filter((each) => each !== '').join(' · ');
  const message = wrap(escapeControls(event.message.replace(/\s+/g, ' ')), columns - 5);
  const cut = message.length > 2 ? [message[0] ?? '', `${message[1]} ${glyphs.running}`] : message;
  return [[], [' ', kind, '  ', dim(escapeControls(about))], ...[0, 1].map((row) => indent(3, [cut[row] ?? '']))];
}

/** An event as a text of its own. */
export function eventLines(event: Happening, t: Messages): readonly string[] {
  const { kinds, times } = t.console.events;
  const stamp = (at: number): string => (at === 0 ? '-' : `${new Date(at).toISOString().slice(0, 19)}Z`);
  return [
    `${event.isWarning ? kinds.warning : kinds.normal}  ${event.reason}`,
    eventName(event),
    times(event.count, stamp(event.since), stamp(event.at)),
    '',
    ...event.message.split('\n'),
  ];
}

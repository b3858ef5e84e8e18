/** Components in rows: what each has and shall have, what waits for it and how long that takes, and what the change costs. */

import { roomOf } from '../../../install/quota.ts';
import type { EmptyIn } from '../../../observe/backlog/backlog.ts';
import { costOf } from '../../../operate/scale/cost.ts';
import { emptyAfter } from '../../../operate/scale/estimate.ts';
import { isImpossible } from '../../../operate/scale/guards.ts';
import { type Field, type Finding, fields } from '../../../operate/scale/types.ts';
import { componentOf } from '../../../stack/components.ts';
import type { ComponentId } from '../../../stack/types.ts';
import { clip, wrap } from '../../../text/clip.ts';
import { formatCount } from '../../../text/count.ts';
import { formatDuration } from '../../../text/duration.ts';
import { padEnd, width } from '../../../text/width.ts';
import { windowOf } from '../../components/blocks.ts';
import { indexOf } from '../../components/selection.ts';
import { drawField } from '../../components/text-field.ts';
import { bar, glyphs } from '../../draw/glyphs.ts';
import { accent, bad, dim, good, inverse, type Line, type Picture, strong, warn } from '../../draw/line.ts';
import type { View } from '../../screen.ts';
import { drawWaiting } from '../instance-screen.ts';
import { marked, runLines } from './after-view.ts';
import { changesIn, findingsIn, mostOf, rowsOf, type ScaleState } from './state.ts';

const cells = { name: 16, replicas: 9, cpu: 12, memory: 12, waiting: 7 } as const;
/** So narrow that only the replicas and the chosen column are shown. */
const narrow = 78;

const fieldsIn = ({ columns, state: { scale } }: View): readonly Field[] =>
  columns >= narrow ? fields : scale.field === 'replicas' ? ['replicas'] : ['replicas', scale.field];

export function drawScale(view: View): Picture {
  const { state, t, rows } = view;
  const { scale } = state;
  const waiting = drawWaiting(view);
  if (waiting) return waiting;
  const ids = rowsOf(scale);
  if (ids.length === 0) return { lines: [[dim(` ${t.console.home.looking}`)]] };
  const cursor = indexOf(ids, scale.chosen);
  const foot = footLines(ids[cursor] as ComponentId, view);
  const blocks = ids.map((id, index) => [rowLine(id, index === cursor, view)]);
  const lines = [headLine(view), ...windowOf(blocks, cursor, rows - 1 - foot.length)];
  const gap = Array.from({ length: Math.max(0, rows - lines.length - foot.length) }, (): Line => []);
  const all = [...lines, ...gap, ...foot];
  if (!scale.typing) return { lines: all };
  const typed = drawField(scale.typing, 20);
  const prompt = ` ${t.console.scale.prompt(ids[cursor] as ComponentId, t.scale.fields[scale.field])}: `;
  const said: Line = [prompt, ...typed.line, ...(scale.trouble ? ['  ', warn(scale.trouble(t))] : [])];
  return {
    lines: [...all.slice(0, rows - 1), said],
    cursor: { column: width(prompt) + typed.column, row: rows - 1 },
  };
}

function headLine(view: View): Line {
  const { t } = view;
  const titles = fieldsIn(view).map((field) => padEnd(t.console.scale.columns[field], cells[field]));
  const { name, waiting, empty } = t.console.scale.columns;
  return [dim(`   ${padEnd(name, cells.name)} ${titles.join(' ')} ${padEnd(waiting, cells.waiting)} ${empty}`)];
}

function rowLine(id: ComponentId, isChosen: boolean, view: View): Line {
  const { state, t } = view;
  const { scale, home } = state;
  const current = scale.currents.get(id);
  if (!current) return [];
  const wanted = scale.wants.get(id) ?? {};
  const values = fieldsIn(view).flatMap((field): Line => {
    const [from, to] = [String(current[field] || '-'), wanted[field]];
    const text = to === undefined ? from : `${from} → ${to}`;
    const cell = padEnd(clip(text, cells[field]), cells[field]);
    if (isChosen && scale.field === field) return [inverse(cell), ' '];
    return [to === undefined ? cell : accent(cell), ' '];
  });
  const backlog = home.figures.get(id)?.backlog;
  const emptyNow = backlog?.emptyInS;
  const to = wanted.replicas ?? current.replicas;
  const then = backlog && emptyAfter(backlog, { from: current.replicas, to, partitions: mostOf(id, scale.around) });
  return [
    isChosen ? accent(` ${glyphs.selected} `) : '   ',
    isChosen ? strong(padEnd(id, cells.name)) : padEnd(id, cells.name),
    ' ',
    ...values,
    padEnd(backlog ? formatCount(backlog.waiting) : '-', cells.waiting),
    ' ',
    ...(backlog && backlog.waiting > 0 && emptyNow !== 0 ? emptying(emptyNow, then, to !== current.replicas, t) : []),
  ];
}

function emptying(now: EmptyIn, then: EmptyIn, isChanged: boolean, t: View['t']): Line {
  const said = (empty: EmptyIn) =>
    empty === undefined ? '?' : empty === 'never' ? t.console.scale.never : formatDuration(empty * 1000, t.units);
  const tone = (empty: EmptyIn) => (empty === 'never' ? warn : good);
  const first = now === 'never' ? warn(said(now)) : said(now);
  return isChanged && then !== now ? [first, ' → ', tone(then)(said(then))] : [first];
}

/** What is to be known of the row, what speaks against the change, what it costs, and how it goes. */
function footLines(id: ComponentId, view: View): readonly Line[] {
  const { state, t, columns, rows } = view;
  const { scale } = state;
  const findings = findingsIn(scale);
  const most = Math.max(2, rows - 13);
  const lines: Line[] = [];
  const note = noteOf(id, scale, t);
  if (note && !scale.run) lines.push([' ', dim('i'), '  ', dim(clip(note, columns - 5))]);
  lines.push(...findingLines(findings, most, view));
  if (!isImpossible(findings)) lines.push(...costLines(scale, view));
  return [[], ...lines, ...runLines(view)];
}

/** What refuses before what only warns, and of that first what would be lost. */
const rankOf = ({ verdict, id }: Finding): number => (verdict === 'refuse' ? 0 : id === 'loses-events' ? 1 : 2);

/** In at most so many lines. Where there are too few, what warns has only one each. */
function findingLines(findings: readonly Finding[], most: number, { t, columns }: View): readonly Line[] {
  const room = columns - 5;
  const linesOf = ({ verdict, message, hint }: Finding, isShort: boolean): readonly Line[] => {
    if (verdict === 'warn' && isShort) return [marked(warn(glyphs.warning), clip(message(t), room))];
    const mark = verdict === 'warn' ? warn(glyphs.warning) : bad(glyphs.failed);
    const whole = wrap(message(t), room).map((text, row) => marked(row === 0 ? mark : ' ', text));
    // The way out of what refuses; a warning may be left as it is.
    const way = verdict === 'refuse' && hint ? wrap(hint(t), room) : [];
    return [...whole, ...way.map((text) => marked(' ', dim(text)))];
  };
  const ranked = findings.toSorted((one, other) => rankOf(one) - rankOf(other));
  const whole = ranked.flatMap((each) => linesOf(each, false));
  return (whole.length <= most ? whole : ranked.flatMap((each) => linesOf(each, true))).slice(0, most);
}

function noteOf(id: ComponentId, { around, run }: ScaleState, t: View['t']): string | undefined {
  const { scaling } = componentOf(id);
  if (run) return undefined;
  if ('fixed' in scaling) return t.scale.guards.fixed(id, scaling.fixed);
  const most = mostOf(id, around);
  if (most === undefined) return undefined;
  return 'partitionsOf' in scaling ? t.console.scale.partitions(most, id) : t.console.scale.most(most, id);
}

const barCells = 16;

/** The quota while it rolls, of what is limited and changes. */
function costLines(scale: ScaleState, { t, columns }: View): readonly Line[] {
  const { around, wants, currents } = scale;
  if (!around || changesIn(scale).length === 0) return [];
  const { peak } = costOf(wants, currents);
  const room = roomOf(around.quotas);
  return (['pods', 'cpu', 'memory'] as const).flatMap((dimension): readonly Line[] => {
    const [hard, free] = [room.hard[dimension], room.free[dimension]];
    if (hard === undefined || free === undefined) return [];
    const most = hard - free + Math.max(0, peak[dimension]);
    const filled = bar(most / hard, barCells);
    const said = t.console.scale.quota(dimension, most, hard);
    return [[' ', most > hard ? warn(filled) : dim(filled), '  ', clip(said, columns - barCells - 5)]];
  });
}

/** One part of home: its state, its numbers, and what matters about it now. */
import { type Figures, isBehind, type Share } from '../../../observe/figures.ts';
import { memoryOf, shareOf } from '../../../observe/figures-text.ts';
import type { ComponentId } from '../../../stack/types.ts';
import { clip } from '../../../text/clip.ts';
import { formatCount } from '../../../text/count.ts';
import { padEnd, padStart, width } from '../../../text/width.ts';
import { glyphs, sparkline } from '../../draw/glyphs.ts';
import { accent, cellsOf, dim, indent, type Line, type Span, strong, warn } from '../../draw/line.ts';
import type { View } from '../../screen.ts';
import { stateMark } from '../install/marks.ts';
import { fixLines } from '../install/progress-view.ts';
import { type ComponentView, isPatient } from '../install/run.ts';

/** Cells of the columns; in front of them stand the cursor and the mark. */
const lead = 5;
const cells = { name: 17, ready: 5, restarts: 5, cpu: 5, memory: 13 } as const;
const gap = 2;
/** So narrow that restarts and memory are left out. */
const narrow = 76;
const sparkCells = 6;

const isNarrow = ({ columns }: View): boolean => columns < narrow;

export function headLine(view: View): Line {
  const { name, ready, restarts, cpu, memory, now } = view.t.console.home.columns;
  return [
    ' '.repeat(lead),
    dim(
      [
        padEnd(name, cells.name) + padStart(ready, cells.ready),
        ...(isNarrow(view) ? [] : [padStart(restarts, cells.restarts - gap)]),
        padStart(cpu, cells.cpu),
        ...(isNarrow(view) ? [] : [padEnd(memory, cells.memory)]),
        now,
      ].join(' '.repeat(gap)),
    ),
  ];
}

export interface Part {
  readonly id: ComponentId;
  readonly part: ComponentView;
  readonly figures: Figures | undefined;
}

/** Whether something about it wants to be looked at. */
export const isTrouble = ({ part: { cause, state }, figures }: Part): boolean =>
  (cause !== undefined && !isPatient(cause)) ||
  state === 'failed' ||
  (figures?.backlog !== undefined && isBehind(figures.backlog));

export function partLines(each: Part, isChosen: boolean, view: View): readonly Line[] {
  const { id, part } = each;
  const isBad = isTrouble(each);
  const name = padEnd(id, cells.name);
  const head: Line = [
    isChosen ? accent(` ${glyphs.selected} `) : '   ',
    isBad ? warn(glyphs.warning) : stateMark(part.state),
    ' ',
    isChosen ? strong(name) : name,
    padStart(`${part.ready}/${part.desired}`, cells.ready),
    ' '.repeat(gap),
  ];
  const room = view.columns - cellsOf(head) - 1;
  const { cause, message } = part;
  if (cause || message) {
    const isCause = cause !== undefined && !isPatient(cause);
    const text = clip((cause?.message ?? message)?.(view.t) ?? '', room);
    const line: Line = [...head, isCause ? warn(text) : dim(text)];
    if (!isCause || !isChosen) return [line];
    const facts = cause.evidence.slice(0, 3).map((fact) => indent(7, [dim(clip(fact, view.columns - 8))]));
    return [line, ...facts, ...fixLines(cause, view)];
  }
  return [[...head, ...numbers(each, view)]];
}

function numbers({ id, part, figures }: Part, view: View): Line {
  const { t } = view;
  const word = part.state === 'ready' ? dim(t.cli.plain.states.ready) : t.cli.plain.states[part.state];
  if (!figures || (!figures.cpu && !figures.backlog && figures.restarts === 0)) return [word];
  const { restarts, cpu, memory, backlog } = figures;
  const restarted = padStart(restarts === 0 ? '0' : String(restarts), cells.restarts - gap);
  return [
    ...(isNarrow(view) ? [] : [restarts === 0 ? dim(restarted) : restarted, ' '.repeat(gap)]),
    full(padStart(cpu ? shareOf(cpu) : '', cells.cpu), cpu),
    ' '.repeat(gap),
    ...(isNarrow(view) ? [] : [full(padEnd(memory ? memoryOf(memory) : '', cells.memory), memory), ' '.repeat(gap)]),
    ...(backlog ? waiting(id, backlog, view) : part.state === 'ready' ? [] : [word]),
  ];
}

/** What is nearly used up is told by its tone too. */
const full = (text: string, share: Share | undefined): string | Span =>
  share?.limit !== undefined && share.used > share.limit * 0.9 ? warn(text) : text;

function waiting(id: ComponentId, backlog: NonNullable<Figures['backlog']>, { t }: View): Line {
  const { waiting: events, inPerS, outPerS, trend, emptyInS } = backlog;
  if (events === 0 || emptyInS === 0)
    return id === 'ingestion' && inPerS !== undefined ? [dim(t.console.home.rate(formatCount(inPerS)))] : [];
  const said = t.console.home.waits(formatCount(events));
  const growth = inPerS === undefined || outPerS === undefined ? undefined : inPerS - outPerS;
  const text = isBehind(backlog) ? warn(said) : said;
  const line: Line = [text, ' ', dim(sparkline(trend, sparkCells))];
  if (growth === undefined || Math.abs(growth) < 0.5) return line;
  return [...line, ` ${growth > 0 ? '+' : '-'}${formatCount(Math.abs(Math.round(growth)))}/s`];
}

/** `✔ 7 more: plugins redis …` */
export function foldedLine(ids: readonly ComponentId[], isChosen: boolean, view: View): Line {
  const said = `${view.t.console.home.more(ids.length)} `;
  return [
    isChosen ? accent(` ${glyphs.selected} `) : '   ',
    stateMark('ready'),
    ' ',
    isChosen ? strong(said) : said,
    dim(clip(ids.join(' '), view.columns - lead - width(said) - 1)),
  ];
}

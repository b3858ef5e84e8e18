/** One part of home: its state, its numbers, and what matters about it now. */
import { growthOf } from '../../../observe/backlog/backlog.ts';
import { isBroken } from '../../../observe/concerns.ts';
import { isNoteworthy } from '../../../observe/figure-concerns.ts';
import { type Figures, isBehind, isUsedUp, type Share } from '../../../observe/figures.ts';
import { cpuBound, memoryBound, memoryOf, shareOf, volumeText, waitingText } from '../../../observe/figures-text.ts';
import { type Fill, isFilling } from '../../../observe/fill.ts';
import type { SourceId } from '../../../observe/measure.ts';
import type { ConsumerFault } from '../../../observe/sources/clickhouse.ts';
import { isSilent } from '../../../observe/tasks.ts';
import { backlogToldBy, toldOf, volumeToldBy } from '../../../observe/told-by.ts';
import { isPatient } from '../../../observe/types.ts';
import type { ComponentId } from '../../../stack/types.ts';
import { clip, wrap } from '../../../text/clip.ts';
import { formatCount } from '../../../text/count.ts';
import { formatAge, formatDuration } from '../../../text/duration.ts';
import { padEnd, padStart, width } from '../../../text/width.ts';
import { glyphs, sparkline } from '../../draw/glyphs.ts';
import { accent, cellsOf, dim, indent, type Line, type Span, strong, warn } from '../../draw/line.ts';
import type { View } from '../../screen.ts';
import { stateMark } from '../install/marks.ts';
import { fixLines } from '../install/progress-view.ts';
import type { ComponentView } from '../install/run.ts';
import { roomy } from './foot.ts';

/** Cells of the columns; in front of them stand the cursor and the mark. */
const lead = 5;
const cells = { name: 17, ready: 5, restarts: 5, cpu: 5, memory: 13 } as const;
const gap = 2;
/** So narrow that restarts and memory are left out. */
const narrow = 76;
/** So wide that also longer words have room. */
const wide = 100;
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
export const isTrouble = ({ id, part, figures }: Part): boolean =>
  isBroken(part) || (figures !== undefined && isNoteworthy(id, figures));

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
    const text = (cause?.message ?? message)?.(view.t) ?? '';
    if (!isCause) return [[...head, dim(clip(text, room))]];
    // Whole where somebody looks at it, and where there is room.
    const [first = '', ...rest] = isChosen || view.rows >= roomy ? wrap(text, room) : [clip(text, room)];
    const lines = [[...head, warn(first)], ...rest.map((piece) => indent(cellsOf(head), [warn(piece)]))];
    if (!isChosen) return lines;
    const facts = cause.evidence.slice(0, 3).map((fact) => indent(7, [dim(clip(fact, view.columns - 8))]));
    return [...lines, ...facts, ...fixLines(cause, view)];
  }
  return [[...head, ...numbers(each, view)]];
}

function numbers({ id, part, figures }: Part, view: View): Line {
  const { t } = view;
  const word = part.state === 'ready' ? dim(t.cli.plain.states.ready) : t.cli.plain.states[part.state];
  const now = figures && nowOf(id, figures, view);
  if (!figures || (!figures.cpu && !figures.bounds && now?.length === 0 && figures.restarts === 0)) return [word];
  const { restarts, cpu, memory, bounds } = figures;
  const [cpuText, memoryText] = [
    cpu ? shareOf(cpu) : cpuBound(bounds?.cpu),
    memory ? memoryOf(memory) : memoryBound(bounds?.memory),
  ];
  // What has no pods has nothing that restarts.
  const restarted = padStart(id === 'bucket' ? '' : String(restarts), cells.restarts - gap);
  return [
    ...(isNarrow(view) ? [] : [restarts === 0 ? dim(restarted) : restarted, ' '.repeat(gap)]),
    full(padStart(cpuText, cells.cpu), cpu),
    ' '.repeat(gap),
    ...(isNarrow(view) ? [] : [full(padEnd(memoryText, cells.memory), memory), ' '.repeat(gap)]),
    ...(now && now.length > 0 ? now : part.state === 'ready' ? [] : [word]),
  ];
}

/** What is nearly used up is told by its tone too. */
const full = (text: string, share: Share | undefined): string | Span => (isUsedUp(share) ? warn(text) : text);

/** The number that matters about it now, or how it was when it was told last. */
function nowOf(id: ComponentId, figures: Figures, view: View): Line {
  const { t, state } = view;
  const { troubles } = state.home;
  const { line, source } = told(id, figures, view);
  const [first, trouble] = [line[0], source && troubles.get(source)];
  if (first === undefined) return toldOf(id).some((each) => troubles.has(each)) ? [dim('?')] : [];
  if (trouble?.silentMs === undefined) return line;
  // How fast it went is no matter any more.
  return [first, dim(` · ${t.figures.ago(formatAge(trouble.silentMs))}`)];
}

interface Told {
  readonly line: Line;
  /** Who tells it, of what stays there when that is silent. */
  readonly source?: SourceId | undefined;
}

/** What is wrong first, then what waits, then how full it is. */
function told(id: ComponentId, { volume, silentS, consumers, backlog }: Figures, view: View): Told {
  const { t } = view;
  if (volume && isFilling(volume)) return ofVolume(id, volume, warn, view);
  if (consumers && consumers.length > 0) return { line: [warn(faultText(consumers, view))] };
  if (isSilent(silentS)) return { line: [warn(t.figures.silent(formatDuration(silentS * 1000, t.units)))] };
  const line = backlog ? waiting(id, backlog, view) : [];
  if (backlog && line.length > 0) return { line, source: backlogToldBy(backlog) };
  return volume ? ofVolume(id, volume, dim, view) : { line };
}

/** When it will be full is no matter any more once it is not told. */
function ofVolume(id: ComponentId, volume: Fill, toned: (text: string) => Span, { t, state }: View): Told {
  const source = volumeToldBy(id);
  const isOld = source !== undefined && state.home.troubles.has(source);
  return { line: [toned(volumeText(id, isOld ? { ...volume, fullInS: undefined } : volume, t))], source };
}

function faultText(consumers: readonly ConsumerFault[], { t, columns }: View): string {
  const [fault] = consumers;
  if (!fault || columns < wide) return t.figures.inTrouble(consumers.length);
  return fault.exception === '' ? t.figures.readsNothing(fault.table) : `${fault.table}: ${fault.exception}`;
}

function waiting(id: ComponentId, backlog: NonNullable<Figures['backlog']>, { t, columns }: View): Line {
  const { waiting: work, inPerS, trend, emptyInS, tasks } = backlog;
  if (work === 0 || (emptyInS === 0 && !tasks))
    return id === 'ingestion' && inPerS !== undefined ? [dim(t.console.home.rate(formatCount(inPerS)))] : [];
  const said = waitingText(backlog, t);
  const growth = growthOf(backlog);
  const text = isBehind(backlog) ? warn(said) : tasks && emptyInS === 0 ? dim(said) : said;
  const line: Line = tasks && columns < wide ? [text] : [text, ' ', dim(sparkline(trend, sparkCells))];
  if (growth === undefined || Math.abs(growth) < 0.5) return line;
  return [...line, ` ${growth > 0 ? '+' : '-'}${formatCount(Math.abs(Math.round(growth)))}/s`];
}

/** `✔ 7 more: plugins redis …` */
export function foldedLine(ids: readonly ComponentId[], isChosen: boolean, view: View): Line {
  const said = `${view.t.console.home.more(ids.length)}`;
  return [
    isChosen ? accent(` ${glyphs.selected} `) : '   ',
    stateMark('ready'),
    ' ',
    isChosen ? strong(said) : said,
    dim(clip(ids.join(' '), view.columns - lead - width(said) - 1)),
  ];
}

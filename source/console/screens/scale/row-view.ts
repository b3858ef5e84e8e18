/** A part in a row: what it has and shall have, what it uses of that, what waits for it and how long that takes. */
import type { EmptyIn } from '../../../observe/backlog/backlog.ts';
import { type Figures, isEmptied, isUsedUp, type Share } from '../../../observe/figures.ts';
import { shareOf } from '../../../observe/figures-text.ts';
import { backlogAskedOf } from '../../../observe/told-by.ts';
import type { Current } from '../../../operate/scale/current.ts';
import { emptyAfter } from '../../../operate/scale/estimate.ts';
import { isTooSoon } from '../../../operate/scale/outcome.ts';
import { type Field, fields, type Wanted } from '../../../operate/scale/types.ts';
import type { ComponentId } from '../../../stack/types.ts';
import { clip } from '../../../text/clip.ts';
import { formatCount } from '../../../text/count.ts';
import { formatDuration } from '../../../text/duration.ts';
import { padEnd } from '../../../text/width.ts';
import { glyphs } from '../../draw/glyphs.ts';
import { accent, dim, good, inverse, type Line, type Span, strong, warn } from '../../draw/line.ts';
import type { View } from '../../screen.ts';
import { mostOf } from './state.ts';

/** So narrow that only the replicas and the chosen column are shown. */
const narrow = 78;
/** So wide that what is used stands beside what may be. */
const roomy = 94;
/** So wide that rates stand beside what waits, and values have more room. */
const wide = 116;

interface Layout {
  readonly fields: readonly Field[];
  readonly hasUse: boolean;
  readonly hasRates: boolean;
  /** Cells of the columns. */
  readonly cells: Readonly<Record<Field | 'name' | 'use' | 'waiting' | 'rates', number>>;
}

function layoutOf({ columns, state: { scale } }: View): Layout {
  const shown: readonly Field[] =
    columns >= narrow ? fields : scale.field === 'replicas' ? ['replicas'] : ['replicas', scale.field];
  const amount = columns >= wide ? 14 : 12;
  return {
    fields: shown,
    hasUse: columns >= roomy,
    hasRates: columns >= wide,
    cells: { name: 16, replicas: 9, cpu: amount, memory: amount, use: 4, waiting: 7, rates: 11 },
  };
}

export function headLine(view: View): Line {
  const { columns: titles } = view.t.console.scale;
  const { fields: shown, hasUse, hasRates, cells } = layoutOf(view);
  const values = shown.flatMap((field) => [
    padEnd(titles[field], cells[field]),
    ...(hasUse && field !== 'replicas' ? [padEnd(titles.use, cells.use)] : []),
  ]);
  const rates = hasRates ? [padEnd(titles.rates, cells.rates)] : [];
  const name = padEnd(titles.name, cells.name);
  return [dim(`   ${[name, ...values, padEnd(titles.waiting, cells.waiting), ...rates, titles.empty].join(' ')}`)];
}

export function rowLine(id: ComponentId, isChosen: boolean, view: View): Line {
  const { scale, home } = view.state;
  const current = scale.currents.get(id);
  if (!current) return [];
  const { cells, hasRates } = layoutOf(view);
  const wanted = scale.wants.get(id) ?? {};
  const backlog = home.figures.get(id)?.backlog;
  const rates = backlog ? [backlog.inPerS, backlog.outPerS].map(rateOf).join(' / ') : '';
  return [
    isChosen ? accent(` ${glyphs.selected} `) : '   ',
    isChosen ? strong(padEnd(id, cells.name)) : padEnd(id, cells.name),
    ' ',
    ...valueCells(id, { current, wanted, isChosen }, view),
    padEnd(backlog ? formatCount(backlog.waiting) : isSilent(id, home) ? '?' : '-', cells.waiting),
    ' ',
    ...(hasRates ? [dim(padEnd(rates, cells.rates)), ' '] : []),
    ...emptying(id, { current, wanted }, view),
  ];
}

/** Whether it is not told what waits. */
const isSilent = (id: ComponentId, { troubles }: View['state']['home']): boolean => {
  const source = backlogAskedOf(id);
  return source !== undefined && troubles.has(source);
};

const rateOf = (perS: number | undefined): string => (perS === undefined ? '?' : formatCount(Math.round(perS)));

interface Row {
  readonly current: Current;
  readonly wanted: Wanted;
}

function valueCells(
  id: ComponentId,
  { current, wanted, isChosen }: Row & { readonly isChosen: boolean },
  view: View,
): Line {
  const { scale, home } = view.state;
  const { fields: shown, cells, hasUse } = layoutOf(view);
  const used = home.figures.get(id);
  return shown.flatMap((field): Line => {
    const [from, to] = [current[field] === '' ? '-' : String(current[field]), wanted[field]];
    const text = to === undefined ? from : `${from} → ${to}`;
    const cell = padEnd(clip(text, cells[field]), cells[field]);
    const value = isChosen && scale.field === field ? inverse(cell) : to === undefined ? cell : accent(cell);
    return [value, ' ', ...(hasUse && field !== 'replicas' ? [shareCell(used?.[field], cells.use), ' '] : [])];
  });
}

/** What is nearly used up is told by its tone too. */
function shareCell(share: Share | undefined, cells: number): Span {
  const text = padEnd(share?.limit === undefined ? '' : shareOf(share), cells);
  return isUsedUp(share) ? warn(text) : dim(text);
}

const topicCells = { topic: 38, group: 36 } as const;

/** What waits for a part, topic by topic, where there is room for so many lines. */
export function topicLines(id: ComponentId, most: number, view: View): readonly Line[] {
  const { state, t, columns } = view;
  const topics = state.home.figures.get(id)?.backlog?.topics ?? [];
  // Beside the list, they are told with all else that is known of the part.
  const isToldBeside = columns < state.columns;
  if (columns < wide || isToldBeside || most < topicHeadRows + 1 || topics.length === 0) return [];
  const { topic, group, oldest } = t.console.scale.topics;
  const { waiting, rates } = t.console.scale.columns;
  const { cells } = layoutOf(view);
  const row = (one: string, other: string, ...rest: readonly (readonly [string, number])[]) =>
    `   ${padEnd(clip(one, topicCells.topic), topicCells.topic)} ${padEnd(clip(other, topicCells.group), topicCells.group)} ${rest.map(([text, width]) => padEnd(text, width)).join(' ')}`;
  const lines = topics.slice(0, most - topicHeadRows).map((each): Line => {
    const age = each.oldestS ? formatDuration(each.oldestS * 1000, t.units) : '';
    const flow = [each.inPerS, each.outPerS].map(rateOf).join(' / ');
    return [row(each.topic, each.group, [formatCount(each.waiting), cells.waiting], [flow, cells.rates], [age, 0])];
  });
  return [[], [dim(row(topic, group, [waiting, cells.waiting], [rates, cells.rates], [oldest, 0]))], ...lines];
}

/** Above the topics. */
const topicHeadRows = 2;

/** The same as a sentence, where it has no columns. */
export function saidUse(figures: Figures | undefined, view: View): string | undefined {
  const { cpu, memory } = figures ?? {};
  if (layoutOf(view).hasUse || cpu?.limit === undefined || memory?.limit === undefined) return undefined;
  return view.t.console.scale.uses(shareOf(cpu), shareOf(memory));
}

/** Whether rates are still those of before a change. */
const isJustChanged = (id: ComponentId, { scale: { run }, now }: View['state']): boolean =>
  run?.settled !== undefined &&
  run.changes.some(({ component }) => component === id) &&
  isTooSoon((now - run.settled.at) / 1000);

function emptying(id: ComponentId, { current, wanted }: Row, { state, t }: View): Line {
  const backlog = state.home.figures.get(id)?.backlog;
  if (!backlog || isEmptied(backlog)) return [];
  const now = isJustChanged(id, state) && backlog.emptyInS === 'never' ? undefined : backlog.emptyInS;
  const [from, to] = [current.replicas, wanted.replicas ?? current.replicas];
  const then = emptyAfter(backlog, { from, to, partitions: mostOf(id, state.scale.around) });
  const said = (empty: EmptyIn) =>
    empty === undefined ? '?' : empty === 'never' ? t.console.scale.never : formatDuration(empty * 1000, t.units);
  const tone = (empty: EmptyIn) => (empty === 'never' ? warn : good);
  const first = now === 'never' ? warn(said(now)) : said(now);
  return to !== from && then !== now ? [first, ' → ', tone(then)(said(then))] : [first];
}

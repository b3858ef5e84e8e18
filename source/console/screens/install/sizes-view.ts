/** The sizes with what they take, beside what the space has. */
import type { Surroundings } from '../../../install/surroundings.ts';
import type { Demand } from '../../../stack/demand.ts';
import { type SizeName, sizeNames } from '../../../stack/types.ts';
import { gibibytes, rounded } from '../../../text/bytes.ts';
import { clip, wrap } from '../../../text/clip.ts';
import { padEnd, padStart, width } from '../../../text/width.ts';
import { bar, glyphs } from '../../draw/glyphs.ts';
import { accent, dim, indent, type Line, strong, warn } from '../../draw/line.ts';
import type { View } from '../../screen.ts';

const margin = 3;

const dimensions = [
  ['cpu', (amount: number) => rounded(amount)],
  ['memory', gibibytes],
  ['storage', gibibytes],
  ['pods', (amount: number) => String(Math.round(amount))],
] as const;
type Dimension = (typeof dimensions)[number][0];

const unitOf = (dimension: Dimension, { t }: View): string =>
  t.console.install.units[dimension === 'storage' ? 'disk' : dimension];

/** What is short of `demand`, by how much. */
function lacking({ room }: Surroundings, demand: Demand): readonly (readonly [Dimension, number])[] {
  return dimensions.flatMap(([dimension]) => {
    const free = room.free[dimension];
    const missing = free === undefined ? 0 : demand[dimension] - free;
    return missing > 1e-9 ? [[dimension, missing] as const] : [];
  });
}

const amountOf = (dimension: Dimension, amount: number): string =>
  (dimensions.find(([each]) => each === dimension) as (typeof dimensions)[number])[1](amount);

const amountCells = 9;
const costDimensions = ['cpu', 'memory', 'storage'] as const;
const names = Math.max(...sizeNames.map(width));

interface Purposes {
  readonly texts: Readonly<Record<SizeName, string>>;
  readonly cells: number;
}

/** What sizes are for, in words that leave room for what they take. */
function purposesIn({ state, t, columns }: View): Purposes {
  const amounts = state.install.surroundings ? costDimensions.length * (amountCells + 1) + 2 : 0;
  const room = columns - margin - names - amounts - 4;
  const { sizes, sizesShort } = t.console.install;
  const widest = (texts: Purposes['texts']) => Math.max(...Object.values(texts).map(width));
  const texts = widest(sizes) <= room ? sizes : sizesShort;
  return { texts, cells: Math.min(widest(texts), room) };
}

/** So narrow that what each size takes and what there is share columns. */
const isNarrow = (view: View): boolean => purposesIn(view).texts === view.t.console.install.sizesShort;

export function sizeLines(view: View): readonly Line[] {
  const { surroundings, form } = view.state.install;
  const { texts, cells } = purposesIn(view);
  const hasHeadings = surroundings !== undefined && isNarrow(view);
  const rows = sizeNames.map((size): Line => {
    const isChosen = size === form.size;
    const demand = surroundings?.demands[size];
    const fits = !surroundings || !demand || lacking(surroundings, demand).length === 0;
    const name = padEnd(size, names);
    const said = padEnd(clip(texts[size], cells), cells);
    return indent(margin, [
      isChosen ? accent(`${glyphs.selected} `) : '  ',
      isChosen ? strong(name) : name,
      '  ',
      isChosen ? said : dim(said),
      ...(demand ? [' ', ...costs(demand, fits, hasHeadings)] : []),
    ]);
  });
  const headings = costDimensions.map((dimension) => dim(padStart(unitOf(dimension, view), amountCells)));
  return hasHeadings ? [amountsLine('', headings, view), ...rows] : rows;
}

function costs({ cpu, memory, storage }: Demand, fits: boolean, hasHeadings: boolean): Line {
  const cores = hasHeadings ? rounded(cpu) : `${rounded(cpu)} CPU`;
  const text = [cores, gibibytes(memory), gibibytes(storage)].map((each) => padStart(each, amountCells)).join(' ');
  return fits ? [text] : [warn(text), warn(` ${glyphs.warning}`)];
}

/** Amounts in the columns of what the sizes take. */
function amountsLine(label: string, amounts: Line, view: View): Line {
  const before = padEnd(label, names + purposesIn(view).cells + 4);
  return indent(margin, [dim(before), ...amounts.flatMap((amount) => [' ', amount])]);
}

/** What there is, below what the sizes take, and the pods, which have no column. */
function narrowSpaceLines({ room: { free, hard }, demands }: Surroundings, view: View): readonly Line[] {
  const { size } = view.state.install.form;
  const words = view.t.console.install;
  const demand = demands[size];
  const toned = (dimension: Dimension, text: string) =>
    demand[dimension] > (free[dimension] ?? Number.POSITIVE_INFINITY) ? warn(text) : text;
  const limits = costDimensions.map((dimension) => {
    const limit = hard[dimension];
    return toned(dimension, padStart(limit === undefined ? words.unlimited : amountOf(dimension, limit), amountCells));
  });
  const pods =
    hard.pods === undefined ? [] : [words.podsOf(size, amountOf('pods', demand.pods), amountOf('pods', hard.pods))];
  return [amountsLine(words.space, limits, view), ...pods.map((text) => indent(margin, [toned('pods', text)]))];
}

/** The quota, and how full the chosen size makes it at its peak. */
export function spaceLines(view: View): readonly Line[] {
  const { state, t, columns } = view;
  const { surroundings, form } = state.install;
  if (!surroundings) return [];
  const words = t.console.install;
  const ends = shortage(form.size, surroundings, view);
  if (isNarrow(view)) return [...narrowSpaceLines(surroundings, view), ...ends];
  const demand = surroundings.demands[form.size];
  const labels = Math.max(width(words.space), width(words.peak(form.size)));
  const cells = Math.max(10, Math.floor((columns - margin - labels - 3) / dimensions.length) - 2);
  const { free, hard } = surroundings.room;
  const row = (label: string, entries: readonly Line[]): Line =>
    indent(margin, [dim(padEnd(label, labels)), '  ', ...entries.flatMap((entry) => [...entry, '  '])]);
  const limits = dimensions.map(([dimension]): Line => {
    const limit = hard[dimension];
    const text = limit === undefined ? words.unlimited : `${amountOf(dimension, limit)} ${unitOf(dimension, view)}`;
    return [padEnd(clip(text, cells), cells)];
  });
  const uses = dimensions.map(([dimension]): Line => {
    const amount = padEnd(amountOf(dimension, demand[dimension]), 8);
    const left = free[dimension];
    if (left === undefined) return [padEnd(amount, cells)];
    const drawn = bar(left > 0 ? demand[dimension] / left : 1, Math.max(2, cells - 9));
    const text = padEnd(clip(`${amount} ${drawn}`, cells), cells);
    return [demand[dimension] > left ? warn(text) : text];
  });
  return [row(words.space, limits), row(words.peak(form.size), uses), ...ends];
}

function shortage(size: SizeName, surroundings: Surroundings, view: View): readonly Line[] {
  const words = view.t.console.install;
  const lacks = lacking(surroundings, surroundings.demands[size]);
  const what = words.listed(
    lacks.map(([dimension, amount]) => `${amountOf(dimension, amount)} ${unitOf(dimension, view)}`),
  );
  return [
    ...(lacks.length > 0 ? [words.lacks(size, what)] : []),
    ...(lacks.length > 0 && surroundings.enlarges ? [words.mayEnlarge] : []),
    words.prices,
  ].flatMap((text, index) =>
    wrap(text, view.columns - margin - 1).map((line) =>
      indent(margin, [lacks.length > 0 && index === 0 ? warn(line) : dim(line)]),
    ),
  );
}

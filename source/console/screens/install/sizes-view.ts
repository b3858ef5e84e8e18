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

export function sizeLines(view: View): readonly Line[] {
  const { state, t, columns } = view;
  const { surroundings, form } = state.install;
  const names = Math.max(...sizeNames.map(width));
  const what = Math.max(...Object.values(t.console.install.sizes).map(width));
  const numbers = surroundings ? 30 : 0;
  const room = columns - margin - names - numbers - 6;
  return sizeNames.map((size): Line => {
    const isChosen = size === form.size;
    const demand = surroundings?.demands[size];
    const fits = !surroundings || !demand || lacking(surroundings, demand).length === 0;
    const name = padEnd(size, names);
    const said = room > 8 ? padEnd(clip(t.console.install.sizes[size], room), Math.min(what, room)) : '';
    return indent(margin, [
      isChosen ? accent(`${glyphs.selected} `) : '  ',
      isChosen ? strong(name) : name,
      '  ',
      isChosen ? said : dim(said),
      ...(demand ? [' ', ...costs(demand, fits)] : []),
    ]);
  });
}

const costs = ({ cpu, memory, storage }: Demand, fits: boolean): Line => {
  const text = [
    padStart(`${rounded(cpu)} CPU`, 9),
    padStart(gibibytes(memory), 9),
    padStart(gibibytes(storage), 9),
  ].join(' ');
  return fits ? [text] : [warn(text), warn(` ${glyphs.warning}`)];
};

/** The quota, and how full the chosen size makes it at its peak. */
export function spaceLines(view: View): readonly Line[] {
  const { state, t, columns } = view;
  const { surroundings, form } = state.install;
  if (!surroundings) return [];
  const words = t.console.install;
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
  return [row(words.space, limits), row(words.peak(form.size), uses), ...shortage(form.size, surroundings, view)];
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

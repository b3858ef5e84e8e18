/** What would be made, before anything is. */
import type { PlannedObject } from '../../../install/events.ts';
import { componentOf } from '../../../stack/components.ts';
import { type Phase, phases } from '../../../stack/types.ts';
import { clip, wrap } from '../../../text/clip.ts';
import { padEnd, width } from '../../../text/width.ts';
import { windowOf } from '../../components/blocks.ts';
import { indexOf } from '../../components/selection.ts';
import { glyphs } from '../../draw/glyphs.ts';
import { accent, dim, good, indent, type Line, type Picture, strong, warn } from '../../draw/line.ts';
import type { View } from '../../screen.ts';
import type { InstallState } from './state.ts';

export function drawPlan(view: View): Picture {
  const head = planHead(view);
  const cursor = chosenEntry(view.state.install);
  const entries = planEntries(view.state.install);
  const blocks = entries.map((entry, index) => {
    const group = groupOf(entry);
    const isFirst = index === 0 || group !== groupOf(entries[index - 1] as PlanEntry);
    return [
      ...(isFirst ? [[' ', dim(view.t.console.install.plan.groups[group])]] : []),
      entryLine(entry, index === cursor, view),
    ];
  });
  return { lines: [...head, ...windowOf(blocks, cursor, Math.max(1, view.rows - head.length))] };
}

function planHead(view: View): readonly Line[] {
  const { state, t, columns } = view;
  const { plan } = state.install.run;
  if (!plan) return [];
  const { name, size, url, owner, objects, pods, cpu, memory, storage, minutes } = plan;
  const count = (action: string) => objects.filter((each) => each.action === action).length;
  const changes = count('create') + count('change') + count('conflict') > 0;
  const said = [
    [strong(t.cli.plain.subject(name, size, url))],
    [owner === undefined ? warn(t.cli.plain.noOwner) : t.cli.plain.owner(owner)],
    [t.cli.plain.needs(t.install.demand({ pods, cpu, memory, storage, ephemeral: 0 }))],
    [timeSaid(view, changes, minutes)],
    [dim(t.cli.plain.plan(count('create'), count('change'), count('same'), count('conflict')))],
  ] as const;
  const lines = said.flatMap(([part]): Line[] => {
    const text = typeof part === 'string' ? part : part.text;
    return wrap(text, columns - 2).map((line) =>
      indent(1, [typeof part === 'string' ? line : { ...part, text: line }]),
    );
  });
  return [...lines, []];
}

function timeSaid({ state, t }: View, changes: boolean, [from, to]: readonly [number, number]): string {
  const words = t.console.install.plan;
  if (!changes) return words.nothing;
  return state.isSimulated ? words.simulatedTime : words.time(from, to);
}

/** A line of the plan: an object that would be made or changed, or a field of it that somebody else holds. */
export interface PlanEntry {
  readonly object: PlannedObject;
  readonly conflict?: { readonly key: string; readonly field: string; readonly manager: string };
}

type Group = 'held' | 'shared' | Phase;
const groups: readonly Group[] = ['held', 'shared', ...phases];

function groupOf({ object: { action, component } }: PlanEntry): Group {
  if (action === 'conflict') return 'held';
  return component === 'instance' ? 'shared' : componentOf(component).phase;
}

/** What has to be decided comes first, then what is made, in the order of its phases. */
export function planEntries({ run }: InstallState): readonly PlanEntry[] {
  const changes = (run.plan?.objects ?? []).filter(({ action }) => action !== 'same');
  return groups
    .flatMap((group) => changes.filter((object) => groupOf({ object }) === group))
    .flatMap((object): readonly PlanEntry[] => [
      { object },
      ...(object.conflicts ?? []).map(({ field, manager }) => ({
        object,
        conflict: { key: conflictKey(`${object.kind}/${object.name}`, field), field, manager },
      })),
    ]);
}

/** The name of an entry. */
export const entryKey = ({ object, conflict }: PlanEntry): string => conflict?.key ?? `${object.kind}/${object.name}`;

/** Where the chosen one stands among them. */
export const chosenEntry = (install: InstallState): number =>
  indexOf(planEntries(install).map(entryKey), install.chosen);

export const conflictKey = (object: string, field: string): string => `${object} ${field}`;

function entryLine({ object, conflict }: PlanEntry, isChosen: boolean, { state, t, columns }: View): Line {
  const mark: Line[number] = isChosen ? accent(` ${glyphs.selected} `) : '   ';
  const words = Math.max(...Object.values(t.cli.plain.actions).map(width));
  if (conflict) {
    const choice = state.install.taken.has(conflict.key) ? t.console.install.plan.take : t.console.install.plan.keep;
    const held = t.cli.plain.heldBy(conflict.field, conflict.manager);
    return [mark, ' '.repeat(words + 2), warn(choice), '  ', dim(clip(held, columns - words - width(choice) - 8))];
  }
  const name = `${object.kind}/${object.name}`;
  return [
    mark,
    toneOf(object)(padEnd(t.cli.plain.actions[object.action], words)),
    '  ',
    clip(name, columns - words - 6),
  ];
}

const toneOf = ({ action }: PlannedObject) => ({ create: good, change: accent, same: dim, conflict: warn })[action];

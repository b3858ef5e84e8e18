/** What would be made, before anything is. */
import type { PlannedObject } from '../../../install/events.ts';
import { clip, wrap } from '../../../text/clip.ts';
import { padEnd, width } from '../../../text/width.ts';
import { page } from '../../components/pager.ts';
import { accent, dim, good, indent, type Line, type Picture, strong, warn } from '../../draw/line.ts';
import type { View } from '../../screen.ts';

export function drawPlan(view: View): Picture {
  const head = planHead(view);
  const lines = planLines(view);
  return { lines: [...head, ...page(lines, { top: view.state.install.cursor }, objectRows(view))] };
}

/** For the objects, below the sums. */
export const objectRows = (view: View): number => Math.max(1, view.rows - planHead(view).length);

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

export function planLines({ state, t, columns }: View): readonly Line[] {
  const objects = state.install.run.plan?.objects ?? [];
  const words = Math.max(...Object.values(t.cli.plain.actions).map(width));
  return objects
    .filter(({ action }) => action !== 'same')
    .flatMap((object): readonly Line[] => [
      [
        '   ',
        toneOf(object)(padEnd(t.cli.plain.actions[object.action], words)),
        '  ',
        clip(`${object.kind}/${object.name}`, columns - words - 6),
      ],
      ...(object.conflicts ?? []).map(({ field, manager }) =>
        indent(words + 5, [dim(clip(t.cli.plain.heldBy(field, manager), columns - words - 6))]),
      ),
    ]);
}

const toneOf = ({ action }: PlannedObject) => ({ create: good, change: accent, same: dim, conflict: warn })[action];

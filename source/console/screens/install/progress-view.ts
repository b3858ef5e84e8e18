/** The install while it runs: phases and parts, and below the part that waits, why. */
import type { Messages } from '../../../messages/index.ts';
import { fixSaid } from '../../../observe/fix-said.ts';
import { type Cause, isPatient } from '../../../observe/types.ts';
import { componentOf, components, componentsOf } from '../../../stack/components.ts';
import { type ComponentId, type Phase, phases } from '../../../stack/types.ts';
import { clip, wrap } from '../../../text/clip.ts';
import { formatDuration } from '../../../text/duration.ts';
import { padEnd, width } from '../../../text/width.ts';
import { windowOf } from '../../components/blocks.ts';
import { bar, glyphs } from '../../draw/glyphs.ts';
import { accent, dim, indent, type Line, type Picture, spread, strong, warn } from '../../draw/line.ts';
import type { View } from '../../screen.ts';
import { stateMark } from './marks.ts';
import type { ComponentView, RunView } from './run.ts';
import type { InstallState } from './state.ts';

/** Rows from which on the last lines of a log take none away from the parts. */
const roomy = 18;
const linesOfTail = 2;

/** Of the longest name, and a space. */
const names = Math.max(...components.map(({ id }) => id.length)) + 1;

/** Parts that can be chosen: those on their way, and those that failed. */
export function partsShown({ run }: InstallState): readonly ComponentId[] {
  return phases.flatMap((phase) =>
    componentsOf(phase)
      .map(({ id }) => id)
      .filter((id) => {
        const part = run.components[id];
        return part && (part.state === 'running' || part.state === 'failed') && run.phases[phase]?.state !== 'ready';
      }),
  );
}

export function drawProgress(view: View): Picture {
  const { state, rows } = view;
  const chosen = chosenPart(state.install);
  const blocks = phases.flatMap((phase) => phaseBlocks(phase, chosen, view));
  const at = blocks.findIndex(({ part }) => part !== undefined && part === chosen);
  const foot = [...tailLines(chosen, view), ...noteLines(view)];
  const lines = windowOf(
    blocks.map((block) => block.lines),
    Math.max(0, at),
    rows - foot.length,
  );
  return { lines: [...lines, ...foot] };
}

interface Block {
  readonly lines: readonly Line[];
  readonly part?: ComponentId;
}

function phaseBlocks(phase: Phase, chosen: ComponentId | undefined, view: View): readonly Block[] {
  const { state, t, columns } = view;
  const { run } = state.install;
  const { state: own = 'waiting', since, tookMs } = run.phases[phase] ?? {};
  const members = componentsOf(phase).map(({ id }) => id);
  const ready = members.filter((id) => run.components[id]?.state === 'ready').length;
  const took = tookMs ?? (since === undefined ? undefined : state.now - since);
  const head = spread(
    [
      ' ',
      stateMark(own, state.beat),
      ' ',
      strong(padEnd(t.console.install.phases[phase], 8)),
      t.console.install.partsReady(ready, members.length),
    ],
    [took === undefined || took < 1000 ? '' : formatDuration(took, t.units), ' '],
    columns,
  );
  if (own === 'waiting' || own === 'ready') return [{ lines: [head] }];
  return [
    { lines: [head, ...readyLines(members, run, view)] },
    ...members.map((id) => ({
      part: id,
      lines: partLines(id, id === chosen, view),
    })),
    { lines: waitingLines(members, run, view) },
  ];
}

/** Parts that are ready, together in as few lines as they fit. */
function readyLines(members: readonly ComponentId[], run: RunView, { columns }: View): readonly Line[] {
  const ready = members.filter((id) => run.components[id]?.state === 'ready');
  if (ready.length === 0) return [];
  const text = ready.map((id) => `${glyphs.ready} ${id.replaceAll(' ', '\u00a0')}`);
  const lines: string[] = [];
  for (const each of text) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + each.length + 3 <= columns - 4)
      lines[lines.length - 1] = `${last}   ${each}`;
    else lines.push(each);
  }
  return lines.map((line) => indent(3, [dim(line)]));
}

/** The one that was chosen while it is there; else the first that is in trouble, else the first. */
export function chosenPart(install: InstallState): ComponentId | undefined {
  const parts = partsShown(install);
  const isTroubled = (id: ComponentId): boolean => {
    const cause = install.run.components[id]?.cause;
    return cause !== undefined && !isPatient(cause);
  };
  return parts.find((id) => id === install.chosen) ?? parts.find(isTroubled) ?? parts[0];
}

/** In one line what it does or why it does not; of the chosen one, all that is known about that. */
function partLines(id: ComponentId, isChosen: boolean, view: View): readonly Line[] {
  const { state, columns } = view;
  const part = state.install.run.components[id];
  if (!part || part.state === 'ready' || part.state === 'waiting') return [];
  const { cause } = part;
  const isTrouble = cause !== undefined && !isPatient(cause);
  const name = padEnd(id, names);
  const head = spread(
    [
      isChosen ? accent(` ${glyphs.selected} `) : '   ',
      isTrouble ? warn(glyphs.warning) : stateMark(part.state),
      ' ',
      isChosen ? strong(name) : name,
      dim(`${part.ready}/${part.desired}`),
      '  ',
      ...what(id, part, view),
    ],
    [formatDuration(Math.max(1000, state.now - part.since), view.t.units), ' '],
    columns,
  );
  return isTrouble && isChosen ? [head, ...whyLines(cause, view)] : [head];
}

/** Cells of a part's line that neither its name nor its message has: marks, count, time. */
const besideName = 18;

function whyLines(cause: Cause, view: View): readonly Line[] {
  const { message, evidence } = cause;
  const room = view.columns - 9;
  const facts = evidence.slice(0, 2).flatMap((fact) => inTwoLines(fact, room));
  return [
    ...(width(message(view.t)) > view.columns - names - besideName ? wrap(message(view.t), room) : []).map((line) =>
      indent(7, [line]),
    ),
    ...facts.map((line) => indent(7, [dim(line)])),
    ...fixLines(cause, view),
  ];
}

/** As much of it as there is room for; the mark says that more can be read elsewhere. */
function inTwoLines(text: string, cells: number): readonly string[] {
  const [first = '', second, third] = wrap(text, cells);
  if (second === undefined) return [first];
  return [first, third === undefined ? second : `${clip(second, cells - 2)} …`];
}

/** What can be done about it, and on which key. */
export function fixLines(cause: Cause, { t, columns }: View): readonly Line[] {
  const said = fixSaid(cause);
  if (!said) return [];
  // Another registry is an answer, not an action.
  if (cause.fix === 'mirror') return [indent(7, [t.console.install.withMirror])];
  const key = '[f] ';
  return wrap(said(t), columns - 9 - key.length).map((line, index) =>
    indent(7, index === 0 ? [accent(key), line] : [' '.repeat(key.length), line]),
  );
}

function what(id: ComponentId, { cause, message, state: own }: ComponentView, { state, t }: View): Line {
  const { migration } = state.install.run;
  if (id === 'migrate' && migration && own === 'running') {
    const { done, total, etaMs } = migration;
    return [
      bar(total === 0 ? 0 : done / total, 10),
      ' ',
      t.console.install.steps(done, total),
      ...(etaMs === undefined ? [] : [dim(` ${t.cli.plain.left(formatDuration(etaMs, t.units))}`)]),
    ];
  }
  if (cause) return [isPatient(cause) ? dim(cause.message(t)) : warn(cause.message(t))];
  if (message) return [dim(message(t))];
  return [dim(t.cli.plain.states[own])];
}

function waitingLines(members: readonly ComponentId[], run: RunView, { t }: View): readonly Line[] {
  const isReady = (id: ComponentId) => run.components[id]?.state === 'ready';
  const waiting = members.filter((id) => (run.components[id]?.state ?? 'waiting') === 'waiting');
  if (waiting.length === 0) return [];
  const awaited = waiting.flatMap((id) => componentOf(id).waitsFor.filter((other) => !isReady(other)));
  const started = awaited.filter((id) => !waiting.includes(id));
  const most = mostFrequent(started);
  const text = most ? t.console.install.waitFor(waiting.length, most) : t.console.install.waitMore(waiting.length);
  return [indent(3, [dim(`${glyphs.waiting} ${text}`)])];
}

function mostFrequent<T>(all: readonly T[]): T | undefined {
  const count = (each: T) => all.filter((other) => other === each).length;
  return all.reduce<T | undefined>(
    (best, each) => (best === undefined || count(each) > count(best) ? each : best),
    undefined,
  );
}

/** What the chosen part said last, where the parts leave room for it. */
function tailLines(chosen: ComponentId | undefined, { state, rows, columns }: View): readonly Line[] {
  const { tail } = state.install;
  if (!tail || tail.part !== chosen || tail.lines.length === 0 || rows < roomy) return [];
  const lines = tail.lines.slice(-linesOfTail).map((line) => {
    const name = `${tail.part} \u2502 `;
    return indent(1, [dim(name), dim(clip(line, columns - width(name) - 2))]);
  });
  return [[], ...lines];
}

function noteLines({ state, t, columns }: View): readonly Line[] {
  const { note } = state.install.run;
  return note
    ? [
        [],
        ...wrap(note(t), columns - 2)
          .slice(0, 2)
          .map((line) => indent(1, [dim(line)])),
      ]
    : [];
}

export const elapsedOf = ({ since, run }: InstallState, now: number, t: Messages): string =>
  formatDuration(Math.max(1000, run.done?.elapsedMs ?? now - since), t.units);

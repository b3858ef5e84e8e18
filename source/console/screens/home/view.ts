/** The parts by phase, each with its state and what matters about it now. */
import { componentsOf } from '../../../stack/components.ts';
import { type ComponentId, phases } from '../../../stack/types.ts';
import { clip, wrap } from '../../../text/clip.ts';
import { padEnd, padStart } from '../../../text/width.ts';
import { windowOf } from '../../components/blocks.ts';
import { indexOf } from '../../components/selection.ts';
import { glyphs } from '../../draw/glyphs.ts';
import { accent, bad, dim, good, indent, type Line, type Picture, strong, warn } from '../../draw/line.ts';
import type { View } from '../../screen.ts';
import { stateMark } from '../install/marks.ts';
import { type ComponentView, isPatient } from '../install/run.ts';
import type { HomeState } from './state.ts';

const names = 17;
const counts = 5;

/** Parts that are listed, in order. */
export function partsOf({ run, onlyProblems }: HomeState): readonly ComponentId[] {
  return phases
    .flatMap((phase) => componentsOf(phase).map(({ id }) => id))
    .filter((id) => run.components[id] && !(onlyProblems && run.components[id].state === 'ready'));
}

/** What can be chosen while no instance is. */
export const namesOf = ({ choices }: HomeState): readonly string[] => choices.map(({ name }) => name);

export function drawHome(view: View): Picture {
  const { state, t, rows } = view;
  const { home } = state;
  const head = home.trouble ? wrap(home.trouble(t), view.columns - 2).map((line): Line => [' ', bad(line)]) : [];
  const isKnown = Object.keys(home.run.components).length > 0;
  if (home.trouble && !isKnown) return { lines: head };
  if (home.name === undefined) return drawChoices(view);
  // What was seen last stays, below what is in the way now.
  const foot = home.trouble ? [] : footLines(view);
  const parts = partsOf(home);
  const cursor = indexOf(parts, home.chosen);
  if (!isKnown) return { lines: [[dim(` ${t.console.home.looking}`)]] };
  const blocks = phases.flatMap((phase) => {
    const own = componentsOf(phase).filter(({ id }) => parts.includes(id));
    return own.map(({ id }, index) => [
      ...(index === 0 ? [[' ', dim(t.console.install.phases[phase])]] : []),
      ...partLines(id, id === parts[cursor], view),
    ]);
  });
  return { lines: [...head, ...windowOf(blocks, cursor, rows - head.length - foot.length), ...foot] };
}

function partLines(id: ComponentId, isChosen: boolean, view: View): readonly Line[] {
  const part = view.state.home.run.components[id];
  if (!part) return [];
  const { cause } = part;
  const isTrouble = cause !== undefined && !isPatient(cause);
  const name = padEnd(id, names);
  const room = view.columns - names - counts - 9;
  const head: Line = [
    isChosen ? accent(` ${glyphs.selected} `) : '   ',
    isTrouble ? warn(glyphs.warning) : stateMark(part.state),
    ' ',
    isChosen ? strong(name) : name,
    padStart(`${part.ready}/${part.desired}`, counts),
    '  ',
    ...now(part, isTrouble, room, view),
  ];
  if (!isTrouble || !isChosen) return [head];
  return [head, ...cause.evidence.slice(0, 3).map((fact) => indent(7, [dim(clip(fact, view.columns - 8))]))];
}

function now({ cause, message, state }: ComponentView, isTrouble: boolean, room: number, { t }: View): Line {
  if (cause) {
    const text = clip(cause.message(t), room);
    return [isTrouble ? warn(text) : dim(text)];
  }
  if (message) return [dim(clip(message(t), room))];
  return [state === 'ready' ? dim(t.cli.plain.states.ready) : t.cli.plain.states[state]];
}

function footLines({ state, t, columns }: View): readonly Line[] {
  const { run } = state.home;
  const parts = Object.values(run.components);
  const ready = parts.filter((part) => part.state === 'ready').length;
  const isWell = ready === parts.length;
  const said = isWell ? t.console.home.allReady(parts.length) : t.console.home.someReady(ready, parts.length);
  return [[], [' ', isWell ? good(glyphs.ready) : warn(glyphs.warning), ' ', clip(said, columns - 4)]];
}

function drawChoices({ state, t, rows }: View): Picture {
  const { choices, chosen } = state.home;
  const cursor = indexOf(namesOf(state.home), chosen);
  if (choices.length === 0) return { lines: [[dim(` ${t.console.home.looking}`)]] };
  return {
    lines: [
      [' ', strong(t.console.home.choose)],
      [],
      ...windowOf(
        choices.map(({ name, kind }, index): readonly Line[] => {
          const isChosen = index === cursor;
          return [
            [
              isChosen ? accent(` ${glyphs.selected} `) : '   ',
              isChosen ? strong(padEnd(name, 24)) : padEnd(name, 24),
              '  ',
              dim(t.console.home.kinds[kind]),
            ],
          ];
        }),
        cursor,
        rows - 2,
      ),
    ],
  };
}
